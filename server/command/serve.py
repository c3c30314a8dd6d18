"""The command that serves the graph over HTTP."""

from __future__ import annotations

import os
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Final

import click

from graph.engine import Engine, Limits
from graph.engine import Settings as EngineSettings
from server.app import create_app
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
from server.command.snapshot import fresh_snapshot, out
from server.descriptor import room_for
from server.front import open_front
from server.settings import Settings
from server.site import Site
from server.token import TokenError, checked, read_token

SERVER: Final = Settings()
ENGINE: Final = EngineSettings()
TOKEN: Final = "CPEC_TOKEN"  # noqa: S105 - the name of an environment variable
PATH: Final = click.Path(path_type=Path)
MOST_SERVICES: Final = 8
"""The SERVICE of one query, where there is an endpoint that may be asked."""


@click.command(epilog="Example: cpec serve --port 8000")
@click.option("--host", default=SERVER.host, help="The address to listen on.")
@click.option("--port", default=SERVER.port, type=click.IntRange(0, 65535))
@out
@click.option("--data-dir", type=PATH, help="A writable store, filled from the snapshot when new.")
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
@click.option(
    "--deadline", default=ENGINE.deadline, type=SECONDS, help="Seconds that a query may take."
)
@click.option(
    "--write-deadline", default=ENGINE.write_deadline, type=SECONDS, help="The same of a write."
)
@click.option(
    "--queue-time",
    default=ENGINE.queue_time,
    type=SECONDS_OR_NONE,
    help="Seconds that a query may wait.",
)
@click.option(
    "--memory", default=ENGINE.memory, type=SIZE, help="Bytes of memory that a query may take."
)
@click.option("--max-answer", default=ENGINE.max_answer, type=SIZE, help="Bytes of an answer.")
@click.option("--max-query", default=SERVER.max_query, type=SIZE, help="Bytes of a query.")
@click.option(
    "--max-body", default=SERVER.max_body, type=SIZE, help="Bytes that a writer may send."
)
@click.option(
    "--cite-most",
    default=ENGINE.cite_most,
    type=SIZE_OR_NONE,
    help="Quads above which nothing is cited.",
)
@click.option(
    "--disk-above",
    default=ENGINE.disk_above,
    type=SIZE_OR_NONE,
    help="Bytes above which disk answers.",
)
@click.option(
    "--cache",
    default=SERVER.cache,
    type=SIZE_OR_NONE,
    help="Bytes of answers kept in memory; 0 for none.",
)
@click.option(
    "--threads", default=SERVER.threads, type=COUNT, help="Requests that are worked on at once."
)
@click.option(
    "--connections", default=SERVER.connections, type=COUNT, help="Connections held open at once."
)
@click.option(
    "--client-connections",
    default=SERVER.client_connections,
    type=COUNT,
    help="The same of one address.",
)
@click.option(
    "--client-requests",
    default=SERVER.client_requests,
    type=COUNT,
    help="Requests at once of one address.",
)
@click.option(
    "--receive-time",
    default=SERVER.receive_time,
    type=WHOLE_SECONDS,
    help="Seconds in which a request arrives.",
)
@click.option(
    "--send-time",
    default=SERVER.send_time,
    type=WHOLE_SECONDS,
    help="Seconds in which an answer is taken.",
)
@click.option(
    "--idle-time",
    default=SERVER.idle_time,
    type=WHOLE_SECONDS,
    help="Seconds of an idle connection.",
)
@click.option(
    "--drain-time",
    default=SERVER.drain_time,
    type=WHOLE_SECONDS,
    help="Seconds to finish in, at the end.",
)
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
@click.option(
    "--service-rows", default=SERVER.service_rows, type=COUNT, help="Rows of one SERVICE."
)
@click.option(
    "--service-bytes", default=SERVER.service_bytes, type=SIZE, help="Bytes of one SERVICE."
)
@click.option(
    "--service-given",
    default=SERVER.service_given,
    type=COUNT_OR_NONE,
    help="Rows sent along with one SERVICE, to narrow it; 0 for none.",
)
def serve(out: Path, *, data_dir: Path | None, empty: bool, **options: Any) -> None:
    """Serve the graph, building it first where that is needed.

    Each option can also be set in the environment, as CPEC_SERVE_PORT for --port. The limits in
    force stand in the service description, `GET /sparql`.
    """
    token = token_of(options.pop("token_file"))
    snapshot = None if empty else fresh_snapshot(out)
    engine_settings = EngineSettings(
        source=snapshot.quads_file if snapshot else None,
        data_dir=data_dir,
        limits=Limits(
            query_bytes=options["max_query"],
            update_bytes=options["max_body"],
            services=MOST_SERVICES if options["service_allow"] or options["service_map"] else 0,
        ),
        **chosen(EngineSettings, options),
    )
    settings = with_room(Settings(**chosen(Settings, options)))
    with Engine.start(engine_settings) as engine:
        dumps = snapshot.dumps if snapshot else None
        app = create_app(Site.of(engine, engine_settings, settings, token, dumps))
        try:
            front = open_front(app, settings, token)
        except OSError as error:
            where = f"{settings.host}, port {settings.port}"
            raise click.ClickException(f"cannot listen on {where}: {error}") from None
        name = "localhost" if settings.host in {"127.0.0.1", "localhost"} else settings.host
        click.echo(f"serving on http://{name}:{front.port} (Ctrl-C ends it)")
        front.run()


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
        return checked(os.environ[TOKEN]) if TOKEN in os.environ else None
    except TokenError as error:
        raise click.UsageError(str(error)) from None
