"""The command that serves the graph over HTTP."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import closing, nullcontext, suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Final

import click

from graph.engine.engine_settings import EngineSettings
from graph.engine.guard import Limits
from graph.engine.supervision.supervisor import Supervisor
from graph.remote.store import AUTHORIZATION, RemoteStore
from graph.snapshot import Snapshot
from server.bearer_token import TokenError, check_token, read_token
from server.command.bound import (
    COUNT,
    COUNT_OR_NONE,
    SECONDS,
    SECONDS_OR_NONE,
    SIZE,
    SIZE_OR_NONE,
    WHOLE_SECONDS,
    Pair,
    check_address,
    check_endpoints,
    check_map,
)
from server.command.current_snapshot import (
    SnapshotChoice,
    choose_served,
    snapshot_options,
)
from server.front.fronts import Fronts, reserve_descriptors
from server.front.log import LogFormat
from server.settings import Settings

SERVER: Final = Settings()
ENGINE: Final = EngineSettings()
TOKEN: Final = "CPEC_TOKEN"  # noqa: S105 - the name of an environment variable
PATH: Final = click.Path(path_type=Path)
SERVICES_PER_QUERY: Final = 8
"""The maximum number of SERVICE clauses of a query, if the server allows an endpoint."""

BOUNDS: Final = (
    ("deadline", SECONDS, "Seconds that a query may take."),
    ("write_deadline", SECONDS, "Seconds that a write may take."),
    ("queue_time", SECONDS_OR_NONE, "Seconds that a query may wait."),
    ("memory", SIZE, "Bytes of memory that a query may use."),
    ("max_answer", SIZE, "Bytes of an answer."),
    ("max_query", SIZE, "Bytes of a query."),
    ("max_body", SIZE, "Bytes that a writer may send."),
    ("change_log", SIZE_OR_NONE, "Bytes of the last writes that are kept, for /feed."),
    ("store_poll", SECONDS, "Seconds between two requests for the version of --store."),
    ("cite_most", SIZE_OR_NONE, "Quads above which the server cites nothing."),
    ("disk_above", SIZE_OR_NONE, "Bytes of a snapshot above which the store on disk answers."),
    ("cache", SIZE_OR_NONE, "Bytes of the cache of answers; 0 for none."),
    ("memory_budget", SIZE, "Bytes that all queries and answers may use together."),
    ("client_memory", SIZE, "Bytes that queries and answers of one address may use."),
    ("processes", COUNT_OR_NONE, "Processes that listen on the port; 0 for one a core."),
    ("threads", COUNT, "Threads for pages in each process."),
    ("connections", COUNT, "Concurrent connections."),
    ("client_connections", COUNT, "Concurrent connections of one address."),
    ("client_requests", COUNT, "Concurrent requests of one address."),
    ("token_time", WHOLE_SECONDS, "Seconds before a wrong token is refused."),
    ("receive_time", WHOLE_SECONDS, "Seconds that a request may take to arrive."),
    ("send_time", WHOLE_SECONDS, "Seconds that a client may take to read an answer."),
    ("idle_time", WHOLE_SECONDS, "Seconds that a connection may be idle."),
    ("lame_duck", SECONDS_OR_NONE, "Seconds to take requests after SIGTERM, not ready."),
    ("drain_time", WHOLE_SECONDS, "Seconds to finish running requests at shutdown."),
    ("service_rows", COUNT, "Rows in the answer to a SERVICE."),
    ("service_bytes", SIZE, "Bytes in the answer to a SERVICE."),
    (
        "service_given",
        COUNT_OR_NONE,
        "Rows of VALUES sent with a SERVICE to narrow it; 0 for none.",
    ),
)
"""The numeric settings: name, type of the option, and help."""


def bound_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the numeric settings to a command as options, with their defaults."""
    for name, kind, help_text in reversed(BOUNDS):
        default = getattr(SERVER if hasattr(SERVER, name) else ENGINE, name)
        flag = "--" + name.replace("_", "-")
        command = click.option(flag, default=default, type=kind, help=help_text)(command)
    return command


def choose_log_format() -> LogFormat:
    """Return the format of a log that a person reads, if stderr is a terminal."""
    return "text" if sys.stderr is not None and sys.stderr.isatty() else "json"


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
@click.option("--data-dir", type=PATH, help="A writable store; a new one starts with the snapshot.")
@click.option(
    "--archive",
    type=click.Path(),
    help="The folder of the articles' texts, for the pages of articles.",
)
@click.option("--empty", is_flag=True, help="Start as a plain empty store.")
@click.option(
    "--token-file",
    type=PATH,
    help=f"A file with the token for writes, 32 characters or more (or set {TOKEN}).",
)
@click.option(
    "--default-graph",
    type=click.Choice(["union", "own"]),
    default=ENGINE.default_graph,
    help="The default graph of a query without FROM.",
)
@click.option(
    "--log",
    type=click.Choice(["text", "json"]),
    default=choose_log_format,
    show_default="text in a terminal, else json",
    help="The lines of requests on stderr: for a person, or for a program.",
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
    **options: Any,
) -> None:
    """Serve the graph over HTTP, building it first if need be.

    The environment can set each option too, as CPEC_SERVE_PORT for --port. The service description,
    `GET /sparql`, lists the limits of queries and writes.
    """
    token = choose_token(options.pop("token_file"))
    if empty and (snapshot or choice.data):
        raise click.UsageError("--empty excludes --snapshot and --data")
    own_graph = options["default_graph"] == "own"
    if store and (snapshot or choice or data_dir or empty or own_graph):
        raise click.UsageError(
            "--store excludes --snapshot, --data, --out, --data-dir, --empty and --default-graph "
            "own: the store has the data"
        )
    remote = RemoteStore.from_address(store, os.environ.get(AUTHORIZATION, "")) if store else None
    is_plain = empty or remote is not None
    served = None if is_plain else choose_served(snapshot, choice)
    engine_settings = choose_engine_settings(served, remote, data_dir, options)
    settings = fit_connections(Settings(**select_options(Settings, options)))
    lease = served.hold() if served else nullcontext()
    with lease, closing(Supervisor(engine_settings)) as supervisor:
        dumps = served.dumps if served else supervisor.dumps
        fronts = open_fronts(supervisor, settings, token, dumps)
        with closing(fronts):
            supervisor.start()
            fronts.begin()
            name = "localhost" if settings.host in {"127.0.0.1", "localhost"} else settings.host
            click.echo(f"serving on http://{name}:{fronts.port} (Ctrl-C ends it)")
            origin = data_dir or (remote and remote.name) or (served and served.origin)
            print_origin(str(origin or "unknown data"), supervisor.zygotes.version)
            fronts.run()


def choose_engine_settings(
    served: Snapshot | None,
    remote: RemoteStore | None,
    data_dir: Path | None,
    options: dict[str, Any],
) -> EngineSettings:
    """Return the settings of the engine: its data and the options of its limits."""
    return EngineSettings(
        source=served.quads_file if served else None,
        store=served.store if served else None,
        version=served.version if served else "",
        data_dir=data_dir,
        remote=remote,
        limits=build_limits(options),
        **select_options(EngineSettings, options),
    )


def print_origin(origin: str, version: str) -> None:
    """Print the served data and their version to stderr."""
    with suppress(OSError):  # a log that cannot be written fails no start
        click.echo(f"{origin}, version {version}", err=True)


def build_limits(options: dict[str, Any]) -> Limits:
    """Return the limits of queries and updates that the options set."""
    has_endpoints = options["service_allow"] or options["service_map"]
    return Limits(
        query_bytes=options["max_query"],
        update_bytes=options["max_body"],
        services=SERVICES_PER_QUERY if has_endpoints else 0,
    )


def open_fronts(
    supervisor: Supervisor, settings: Settings, token: str | None, dumps: Path | None
) -> Fronts:
    """Return the fronts, listening on the port; raises click.ClickException."""
    try:
        return Fronts(supervisor, settings, token, dumps)
    except OSError as error:
        agent = f" or {settings.agent_port}" if settings.agent_port else ""
        where = f"{settings.host}, port {settings.port}{agent}"
        fault = (error.strerror or str(error)).partition(" (while ")[0]  # repeats the address
        raise click.ClickException(f"cannot listen on {where}: {fault}") from None


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
    kind: type[Settings] | type[EngineSettings], options: dict[str, Any]
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
