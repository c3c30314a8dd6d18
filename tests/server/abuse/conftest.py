"""The server that is attacked: the shipped graph, writable, with a short deadline."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.endpoint import Endpoint, tune
from graph.snapshot import Snapshot
from tests.server.abuse.outgoing import SECRET
from tests.server.abuse.trap import Trap

DEADLINE = 1
SHORT = ("--deadline", str(DEADLINE), "--write-deadline", str(DEADLINE))
MANY = {"client_connections": 1000, "client_requests": 1000}
"""All the tests come from one address; the caps of one address have tests of their own."""


@pytest.fixture(scope="session")
def trap() -> Iterator[Trap]:
    """A listener that nobody should call."""
    with Trap.open() as trap:
        yield trap


@pytest.fixture(scope="session")
def places(trap: Trap, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Where the trap is, and a file that no answer may tell."""
    file = tmp_path_factory.mktemp("secret") / "secret.ttl"
    file.write_text(f'<x:s> <x:p> "{SECRET}" .\n', "utf-8")
    address = f"127.0.0.1:{trap.port}"
    escaped = "".join(f"\\u{ord(letter):04X}" for letter in address)
    return {"TRAP": address, "PORT": str(trap.port), "ESCAPED": escaped, "FILE": str(file)}


@pytest.fixture(scope="session")
def attacked_server(
    snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Endpoint]:
    """The server; it must be the same process from the first request to the last."""
    home = tmp_path_factory.mktemp("attacked")
    build = str(snapshot.path.parent)
    command = tune(receive_time=10, send_time=10, idle_time=20, **MANY)
    with Endpoint.writable(home, "--out", build, *SHORT, command=command) as endpoint:
        yield endpoint


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder for a server of its own."""
    return tmp_path / "home"
