"""The memory of workers that they do not share with the zygote."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bench.graph import quads
from graph.dataset import sort_n_quads
from server.engine.framing import Header, receive, send
from server.engine.heap import run_in_thread
from server.engine.location import Location
from server.engine.supervision.zygote_supervisor import ZygoteSupervisor
from server.graph_settings import GraphSettings

ASKED = {
    "kind": "query",
    "deadline": 60.0,
    "alone": True,
    "result_format": "json",
    "graph_format": "ttl",
    "bindings": {},
    "default_graphs": [],
    "named_graphs": [],
}


CITED = {**ASKED, "kind": "cite", "union_only": False}
LARGE = b"SELECT * { ?s ?p ?o } LIMIT 10000"


def count_copied_pages(pid: int) -> int:
    """Return the pages that a process has made its own, as proc_pid_stat(5) counts them."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[7])


def own_bytes(pid: int) -> int:
    """Return the bytes of memory that a process shares with no other (proc_pid_smaps(5))."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()[1:]
    sizes = {name: int(size.split()[0]) for name, size in (line.split(":") for line in lines)}
    return (sizes["Private_Clean"] + sizes["Private_Dirty"]) << 10


@contextmanager
def start_worker(
    home: Path, **settings: Any
) -> Iterator[tuple[int, Callable[[Header, bytes], Header]]]:
    """Yield the process of a worker, and a function that returns its answer to a request."""
    source = home / "graph.nq"
    source.write_bytes(sort_n_quads(quads(20_000)))
    zygotes = ZygoteSupervisor(GraphSettings(source=source, **settings))
    zygotes.source = Location(source)
    worker = zygotes.fork()
    try:
        with socket.socket(fileno=worker.sock) as sock:

            def ask(header: Header, text: bytes) -> Header:
                send(sock, header, text)
                return receive(sock, 1 << 30)[0]

            yield worker.pid, ask
    finally:
        worker.kill()
        worker.close()
        zygotes.close()


@pytest.mark.long
def test_questions_after_the_first_copy_few_pages_of_the_dataset(tmp_path: Path) -> None:
    with start_worker(tmp_path) as (pid, asked):
        asked(ASKED, b"ASK {}")
        before = count_copied_pages(pid)
        for _ in range(400):
            asked(ASKED, b"ASK {}")
        assert count_copied_pages(pid) - before < 400


@pytest.mark.long
def test_large_answers_leave_nothing_to_the_next(tmp_path: Path) -> None:
    with start_worker(tmp_path) as (pid, asked):
        sizes = []
        for _ in range(10):
            assert not asked(CITED, LARGE)["last"]
            asked(ASKED, b"ASK {}")  # it has collected its garbage before it receives this
            sizes.append(own_bytes(pid))
        # Uncollected, each answer adds 17 MB. Collected, thirty add 3 to 18 MB in all: pages that
        # they touch for good.
        assert sizes[-1] - sizes[0] < 3 * (17 << 20)


@pytest.mark.long
def test_a_worker_that_has_more_of_its_own_than_its_terms_serves_one_answer_more(
    tmp_path: Path,
) -> None:
    with start_worker(tmp_path, private_memory=10 << 20) as (_, asked):
        assert [asked(CITED, LARGE)["last"], asked(ASKED, b"ASK {}")["last"]] == [False, True]


@pytest.mark.long
@pytest.mark.skipif(
    not Path("/sys/kernel/mm/transparent_hugepage").exists(),
    reason="needs Linux 6.1 or later, with transparent huge pages",
)
def test_a_dataset_lies_in_huge_pages_so_that_a_fork_is_quick(tmp_path: Path) -> None:
    source = tmp_path / "graph.nq"
    source.write_bytes(sort_n_quads(quads(20_000)))
    zygotes = ZygoteSupervisor(GraphSettings(source=source))
    zygotes.source = Location(source)
    try:
        zygotes.ensure()
        rollup = Path(f"/proc/{zygotes.pid}/smaps_rollup").read_text("ascii")
        lines = dict(line.split(":") for line in rollup.splitlines()[1:])
        huge, anonymous = (int(lines[name].split()[0]) for name in ("AnonHugePages", "Anonymous"))
        assert huge > anonymous / 2
    finally:
        zygotes.close()


def test_work_apart_is_done_in_another_thread_that_has_ended() -> None:
    thread = run_in_thread(threading.current_thread)
    assert thread is not threading.main_thread()
    assert not thread.is_alive()


def test_work_apart_fails_as_it_would_here() -> None:
    with pytest.raises(ZeroDivisionError):
        run_in_thread(lambda: 1 // 0)
