"""The files that a server of an external store leaves in the folder for temporary files."""

from functools import partial
from pathlib import Path

import pytest

from bench.endpoint import Endpoint
from bench.peer import descendants
from tests.server.conftest import Run
from tests.server.stores.conftest import Theirs, writing
from tests.server.stores.test_publish import small
from tests.waiting import wait_until

pytestmark = pytest.mark.long


def folders(where: Path) -> list[str]:
    return sorted(path.name for path in where.glob("cpec-store-*"))


def are_over(processes: list[int]) -> bool:
    return not any(Path(f"/proc/{pid}").exists() for pid in processes)


def test_the_folder_of_a_killed_server_is_removed_by_the_next_and_that_of_a_living_one_is_not(
    cpec: Run, oxigraph: Theirs, tmp_path: Path
) -> None:
    where = small(tmp_path / "1", "<g> {<urn:a> <urn:b> 1}")
    done = cpec("publish", oxigraph.query, *writing(oxigraph), "--snapshot", str(where.path))
    assert done.returncode == 0, done.stderr
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    serve = partial(
        Endpoint.start, tmp_path / "home", "--store", oxigraph.query, TMPDIR=str(scratch)
    )
    with serve() as killed:
        processes = descendants(killed.process.pid)
        left = folders(scratch)
        killed.kill()
        wait_until(partial(are_over, processes), "the processes are over")
    assert folders(scratch) == left != []
    with serve():
        first = folders(scratch)
        assert not set(first) & set(left)
        with serve():
            assert set(first) < set(folders(scratch))
        assert folders(scratch) == first
    assert folders(scratch) == []
