"""The command that serves the graph over HTTP."""

from __future__ import annotations

from pathlib import Path

import click
import waitress

from server.app import create_app
from server.command.snapshot import fresh_snapshot, out


@click.command(epilog="Example: cpec serve --port 8000")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@out
def serve(host: str, port: int, out: Path) -> None:
    """Serve the graph, building it first where that is needed."""
    app = create_app(fresh_snapshot(out).load())
    try:
        server = waitress.create_server(app, host=host, port=port, ident="cpec-graph")
    except (OSError, ValueError) as error:  # waitress: ValueError for a host that is none
        raise click.ClickException(f"cannot listen on {host}, port {port}: {error}") from None
    name = "localhost" if host in {"127.0.0.1", "localhost"} else host
    click.echo(f"serving on http://{name}:{server.effective_port} (Ctrl-C ends it)")
    server.run()
