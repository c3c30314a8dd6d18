"""The private memory of a server: counted against its budget, and given back."""

import contextlib
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode

import pytest

from bench.endpoint import Endpoint, tune
from bench.memory import LARGE, hold_answers
from bench.wire import request
from graph.snapshot import Snapshot
from server.engine.account import Accounts, Holding
from server.engine.engine import IDLE_BYTES
from server.engine.process_tree import read_memory
from tests.waiting import PATIENCE, wait_until

MEBIBYTE = 1 << 20

ROWS = 22_000
"""The rows of a large answer of the shipped graph, below the largest that is given."""


def measure_front(endpoint: Endpoint) -> int:
    """Return the private bytes of the only front of a server."""
    (front,) = endpoint.tree.fronts
    return read_memory(front).private


@pytest.mark.long
def test_memory_is_given_back_after_a_crowd_that_takes_no_answer(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    """The front held the answers; idle workers stay below their bound. No answer is kept."""
    options = ("--out", str(snapshot.path.parent), "--processes", "1")
    with Endpoint.start(tmp_path, *options, command=tune(queue_time=60, cache=0)) as endpoint:
        answer = endpoint.client.query(LARGE.format(rows=ROWS, number=-1))
        assert answer.status == 200
        assert len(answer.body) > 8 * MEBIBYTE
        wait_until(lambda: measure_front(endpoint) < 40 * MEBIBYTE, "a front is small")
        with hold_answers(endpoint, 12, ROWS):
            wait_until(lambda: measure_front(endpoint) > 100 * MEBIBYTE, "a front has grown")
        wait_until(lambda: measure_front(endpoint) < 40 * MEBIBYTE, "a front is small")
        wait_until(
            lambda: all(read_memory(pid).private < IDLE_BYTES for pid in endpoint.tree.workers),
            "the workers are small",
        )


@pytest.mark.long
@pytest.mark.parametrize("connection", ["close", "keep-alive"])
def test_answers_that_a_client_never_reads_are_within_its_memory(
    snapshot: Snapshot, tmp_path: Path, connection: str
) -> None:
    """One answer after another comes, and none is read; the kernel takes some MiB of each."""
    limit = 64 * MEBIBYTE
    options = ("--out", str(snapshot.path.parent), "--processes", "1")
    with Endpoint.start(tmp_path, *options, command=tune(client_memory=limit, cache=0)) as endpoint:
        assert endpoint.client.query(LARGE.format(rows=ROWS, number=-1)).status == 200
        wait_until(lambda: measure_front(endpoint) < 40 * MEBIBYTE, "a front is small")
        before, statuses = measure_front(endpoint), Counter[int]()
        with contextlib.ExitStack() as stack:
            for number in range(12):
                sock = stack.enter_context(endpoint.client.connect(PATIENCE))
                target = "/sparql?" + urlencode({"query": LARGE.format(rows=ROWS, number=number)})
                sock.sendall(request("GET", target, {"Connection": connection}))
                statuses[int(sock.recv(12)[9:])] += 1
                assert measure_front(endpoint) - before < limit + 4 * MEBIBYTE
        assert statuses[200] > 2
        assert statuses[429] + statuses[503] > 2
        wait_until(lambda: endpoint.client.query("ASK {}").status == 200, "a query has an answer")


@pytest.mark.long
def test_private_memory_past_the_budget_is_refused_by_name(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    """The processes of a server alone have more than a MiB each."""
    options, little = ("--out", str(snapshot.path.parent)), tune(memory_budget=MEBIBYTE)
    with Endpoint.start(tmp_path, *options, command=little) as endpoint:
        wait_until(lambda: endpoint.client.query("ASK {}").status == 503, "queries are refused")
        refused = endpoint.client.query("ASK {}")
        assert f"{MEBIBYTE} bytes of memory are held" in refused.json["detail"]
        assert endpoint.client.get("/health").status == 200


def test_what_is_charged_is_not_counted_twice() -> None:
    accounts = Accounts.create(2)
    accounts.add("a", Holding.BYTES, 30)
    accounts.set_private_memory(100)
    assert accounts.held_bytes() == 100
    accounts.add("a", Holding.BYTES, 50)  # an answer that began to arrive since
    assert accounts.held_bytes() == 150
    accounts.set_private_memory(140)
    assert accounts.held_bytes() == 140
    accounts.set_private_memory(10)
    assert accounts.held_bytes() == 80
    accounts.close()
