"""Room for connections, and what is done where there is none."""

import resource
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench.endpoint import CPEC
from graph.snapshot import Snapshot
from server.engine.front.fronts import CONNECTION_DESCRIPTORS, OWN_DESCRIPTORS, reserve_descriptors
from tests.server.conftest import serving
from tests.waiting import COMMAND_TIME


@pytest.fixture
def limited() -> Iterator[None]:
    """A process that may open 300 files, and again as many as before when the test is over."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (300, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.usefixtures("limited")
def test_room_is_made_up_to_what_is_allowed() -> None:
    assert reserve_descriptors(500) == 500
    assert (
        resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        == OWN_DESCRIPTORS + CONNECTION_DESCRIPTORS * 500
    )


@pytest.mark.long
def test_a_server_that_may_open_few_files_holds_few_connections_and_goes_on(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    out, limit = str(snapshot.path.parent), f'ulimit -n {OWN_DESCRIPTORS + 40}; exec "$0" "$@"'
    with serving(tmp_path, "--out", out, command=["sh", "-c", limit, str(CPEC)]) as client:
        with ExitStack() as held:
            for _ in range(100):
                held.enter_context(client.connect())
        assert client.query("ASK {}").status == 200
        assert client.get("/page/Pakistan").status == 200
    assert "room for 20 connections" in (tmp_path / "log").read_text()


def test_a_server_that_may_open_too_few_files_says_so(snapshot: Snapshot) -> None:
    limit = 'ulimit -n 200; exec "$0" serve --port 0 --out "$1"'
    command = ["sh", "-c", limit, str(CPEC), str(snapshot.path.parent)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=COMMAND_TIME
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "258 open files are needed or more, 200 allowed" in done.stderr
