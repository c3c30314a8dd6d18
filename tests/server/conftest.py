"""The real command and the real server, as a person starts them."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from bench.client import Client
from bench.endpoint import CPEC, Endpoint
from graph.cache_folder import cache_folder
from graph.snapshot import Snapshot
from tests.graph.service.elsewhere import Elsewhere, elsewhere

PATIENCE = 300.0
"""The wide margin: seconds after which a command hangs, whatever else the machine does."""

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def wait_until(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Return when something holds; fails where it does not in time."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def home_with(snapshot: Snapshot, home: Path) -> Path:
    """Return the folder, with the snapshot in the cache of this copy and base."""
    folder = home / "cpec-graph" / cache_folder().name
    folder.parent.mkdir()
    folder.symlink_to(snapshot.path.parent)
    return home


@pytest.fixture(scope="session")
def cpec(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run a command of a user whose cache holds the shipped graph."""
    home = home_with(snapshot, tmp_path_factory.mktemp("home"))

    def run(*arguments: str, stdin: str = "", cwd: Path = home) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(CPEC), *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            cwd=cwd,
            env={**os.environ, "XDG_CACHE_HOME": str(home)},
            timeout=PATIENCE,
            check=False,
        )

    return run


@contextlib.contextmanager
def serving(
    folder: Path, *options: str, command: Sequence[str] = (str(CPEC),), **environment: str
) -> Iterator[Client]:
    """Serve with these options, and end it; its log is the file `log` in the folder."""
    with Endpoint.start(folder, *options, command=command, **environment) as endpoint:
        yield endpoint.client


@pytest.fixture(scope="session")
def client(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of a server of the shipped graph, which takes no writes."""
    folder = tmp_path_factory.mktemp("server")
    with serving(folder, "--out", str(snapshot.path.parent)) as served:
        yield served


@pytest.fixture(scope="session")
def open_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client that may write, of a server with a store that started empty."""
    folder = tmp_path_factory.mktemp("writable")
    options = ("--empty", "--default-graph", "own", "--max-body", "200000", "--max-query", "20000")
    with Endpoint.writable(folder, *options) as endpoint:
        yield endpoint.writer


@pytest.fixture
def writer(open_store: Client) -> Client:
    """The same, with nothing in the store."""
    assert open_store.update("DROP ALL").status == 200
    return open_store


@pytest.fixture(scope="module")
def other() -> Iterator[Elsewhere]:
    with elsewhere() as served:
        yield served
