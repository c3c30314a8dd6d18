"""The command that gives a language model the tools of the graph (Model Context Protocol).

Without an address it starts an endpoint: `cpec serve` on a free port of this host, as its child.
"""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import click

from graph.errors import EngineError, ParameterError
from graph.progress import PR_SET_PDEATHSIG
from server.command.bound import check_value
from server.service.endpoint import check_endpoint

COMMAND: Final = (sys.executable, "-c", "from server.entry import main; main()", "serve")

STOP_SECONDS: Final = 60.0
"""The seconds that the endpoint may take to finish its requests, before it is killed."""


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
@click.option(
    "--drafts",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of drafts, for which the tools may propose claims; a person reviews them.",
)
@click.option(
    "--archive",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("archive"),
    help="The folder of the texts of these drafts.",
)
@click.argument("serve_options", nargs=-1, type=click.UNPROCESSED)
def mcp(
    endpoint: str | None,
    port: int | None,
    drafts: Path | None,
    archive: Path,
    serve_options: tuple[str, ...],
) -> None:
    """Give a language model the tools of the graph (MCP).

    It speaks over stdio, or over HTTP. SERVE_OPTIONS are those of `cpec serve`, for the server that
    is started. The tools need two packages more: pip install httpx2 mcp.
    """
    if endpoint and serve_options:
        raise click.UsageError(
            f"{serve_options[0]} is for a server that is started, not for --endpoint"
        )
    if find_spec("mcp") is None:
        raise ParameterError("the tools need two packages more: pip install httpx2 mcp")
    from server.mcp.draft_tools import DraftTools  # noqa: PLC0415 - the extra may be missing
    from server.mcp.graph_tools import make_server  # noqa: PLC0415

    serving: AbstractContextManager[str]
    serving = nullcontext(endpoint) if endpoint else start_endpoint(serve_options)
    with serving as address:
        server = make_server(address, DraftTools(drafts, archive) if drafts else None)
        if port is None:
            server.run("stdio")
        else:
            server.run("streamable-http", port=port, stateless_http=True, json_response=True)


@contextmanager
def start_endpoint(options: Sequence[str]) -> Iterator[str]:
    """Serve with the options of `cpec serve`, and yield the address; raises EngineError.

    The log is on stderr: stdout belongs to the protocol. If this process dies, the kernel ends the
    endpoint, and the endpoint its workers.
    """
    arguments = [*COMMAND, *options, "--host", "127.0.0.1", "--port", "0"]
    with subprocess.Popen(  # noqa: S603 - our own command
        arguments,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=end_with_parent,  # noqa: PLW1509 - no thread has started yet
    ) as process:
        try:
            words = process.stdout.readline().split() if process.stdout else []
            if len(words) < 3:
                raise EngineError("cpec serve did not start: its messages say why")
            yield words[2]
        finally:
            stop(process)


def stop(process: subprocess.Popen[str]) -> None:
    """End the endpoint: by SIGTERM, then by SIGKILL."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
        return
    process.kill()


def end_with_parent() -> None:
    """Have the kernel send SIGTERM when the parent ends, and leave SIGINT to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
