"""The private memory of a server: counted against its budget, and given back."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.endpoint import Endpoint
from bench.memory import hold_answers, measure_private
from graph.engine.account import Accounts, Holding
from graph.snapshot import Snapshot
from tests.server.conftest import PATIENCE

MEBIBYTE = 1 << 20


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for a state."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.mark.long
def test_memory_is_given_back_after_a_crowd_that_takes_no_answer(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    options = ("--out", str(snapshot.path.parent), "--processes", "1", "--queue-time", "60")
    with Endpoint.start(tmp_path, *options) as endpoint:
        assert endpoint.client.query("ASK {}").status == 200
        before = measure_private(endpoint.tree)
        with hold_answers(endpoint, 12):
            wait_until(lambda: measure_private(endpoint.tree) > before + 100 * MEBIBYTE)
        wait_until(lambda: measure_private(endpoint.tree) < before + 50 * MEBIBYTE)


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
