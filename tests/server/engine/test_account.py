"""The accounts of clients, over several fronts."""

import os
from collections.abc import Iterator

import pytest

from server.engine.account import MINUTE, PROCESSOR_SECONDS, SETS, WAYS, Accounts, Holding


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
    monkeypatch.setattr("server.engine.account.time.monotonic", lambda: now)
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


def test_accounts_of_one_set_are_apart(fronts: list[Accounts]) -> None:
    first, second = fronts
    names = [f"10.{n >> 8}.{n & 255}.1" for n in range(1000)]
    for number, name in enumerate(names, 1):
        first.add(name, Holding.REQUESTS, number)
        second.add(name, Holding.BYTES, number)
    for accounts in fronts:
        numbers = [*range(1, 1001)]
        assert [accounts.holding(name, Holding.REQUESTS) for name in names] == numbers
        assert [accounts.holding(name, Holding.BYTES) for name in names] == numbers


def test_a_new_account_takes_the_place_of_the_least_recent_one_that_holds_nothing(
    fronts: list[Accounts], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = fronts
    now = 600.0
    monkeypatch.setattr("server.engine.account.time.monotonic", lambda: now)
    first.add("holder", Holding.LONG, 1)
    first.spend("recent", 1.0)
    for number in range(2 * SETS * WAYS):
        first.spend(f"passer {number}", 0.001)
    assert first.holding("holder", Holding.LONG) == first.total(Holding.LONG) == 1
    assert first.processor_seconds("recent") == pytest.approx(1.0)
    assert first.count_active() <= SETS * WAYS


def test_clients_that_share_an_account_leave_nothing_in_it(fronts: list[Accounts]) -> None:
    first, _ = fronts
    names = [str(number) for number in range(SETS * WAYS * 5 // 4)]
    for name in names:
        first.add(name, Holding.BYTES, 5)
    assert first.total(Holding.BYTES) == 5 * len(names)
    assert all(first.holding(name, Holding.BYTES) >= 5 for name in names)
    for name in names:
        first.add(name, Holding.BYTES, -5)
    assert first.total(Holding.BYTES) == 0
    assert not any(first.holding(name, Holding.BYTES) for name in names)


def test_a_share_is_a_part_of_the_processors_for_each_active_client(
    fronts: list[Accounts], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = fronts
    now = 600.0
    monkeypatch.setattr("server.engine.account.time.monotonic", lambda: now)
    assert first.share() == PROCESSOR_SECONDS
    first.spend("polite for a minute", 0.1)
    second.spend("polite for a minute", 0.1)
    for number in range(3):
        second.spend(f"other {number}", 1.0)
    now += 1
    assert second.share() == PROCESSOR_SECONDS / 4
    assert not first.is_above("polite for a minute")
    now += MINUTE
    second.spend("polite for a minute", PROCESSOR_SECONDS / 4)
    now += 1
    assert first.is_above("polite for a minute")
    assert not first.is_above("other 0")
    now += 3 * MINUTE
    assert not first.is_above("polite for a minute")
    assert first.share() == PROCESSOR_SECONDS


def test_the_latest_request_of_a_client_is_known_to_all_fronts(fronts: list[Accounts]) -> None:
    first, second = fronts
    assert second.latest_seconds("a") is None
    first.set_latest("a", 0.002)
    assert second.latest_seconds("a") == pytest.approx(0.002, abs=1e-5)
    second.set_latest("a", 0.5)
    assert first.latest_seconds("a") == pytest.approx(0.5, abs=1e-5)
    assert first.latest_seconds("b") is None
