"""The fixtures of all packages: the shipped graph, built once, and the shared data."""

from __future__ import annotations

import fcntl
import gc
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from pyoxigraph import Store

from graph.build import build
from graph.curating.master import Inputs
from graph.engine.fork_server import FORK_SERVER
from graph.snapshot import Snapshot, current_snapshot
from tests.first_article import copy_first_article

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("CPEC_SHARED", ROOT.parent / "shared"))

settings.register_profile("untimed", settings(), deadline=None)  # a busy machine is slow
settings.load_profile("untimed")

gc.disable()  # collecting makes objects by the hundred thousand, none of them in a cycle


def pytest_configure() -> None:
    """Let SIGINT end processes again: a job in the background ignores it, and so do its own."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Leave the collected tests out of the search for cycles, which took them in each time."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def held_fork_server() -> Iterator[None]:
    """Hold the fork server, which then imports the modules of engines once for all tests."""
    FORK_SERVER.hold()
    yield
    FORK_SERVER.release()


def build_once(factory: pytest.TempPathFactory, name: str, inputs: Inputs) -> Snapshot:
    """Return the snapshot of the inputs, which the first worker of a run builds for all."""
    own = factory.getbasetemp()
    builds = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / name
    builds.mkdir(exist_ok=True)
    with (builds.parent / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return current_snapshot(builds) or build(inputs, builds, own / "no-archive").snapshot


@pytest.fixture(scope="session")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The snapshot of the shipped graph."""
    return build_once(tmp_path_factory, "shipped", Inputs())


@pytest.fixture(scope="session")
def store(snapshot: Snapshot) -> Store:
    """The shipped graph in memory."""
    return snapshot.load()


@pytest.fixture(scope="session")
def first_snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The snapshot of the first article alone."""
    inputs = Inputs(copy_first_article(tmp_path_factory.mktemp("first")))
    return build_once(tmp_path_factory, "first-article", inputs)


@pytest.fixture(scope="session")
def first_article(first_snapshot: Snapshot) -> Store:
    """The graph of the first article alone, in memory."""
    return first_snapshot.load()


@pytest.fixture(scope="session")
def shared_article() -> Path:
    """The folder with the article's text, which is its publisher's and not in the repository."""
    folder = SHARED / "article"
    if not folder.is_dir():
        pytest.skip(f"no article text at {folder}: set CPEC_SHARED to a folder that has article/")
    return folder


@pytest.fixture(scope="session")
def conformance() -> Path:
    """The W3C suites of SPARQL."""
    folder = SHARED / "conformance" / "sparql"
    if not folder.is_dir():
        pytest.skip(f"no {folder}: set CPEC_SHARED to the folder that holds conformance/")
    return folder
