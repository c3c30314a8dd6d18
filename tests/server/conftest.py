"""The real command and the real server, as a person starts them."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from graph.snapshot import Snapshot
from tests.graph.service.elsewhere import Elsewhere, elsewhere
from tests.server.client import Client

CPEC = Path(sys.executable).with_name("cpec")

TOKEN = "a-token-that-is-long-enough-for-a-test"  # noqa: S105

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def cpec(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run a command in a folder whose `build` holds the shipped graph."""
    home = tmp_path_factory.mktemp("home")
    (home / "build").symlink_to(snapshot.path.parent)

    def run(*arguments: str, stdin: str = "", cwd: Path = home) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(CPEC), *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            cwd=cwd,
            timeout=60,
            check=False,
        )

    return run


@contextlib.contextmanager
def serving(
    folder: Path, *options: str, command: Sequence[str] = (str(CPEC),), **environment: str
) -> Iterator[Client]:
    """Serve with these options, and end it; the log stands in the folder as `log`."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "serve", "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, **environment},
        )
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert "http" in line, (folder / "log").read_text()
            yield Client(line.split()[2])
        finally:
            process.terminate()
            process.wait(timeout=60)
            process.stdout.close()


@pytest.fixture(scope="session")
def client(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of a server of the shipped graph, which takes no writes."""
    folder = tmp_path_factory.mktemp("server")
    with serving(folder, "--out", str(snapshot.path.parent), "--deadline", "3") as found:
        yield found


@pytest.fixture(scope="session")
def server(client: Client) -> str:
    """The address of that server."""
    return client.address


@pytest.fixture(scope="session")
def open_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client that may write, of a server with a store that started empty."""
    folder = tmp_path_factory.mktemp("writable")
    (folder / "token").write_text(TOKEN + "\n")
    options = ["--empty", "--default-graph", "own", "--data-dir", str(folder / "data")]
    options += ["--token-file", str(folder / "token"), "--max-body", "200000"]
    with serving(folder, *options, "--max-query", "20000") as found:
        yield Client(found.address, TOKEN)


@pytest.fixture
def writer(open_store: Client) -> Client:
    """The same, with nothing in the store."""
    assert open_store.update("DROP ALL").status == 200
    return open_store


@pytest.fixture(scope="module")
def other() -> Iterator[Elsewhere]:
    with elsewhere() as found:
        yield found
