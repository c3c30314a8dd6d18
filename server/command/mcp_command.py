"""The command that gives a language model the tools of the graph (Model Context Protocol)."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from importlib.util import find_spec

import click

from graph.errors import ParameterError
from graph.service.endpoint import check_endpoint
from server.command.bound import check_value


@click.command(
    epilog="Example: cpec mcp --endpoint http://localhost:8000",
    context_settings={"ignore_unknown_options": True},
)
@click.option(
    "--endpoint",
    metavar="URL",
    callback=check_value(lambda text: check_endpoint(text) or text),
    help="Ask this running server; without it, one is started.",
)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help="Serve the tools by HTTP on this port of the host, at /mcp, in place of stdio.",
)
@click.argument("serve_options", nargs=-1, type=click.UNPROCESSED)
def mcp(endpoint: str | None, port: int | None, serve_options: tuple[str, ...]) -> None:
    """Give a language model the tools of the graph (MCP).

    It speaks over stdio, or over HTTP. SERVE_OPTIONS are those of `cpec serve`, for the server that
    is started. The tools need the extra
    [mcp]: pip install 'cpec-graph[mcp]'.
    """
    if endpoint and serve_options:
        raise click.UsageError(
            f"{serve_options[0]} is for a server that is started, not for --endpoint"
        )
    if find_spec("mcp") is None:
        raise ParameterError("the tools need the package mcp: pip install 'cpec-graph[mcp]'")
    from server.mcp.endpoint import start_endpoint  # noqa: PLC0415 - the extra may be missing
    from server.mcp.graph_tools import make_server  # noqa: PLC0415

    serving: AbstractContextManager[str]
    serving = nullcontext(endpoint) if endpoint else start_endpoint(serve_options)
    with serving as address:
        server = make_server(address)
        if port is None:
            server.run("stdio")
        else:
            server.run("streamable-http", port=port, stateless_http=True, json_response=True)
