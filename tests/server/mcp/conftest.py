"""The tools over HTTP, started once."""

import socket
import subprocess
from collections.abc import Iterator

import pytest

from bench.client import Client
from bench.endpoint import CPEC
from graph.snapshot import Snapshot
from tests.server.conftest import serving
from tests.waiting import wait_until


@pytest.fixture(scope="session")
def client(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of a server whose deadline gives up no citing on a busy machine.

    The rows of `one-origin` take a second of a processor, of the 5 seconds that citing has.
    """
    folder = tmp_path_factory.mktemp("patient")
    with serving(folder, "--out", str(snapshot.path.parent), "--deadline", "60") as served:
        yield served


@pytest.fixture(scope="session")
def tools_address(client: Client) -> Iterator[str]:
    """The address of tools over HTTP, as soon as a connection is accepted."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    arguments = [str(CPEC), "mcp", "--endpoint", client.address, "--port", str(port)]
    with subprocess.Popen(arguments, stdout=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: is_open(port), "the tools listen")
            yield f"http://127.0.0.1:{port}/mcp"
        finally:
            process.terminate()


def is_open(port: int) -> bool:
    """Return whether a port of this host accepts connections."""
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
