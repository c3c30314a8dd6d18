"""The accounts of clients, over several fronts."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from graph.engine.account import MINUTE, Accounts, Holding


@pytest.fixture
def fronts() -> Iterator[list[Accounts]]:
    first = Accounts.create(2)
    second = Accounts(os.dup(first.descriptor), 1, 2)
    yield [first, second]
    first.close()
    second.close()


def test_what_a_client_holds_is_the_sum_over_the_fronts(fronts: list[Accounts]) -> None:
    first, second = fronts
    first.add("192.0.2.1", Holding.REQUESTS, 2)
    second.add("192.0.2.1", Holding.REQUESTS, 3)
    second.add("192.0.2.2", Holding.REQUESTS, 1)
    second.add("192.0.2.1", Holding.BYTES, 1000)
    for accounts in fronts:
        assert accounts.holding("192.0.2.1", Holding.REQUESTS) == 5
        assert accounts.total(Holding.REQUESTS) == 6
        assert accounts.holding("192.0.2.1", Holding.BYTES) == accounts.total(Holding.BYTES) == 1000
    first.add("192.0.2.1", Holding.REQUESTS, -2)
    assert second.holding("192.0.2.1", Holding.REQUESTS) == 3


def test_the_part_of_a_front_that_died_is_cleared(fronts: list[Accounts]) -> None:
    first, second = fronts
    first.add("a", Holding.LONG, 1)
    second.add("a", Holding.LONG, 4)
    second.spend("a", 3.0)
    first.clear(1)
    assert first.holding("a", Holding.LONG) == first.total(Holding.LONG) == 1
    assert first.processor_seconds("a") == 0


def test_processor_time_is_forgotten_after_the_minute_that_follows(
    fronts: list[Accounts], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = fronts
    now = 600.0
    monkeypatch.setattr("graph.engine.account.time.monotonic", lambda: now)
    first.spend("a", 20.0)
    second.spend("a", 10.0)
    assert first.processor_seconds("a") == second.processor_seconds("a") == pytest.approx(30)
    assert first.processor_seconds("b") == 0
    now += MINUTE
    assert first.processor_seconds("a") == pytest.approx(30)
    second.spend("a", 1.0)
    now += MINUTE / 2
    assert first.processor_seconds("a") == pytest.approx(16)
    now += MINUTE
    assert first.processor_seconds("a") == pytest.approx(0.5)
    now += 2 * MINUTE
    assert first.processor_seconds("a") == 0
