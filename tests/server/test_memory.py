"""The private memory of a server: counted against its budget, and given back."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.endpoint import Endpoint
from bench.memory import LARGE, hold_answers
from graph.engine.account import Accounts, Holding
from graph.engine.pool.memory_watch import IDLE_BYTES
from graph.engine.process_tree import read_memory
from graph.snapshot import Snapshot
from tests.server.conftest import PATIENCE

MEBIBYTE = 1 << 20

ROWS = 22_000
"""The rows of a large answer of the shipped graph, below the largest that is given."""


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for a state."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def measure_front(endpoint: Endpoint) -> int:
    """Return the private bytes of the only front of a server."""
    (front,) = endpoint.tree.fronts
    return read_memory(front).private


@pytest.mark.long
def test_memory_is_given_back_after_a_crowd_that_takes_no_answer(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    """The front held the answers; idle workers stay below their bound. No answer is kept."""
    limits = ("--processes", "1", "--queue-time", "60", "--cache", "0")
    with Endpoint.start(tmp_path, "--out", str(snapshot.path.parent), *limits) as endpoint:
        answer = endpoint.client.query(LARGE.format(rows=ROWS, number=-1))
        assert answer.status == 200
        assert len(answer.body) > 8 * MEBIBYTE
        wait_until(lambda: measure_front(endpoint) < 40 * MEBIBYTE)
        with hold_answers(endpoint, 12, ROWS):
            wait_until(lambda: measure_front(endpoint) > 100 * MEBIBYTE)
        wait_until(lambda: measure_front(endpoint) < 40 * MEBIBYTE)
        wait_until(
            lambda: all(read_memory(pid).private < IDLE_BYTES for pid in endpoint.tree.workers)
        )


@pytest.mark.long
def test_private_memory_past_the_budget_is_refused_by_name(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    """The processes of a server alone have more than a MiB each."""
    options = ("--out", str(snapshot.path.parent), "--memory-budget", str(MEBIBYTE))
    with Endpoint.start(tmp_path, *options) as endpoint:
        wait_until(lambda: endpoint.client.query("ASK {}").status == 503)
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
