"""The real command and the real server, as a person starts them."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest

from bench.client import Client
from bench.endpoint import CPEC, Endpoint, tune
from graph.current_snapshot import cache_folder
from graph.snapshot import Snapshot
from ontology.base import BASE_VARIABLE, PUBLISHED
from server.command import main
from tests.server.service.elsewhere import Elsewhere, elsewhere
from tests.waiting import COMMAND_TIME

CONTACT = "editor@news.example"
"""The contact of the operator of the server into which `editor` writes."""

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def home_with(snapshot: Snapshot, home: Path) -> Path:
    """Return the folder, with the snapshot in the cache of this copy and base."""
    folder = home / "cpec-graph" / cache_folder().name
    folder.parent.mkdir()
    folder.symlink_to(snapshot.path.parent)
    return home


@pytest.fixture(scope="session")
def home(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a user whose cache holds the shipped graph."""
    return home_with(snapshot, tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def run(home: Path) -> Run:
    """Run a command of that user in this process, where its modules are imported once."""

    def run_here(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        with (
            pytest.MonkeyPatch.context() as patch,
            NamedTemporaryFile("w", encoding="utf-8") as output,
            StringIO() as errors,
        ):
            patch.setenv("XDG_CACHE_HOME", str(home))
            patch.setenv(BASE_VARIABLE, PUBLISHED)  # the command sets it
            patch.chdir(home)
            patch.setattr(sys, "argv", ["cpec", *arguments])
            patch.setattr(sys, "stdin", TextIOWrapper(BytesIO(stdin.encode())))
            patch.setattr(sys, "stdout", output)
            patch.setattr(sys, "stderr", errors)
            with pytest.raises(SystemExit) as end:
                main()
            sys.stdout.flush()
            status, text = int(end.value.code or 0), Path(output.name).read_text("utf-8")
            return subprocess.CompletedProcess(arguments, status, text, errors.getvalue())

    return run_here


@pytest.fixture(scope="session")
def cpec(home: Path) -> Run:
    """Run the installed command of that user, in a process of its own."""

    def run(*arguments: str, stdin: str = "", cwd: Path = home) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(CPEC), *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            cwd=cwd,
            env={**os.environ, "XDG_CACHE_HOME": str(home)},
            timeout=COMMAND_TIME,
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
    options, small = ("--empty", "--default-graph", "own"), tune(max_body=200_000, max_query=20_000)
    with Endpoint.writable(folder, *options, command=small) as endpoint:
        yield endpoint.writer


@pytest.fixture
def writer(open_store: Client) -> Client:
    """The same, with nothing in the store."""
    assert open_store.update("DROP ALL").status == 200
    return open_store


@pytest.fixture(scope="session")
def editor(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of a single front, which may write into the shipped graph: a test cleans up."""
    options = ("--out", str(snapshot.path.parent), "--processes", "1", "--contact", CONTACT)
    with Endpoint.writable(tmp_path_factory.mktemp("shipped"), *options) as endpoint:
        yield endpoint.writer


@pytest.fixture(scope="module")
def other() -> Iterator[Elsewhere]:
    with elsewhere() as served:
        yield served
