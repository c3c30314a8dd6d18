"""The command that serves the graph over HTTP."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from contextlib import closing, nullcontext, suppress
from dataclasses import fields, replace
from math import ceil
from pathlib import Path
from typing import Any, Final

import click

from graph.sparql.guard import Limits
from server.command.bound import (
    COUNT_OR_NONE,
    SECONDS,
    SECONDS_OR_NONE,
    SIZE,
    SIZE_OR_NONE,
    Pair,
    check_address,
    check_contact,
    check_endpoints,
    check_map,
)
from server.command.current_snapshot import SnapshotChoice, choose_served, snapshot_options
from server.engine.front.bearer_token import TokenError, check_token, read_token
from server.engine.front.fronts import Fronts, reserve_descriptors
from server.engine.supervision.supervisor import Supervisor
from server.graph_settings import GraphSettings
from server.remote.follower import Follower
from server.remote.store import AUTHORIZATION, RemoteStore
from server.settings import Settings
from server.writing.store_copy import StoreCopy

SERVER: Final = Settings()
ENGINE: Final = GraphSettings()
TOKEN: Final = "CPEC_TOKEN"  # noqa: S105 - the name of an environment variable
PATH: Final = click.Path(path_type=Path)
SERVICES_PER_QUERY: Final = 8
"""The maximum number of SERVICE clauses of a query, if the server allows an endpoint."""

BOUNDS: Final = (
    ("deadline", SECONDS, "Seconds that a query may take."),
    ("write_deadline", SECONDS, "Seconds that a write may take."),
    ("memory_budget", SIZE, "Bytes that all queries and answers may use together."),
    ("cite_most", SIZE_OR_NONE, "Quads above which the server cites nothing."),
    ("disk_above", SIZE_OR_NONE, "Bytes of a snapshot above which the store on disk answers."),
    ("processes", COUNT_OR_NONE, "Processes that listen on the port; 0 for one a core."),
    ("lame_duck", SECONDS_OR_NONE, "Seconds to take requests after SIGTERM, not ready."),
)
"""The numeric settings: name, type of the option, and help."""


def bound_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the numeric settings to a command as options, with their defaults."""
    for name, kind, help_text in reversed(BOUNDS):
        default = getattr(SERVER if hasattr(SERVER, name) else ENGINE, name)
        flag = "--" + name.replace("_", "-")
        command = click.option(flag, default=default, type=kind, help=help_text)(command)
    return command


def derive_limits(options: Mapping[str, Any]) -> dict[str, int]:
    """Return the limits that follow from others.

    A query, an address, and in a large memory an answer and the cache of answers, have a part of
    the memory of all; what runs at the end has until its deadline, and five seconds more to be
    sent.
    """
    budget, longest = options["memory_budget"], max(options["deadline"], options["write_deadline"])
    return {
        "memory": budget // 4,
        "client_memory": budget // 2,
        "max_answer": max(budget // 256, ENGINE.max_answer),
        "cache": max(budget // 64, SERVER.cache),
        "drain_time": ceil(longest) + 5,
    }


@click.command(epilog="Example: cpec serve --port 8000")
@click.option("--host", default=SERVER.host, help="The address to listen on.")
@click.option("--port", default=SERVER.port, type=click.IntRange(0, 65535))
@click.option(
    "--agent-port",
    default=SERVER.agent_port,
    type=click.IntRange(0, 65535),
    help="The port that tells HAProxy the load (agent-check); 0 for none.",
)
@snapshot_options
@click.option("--snapshot", type=PATH, help="Serve this snapshot as it is.")
@click.option(
    "--store",
    metavar="URL",
    help="Send queries to a SPARQL 1.1 store that `cpec publish` filled.",
)
@click.option("--data-dir", type=PATH, help="The folder of a writable store.")
@click.option(
    "--new", is_flag=True, help="Make the store of --data-dir, which starts with the snapshot."
)
@click.option(
    "--follow", is_flag=True, help="--data-dir is a copy: serve each version that comes there."
)
@click.option(
    "--archive",
    type=click.Path(),
    help="The folder of the articles' texts, for the pages of articles.",
)
@click.option(
    "--contact",
    default="",
    metavar="ADDRESS",
    callback=check_contact,
    help="Where to reach the operator: an address of mail, or of a page.",
)
@click.option("--empty", is_flag=True, help="Start as a plain empty store.")
@click.option(
    "--token-file",
    type=PATH,
    help=f"A file with the token for writes, which SIGHUP reads anew; or set {TOKEN}.",
)
@click.option(
    "--default-graph",
    type=click.Choice(["union", "own"]),
    default=ENGINE.default_graph,
    help="The default graph of a query without FROM.",
)
@bound_options
@click.option(
    "--trusted-proxy",
    callback=check_address,
    help="The address of a proxy whose X-Forwarded-For counts.",
)
@click.option(
    "--service-allow",
    metavar="IRI",
    multiple=True,
    callback=check_endpoints,
    help="An endpoint that SERVICE may ask; can be given several times.",
)
@click.option(
    "--service-map",
    type=Pair(),
    metavar="IRI ADDRESS",
    multiple=True,
    callback=check_map,
    help="Ask an endpoint at this private address; can be given several times.",
)
def serve(
    choice: SnapshotChoice,
    *,
    snapshot: Path | None,
    store: str | None,
    data_dir: Path | None,
    empty: bool,
    follow: bool,
    **options: Any,
) -> None:
    """Serve the graph over HTTP, building it first if need be.

    The environment can set each option too, as CPEC_SERVE_PORT for --port. The service description,
    `GET /sparql`, lists the limits of queries and writes.
    """
    is_read = sys.stderr is not None and sys.stderr.isatty()
    options |= {"log": "text" if is_read else "json", **derive_limits(options)}
    options |= click.get_current_context().obj or {}  # limits without an option, of bench/tuned.py
    token_file = options.pop("token_file")
    token = choose_token(token_file)
    if empty and (snapshot or choice.data):
        raise click.UsageError("--empty excludes --snapshot and --data")
    if options["new"] and not data_dir:
        raise click.UsageError("--new makes the store of a --data-dir, and none is named")
    own_graph = options["default_graph"] == "own"
    if store and (snapshot or choice or data_dir or empty or own_graph):
        raise click.UsageError(
            "--store excludes --snapshot, --data, --out, --data-dir, --empty and --default-graph "
            "own: the store has the data"
        )
    remote = RemoteStore.from_address(store, os.environ.get(AUTHORIZATION, "")) if store else None
    if follow and (data_dir is None or empty or options["new"] or snapshot or choice or token):
        raise click.UsageError(
            "--follow needs --data-dir, and excludes --new, --empty, --snapshot, --data, --out and "
            "a token: the store is another server's"
        )
    is_plain = empty or follow or remote is not None
    served = None if is_plain else choose_served(snapshot, choice)
    settings = fit_connections(Settings(**select_options(Settings, options)))
    engine_settings = GraphSettings(
        source=served.quads_file if served else None,
        store=served.store if served else None,
        version=served.version if served else "",
        data_dir=data_dir,
        follow=follow,
        remote=remote,
        limits=choose_text_limits(settings),
        **select_options(GraphSettings, options),
    )
    lease = served.hold() if served else nullcontext()
    with lease, closing(open_supervisor(engine_settings)) as supervisor:
        dumps = served.dumps if served else supervisor.dumps
        try:
            fronts = Fronts(supervisor, settings, token, dumps, token_file)
        except OSError as error:
            raise click.ClickException(explain_address(settings, error)) from None
        with closing(fronts):
            supervisor.start()
            fronts.begin()
            name = "localhost" if settings.host in {"127.0.0.1", "localhost"} else settings.host
            click.echo(f"serving on http://{name}:{fronts.port} (Ctrl-C ends it)")
            origin = data_dir or (remote and remote.name) or (served and served.origin)
            served_now = f"{origin or 'unknown data'}, version {supervisor.zygotes.version}"
            with suppress(OSError):  # a log that cannot be written fails no start
                click.echo(served_now, err=True)
            fronts.run()


def choose_text_limits(settings: Settings) -> Limits:
    """Return the limits of the text of queries and updates."""
    has_endpoints = settings.service_allow or settings.service_map
    return Limits(
        query_bytes=settings.max_query,
        update_bytes=settings.max_body,
        services=SERVICES_PER_QUERY if has_endpoints else 0,
    )


def explain_address(settings: Settings, error: OSError) -> str:
    """Return why a server cannot listen on its addresses."""
    agent = f" or {settings.agent_port}" if settings.agent_port else ""
    fault = (error.strerror or str(error)).partition(" (while ")[0]  # repeats the address
    return f"cannot listen on {settings.host}, port {settings.port}{agent}: {fault}"


def open_supervisor(settings: GraphSettings) -> Supervisor:
    """Return the supervisor of a graph, another store, or a copy; raises StoreError and OSError."""
    folder, store = settings.data_dir, settings.remote
    follower = Follower(settings, store) if store else None
    copy = StoreCopy(folder, union=settings.union) if folder and settings.follow else None
    return Supervisor(settings, follower, copy)


def fit_connections(settings: Settings) -> Settings:
    """Return the settings with as many connections as descriptors allow; warns if that is fewer.

    Raises click.ClickException if no connection fits.
    """
    try:
        room = reserve_descriptors(settings.connections)
    except OSError as error:
        raise click.ClickException(str(error)) from None
    if room < settings.connections:
        click.echo(f"ulimit -n leaves room for {room} connections", err=True)
    return replace(settings, connections=room)


def select_options(
    kind: type[Settings] | type[GraphSettings], options: dict[str, Any]
) -> dict[str, Any]:
    """Return the options that are fields of a class of settings."""
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in options.items() if name in names}


def choose_token(path: Path | None) -> str | None:
    """Return the token from the file or the environment, or None; raises click.UsageError."""
    try:
        if path is not None:
            return read_token(path)
        return check_token(os.environ[TOKEN]) if TOKEN in os.environ else None
    except TokenError as error:
        raise click.UsageError(str(error)) from None
