"""The command that serves the graph over HTTP."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing, nullcontext
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Final

import click

from graph.engine.engine_settings import EngineSettings
from graph.engine.guard import Limits
from graph.engine.supervision.supervisor import Supervisor
from graph.remote.store import AUTHORIZATION, RemoteStore
from server.command.bound import (
    COUNT,
    COUNT_OR_NONE,
    SECONDS,
    SECONDS_OR_NONE,
    SIZE,
    SIZE_OR_NONE,
    WHOLE_SECONDS,
    Pair,
    address,
    endpoints,
    mapped,
)
from server.command.snapshot import fresh_snapshot, out, whole_snapshot
from server.front.descriptor import room_for
from server.front.fronts import Fronts
from server.settings import Settings
from server.token import TokenError, check_token, read_token

SERVER: Final = Settings()
ENGINE: Final = EngineSettings()
TOKEN: Final = "CPEC_TOKEN"  # noqa: S105 - the name of an environment variable
PATH: Final = click.Path(path_type=Path)
MOST_SERVICES: Final = 8
"""The SERVICE of one query, where there is an endpoint that may be asked."""


BOUNDS: Final = (
    ("deadline", SECONDS, "Seconds that a query may take."),
    ("write_deadline", SECONDS, "The same of a write."),
    ("queue_time", SECONDS_OR_NONE, "Seconds that a query may wait."),
    ("memory", SIZE, "Bytes of memory that a query may take."),
    ("max_answer", SIZE, "Bytes of an answer."),
    ("max_query", SIZE, "Bytes of a query."),
    ("max_body", SIZE, "Bytes that a writer may send."),
    ("store_poll", SECONDS, "Seconds between two looks at the version of --store."),
    ("cite_most", SIZE_OR_NONE, "Quads above which nothing is cited."),
    ("disk_above", SIZE_OR_NONE, "Bytes above which disk answers."),
    ("cache", SIZE_OR_NONE, "Bytes of answers kept in memory; 0 for none."),
    ("memory_budget", SIZE, "Bytes that all queries and answers may hold."),
    ("client_memory", SIZE, "The same of one address."),
    ("client_seconds", SECONDS_OR_NONE, "Processor time of one address in a minute; 0 for any."),
    ("processes", COUNT_OR_NONE, "Processes that answer on the port; 0 for one a core."),
    ("threads", COUNT, "Pages that one of them works on at once."),
    ("connections", COUNT, "Connections held open at once."),
    ("client_connections", COUNT, "The same of one address."),
    ("client_requests", COUNT, "Requests at once of one address."),
    ("token_time", WHOLE_SECONDS, "Seconds after which a wrong token is answered."),
    ("receive_time", WHOLE_SECONDS, "Seconds in which a request arrives."),
    ("send_time", WHOLE_SECONDS, "Seconds in which an answer is taken."),
    ("idle_time", WHOLE_SECONDS, "Seconds of an idle connection."),
    ("drain_time", WHOLE_SECONDS, "Seconds to finish in, at the end."),
    ("service_rows", COUNT, "Rows of one SERVICE."),
    ("service_bytes", SIZE, "Bytes of one SERVICE."),
    ("service_given", COUNT_OR_NONE, "Rows sent along with one SERVICE, to narrow it; 0 for none."),
)
"""The settings that are numbers, which values each may have, and what `--help` says of it."""


def bounds(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command that takes the bounds as options, with the defaults of the settings."""
    for name, kind, words in reversed(BOUNDS):
        default = getattr(SERVER if hasattr(SERVER, name) else ENGINE, name)
        flag = "--" + name.replace("_", "-")
        command = click.option(flag, default=default, type=kind, help=words)(command)
    return command


@click.command(epilog="Example: cpec serve --port 8000")
@click.option("--host", default=SERVER.host, help="The address to listen on.")
@click.option("--port", default=SERVER.port, type=click.IntRange(0, 65535))
@out
@click.option("--snapshot", type=PATH, help="A snapshot that was built elsewhere, served as it is.")
@click.option(
    "--store",
    metavar="URL",
    help="A store of SPARQL 1.1 that the snapshot was published to: queries are asked there.",
)
@click.option("--data-dir", type=PATH, help="A writable store, filled from the snapshot when new.")
@click.option(
    "--archive", type=click.Path(), help="The articles' texts, shown where they are at hand."
)
@click.option("--empty", is_flag=True, help="Start as a plain empty store.")
@click.option(
    "--token-file",
    type=PATH,
    help=f"Holds the token that allows writes, 32 characters or more (or {TOKEN} does).",
)
@click.option(
    "--default-graph",
    type=click.Choice(["union", "own"]),
    default=ENGINE.default_graph,
    help="What a query sees that names no graph.",
)
@bounds
@click.option(
    "--trusted-proxy", callback=address, help="The address whose X-Forwarded-For is believed."
)
@click.option(
    "--service-allow",
    metavar="IRI",
    multiple=True,
    callback=endpoints,
    help="An endpoint that SERVICE may ask; can be given several times.",
)
@click.option(
    "--service-map",
    type=Pair(),
    metavar="IRI ADDRESS",
    multiple=True,
    callback=mapped,
    help="Another address for an endpoint, which nobody is told; can be given several times.",
)
def serve(
    out: Path | None,
    *,
    snapshot: Path | None,
    store: str | None,
    data_dir: Path | None,
    empty: bool,
    **options: Any,
) -> None:
    """Serve the graph, building it first where that is needed.

    Each option can also be set in the environment, as CPEC_SERVE_PORT for --port. The limits of
    queries and writes stand in the service description, `GET /sparql`.
    """
    token = token_of(options.pop("token_file"))
    if snapshot is not None and (empty or out is not None):
        raise click.UsageError("--snapshot goes neither with --empty nor with --out")
    if store and (snapshot or out or data_dir or empty or options["default_graph"] == "own"):
        raise click.UsageError("--store brings its data: it goes with no other source of them")
    remote = RemoteStore.of(store, os.environ.get(AUTHORIZATION, "")) if store else None
    is_plain = empty or remote is not None
    served = whole_snapshot(snapshot) if snapshot else None if is_plain else fresh_snapshot(out)
    engine_settings = EngineSettings(
        source=served.quads_file if served else None,
        store=served.store if served else None,
        version=served.version if served else "",
        data_dir=data_dir,
        remote=remote,
        limits=limits_of(options),
        **chosen(EngineSettings, options),
    )
    settings = with_room(Settings(**chosen(Settings, options)))
    held = served.hold() if served else nullcontext()
    with held, closing(Supervisor(engine_settings)) as supervisor:
        supervisor.prepare()
        dumps = served.dumps if served else supervisor.dumps
        fronts = listening(supervisor, settings, token, dumps)
        with closing(fronts):
            fronts.spawn()
            supervisor.start()
            fronts.begin()
            name = "localhost" if settings.host in {"127.0.0.1", "localhost"} else settings.host
            click.echo(f"serving on http://{name}:{fronts.port} (Ctrl-C ends it)")
            fronts.run()


def limits_of(options: dict[str, Any]) -> Limits:
    """Return the limits of a text that the options give."""
    asks_others = options["service_allow"] or options["service_map"]
    return Limits(
        query_bytes=options["max_query"],
        update_bytes=options["max_body"],
        services=MOST_SERVICES if asks_others else 0,
    )


def listening(
    supervisor: Supervisor, settings: Settings, token: str | None, dumps: Path | None
) -> Fronts:
    """Return the fronts, which listen; raises click.ClickException."""
    try:
        return Fronts(supervisor, settings, token, dumps)
    except OSError as error:
        where = f"{settings.host}, port {settings.port}"
        words = (error.strerror or str(error)).partition(" (while ")[0]  # the address once more
        raise click.ClickException(f"cannot listen on {where}: {words}") from None


def with_room(settings: Settings) -> Settings:
    """Return the settings with the connections that there is room for; says where it is less.

    Raises click.ClickException where there is room for none.
    """
    try:
        room = room_for(settings.connections)
    except OSError as error:
        raise click.ClickException(str(error)) from None
    if room < settings.connections:
        click.echo(f"there is room for {room} connections (ulimit -n)", err=True)
    return replace(settings, connections=room)


def chosen(kind: type[Settings] | type[EngineSettings], options: dict[str, Any]) -> dict[str, Any]:
    """Return the options that are settings of that kind."""
    names = {one.name for one in fields(kind)}
    return {name: value for name, value in options.items() if name in names}


def token_of(path: Path | None) -> str | None:
    """Return the token from the file or the environment, or None; raises click.UsageError."""
    try:
        if path is not None:
            return read_token(path)
        return check_token(os.environ[TOKEN]) if TOKEN in os.environ else None
    except TokenError as error:
        raise click.UsageError(str(error)) from None
