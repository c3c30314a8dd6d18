"""The fixtures of all packages: the shipped graph, built once, and the shared data."""

import fcntl
import gc
import os
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import settings
from pyoxigraph import Store

from graph.build import build
from graph.curating.master import Inputs, is_fresh
from graph.current_snapshot import find_snapshot
from graph.snapshot import Snapshot, current_snapshot
from server.engine.fork_server import FORK_SERVER
from tests.default_signals import give_default_signals
from tests.first_article import copy_first_article, write_closed

ROOT = Path(__file__).parents[1]
LONG_FILE = re.compile(r"^pytestmark = (\[\s+)?pytest\.mark\.long\b", re.MULTILINE)
SHARED = Path(os.environ.get("CPEC_SHARED", ROOT.parent / "shared"))

# A busy machine is slow; each commit has examples of its own, the same wherever it is tried.
settings.register_profile("untimed", settings(), deadline=None, derandomize=False)
settings.load_profile("untimed")

gc.disable()  # collecting makes objects by the hundred thousand, none of them in a cycle


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--laws", action="store_true", help="put laws to all cases, not to a tenth")


def pytest_report_header(config: pytest.Config) -> str:
    return (
        f"drawn by --hypothesis-seed={config.option.hypothesis_seed}: the examples of hypothesis, "
        "and a tenth of the cases of each law (--laws has all)"
    )


def read_commit() -> int:
    """Return the beginning of the commit of the checkout as a number, 0 outside of git."""
    command = ["git", "-C", str(ROOT), "rev-parse", "--short=8", "HEAD"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    return int(run.stdout.strip()[:8] or "0", 16)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the files of long tests out of a run without these: to import them takes time."""
    if config.option.markexpr != "not long" or not collection_path.match("test_*.py"):
        return None
    return True if LONG_FILE.search(collection_path.read_text("utf-8")) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Draw a tenth of the cases of each law, and order the files."""
    if not config.getoption("laws"):
        draw_laws(config, items)
    order_files(items)


def order_files(items: list[pytest.Item]) -> None:
    """Have one worker build the shipped graph, while the others run the files that need none."""
    needing = {item.path for item in items if "snapshot" in getattr(item, "fixturenames", ())}
    first = next((item.path for item in items if item.path in needing), None)
    items.sort(key=lambda item: (item.path != first, item.path in needing))


def draw_laws(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep a tenth of the cases of each law, and at least one."""
    seed, cases = config.option.hypothesis_seed, defaultdict(list)
    for item in items:
        if item.get_closest_marker("law"):
            cases[item.nodeid.partition("[")[0]].append(item)
    left = set()
    for law in cases.values():
        law.sort(key=lambda item: sha256(f"{seed} {item.nodeid}".encode()).digest())
        left |= set(law[-(-len(law) // 10) :])
    config.hook.pytest_deselected(items=[item for item in items if item in left])
    items[:] = [item for item in items if item not in left]


@pytest.hookimpl(tryfirst=True)  # before the plugin of hypothesis, which reads the seed
def pytest_configure(config: pytest.Config) -> None:
    """Give a commit its seed, and what is started the default signals."""
    if config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = read_commit()
    give_default_signals()


def pytest_collection_finish() -> None:
    """Leave the collected tests out of the search for cycles, which took them in each time.

    By Python's own threshold, of 700 objects, the search takes an eighth of the tests' processor.
    """
    gc.freeze()
    gc.set_threshold(50_000)
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def held_fork_server() -> Iterator[None]:
    """Hold the fork server, which then imports the modules of engines once for all tests."""
    FORK_SERVER.hold()
    yield
    FORK_SERVER.release()


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what the tests build out of the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


Write = Callable[[Inputs, Path], object]
Build = Callable[[str, Inputs, Write], Snapshot]


@pytest.fixture(scope="session")
def build_once(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Build:
    """Write the snapshot of some inputs for all workers, and for later runs with the same inputs.

    The cache of pytest keeps it as long as its data and code are the same. Tests get a copy: a
    server may write into the folder of its snapshots.
    """
    own = tmp_path_factory.getbasetemp()
    run = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    cache = pytestconfig.cache
    assert cache is not None

    def build_here(name: str, inputs: Inputs, write: Write) -> Snapshot:
        kept, copy = cache.mkdir(f"snapshot-{name}"), run / name
        with (kept / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not copy.exists():
                if not is_fresh(find_snapshot(kept / "builds", is_cache=True), inputs):
                    # a snapshot has no earlier one beside it, to which the feed would compare it
                    shutil.rmtree(kept / "builds", ignore_errors=True)
                    write(inputs, kept / "builds")
                shutil.copytree(kept / "builds", copy, symlinks=True)
        snapshot = current_snapshot(copy)
        assert snapshot is not None
        return snapshot

    return build_here


@pytest.fixture(scope="session")
def snapshot(build_once: Build) -> Snapshot:
    """The snapshot of the shipped graph.

    `cpec validate` judges the shipped data in a test of its own: two thirds of a build's processor.
    """
    write = partial(build, archive=Path("no-archive"), is_checked=True)
    return build_once("shipped", Inputs(), write)


@pytest.fixture(scope="session")
def store(snapshot: Snapshot) -> Store:
    """The shipped graph in memory."""
    return snapshot.load()


@pytest.fixture(scope="session")
def first_snapshot(build_once: Build, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The snapshot of the first article alone, without dumps."""
    data = copy_first_article(tmp_path_factory.mktemp("first"))
    return build_once("first-article", Inputs(data), write_closed)


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
