"""What workers own of the memory that they share with the zygote."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from bench.graph import quads
from graph.engine.frame import receive, send
from graph.engine.heap import apart
from graph.engine.location import Location
from graph.engine.settings import Settings
from graph.engine.supervision.nursery import Nursery
from graph.snapshot import n_quads

ASKED = {
    "kind": "query",
    "deadline": 10.0,
    "alone": True,
    "result_format": "json",
    "graph_format": "ttl",
    "bindings": {},
    "default_graphs": [],
    "named_graphs": [],
}


def copied(pid: int) -> int:
    """Return the pages that a process has made its own, as proc_pid_stat(5) counts them."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[7])


@pytest.mark.long
def test_questions_after_the_first_copy_few_pages_of_the_dataset(tmp_path: Path) -> None:
    source = tmp_path / "graph.nq"
    source.write_bytes(n_quads(quads(20_000)))
    nursery = Nursery(Settings(source=source))
    nursery.source = Location(source)
    worker = nursery.fork()
    try:
        with socket.socket(fileno=worker.sock) as sock:
            for asked in range(401):
                send(sock, ASKED, b"ASK {}")
                assert receive(sock, 100)[1].endswith(b"true}")
                if not asked:
                    before = copied(worker.pid)
            assert copied(worker.pid) - before < 400
    finally:
        worker.kill()
        worker.close()
        nursery.close()


@pytest.mark.long
@pytest.mark.skipif(
    not Path("/sys/kernel/mm/transparent_hugepage").exists(),
    reason="needs Linux 6.1 or later, with transparent huge pages",
)
def test_a_dataset_lies_in_huge_pages_so_that_a_fork_is_quick(tmp_path: Path) -> None:
    source = tmp_path / "graph.nq"
    source.write_bytes(n_quads(quads(20_000)))
    nursery = Nursery(Settings(source=source))
    nursery.source = Location(source)
    try:
        nursery.ensure()
        rollup = Path(f"/proc/{nursery.pid}/smaps_rollup").read_text("ascii")
        lines = dict(line.split(":") for line in rollup.splitlines()[1:])
        huge, anonymous = (int(lines[name].split()[0]) for name in ("AnonHugePages", "Anonymous"))
        assert huge > anonymous / 2
    finally:
        nursery.close()


def test_work_apart_is_done_in_another_thread_that_has_ended() -> None:
    thread = apart(threading.current_thread)
    assert thread is not threading.main_thread()
    assert not thread.is_alive()


def test_work_apart_fails_as_it_would_here() -> None:
    with pytest.raises(ZeroDivisionError):
        apart(lambda: 1 // 0)
