"""The order in which clients that wait get workers."""

import asyncio
from collections.abc import Iterator

import pytest

from server.engine.account import PROCESSOR_SECONDS, Accounts
from server.engine.pool.fair_queue import MAX_TAGS, FairQueue

SLICE = 0.2


@pytest.fixture
def accounts() -> Iterator[Accounts]:
    accounts = Accounts.create()
    yield accounts
    accounts.close()


def take_all(queue: FairQueue) -> list[str]:
    """Take every ticket, as if each request took a slice, and return their clients."""
    clients = []
    while (turn := queue.take(lambda _: True)) is not None:
        clients.append(turn[0])
        queue.settle(turn[0], queue.begin(turn[0]), SLICE)
    return clients


def serve(accounts: Accounts, waiting: list[str], spent: dict[str, float]) -> list[str]:
    """Return the order of clients that spent so many seconds each, and then wait."""

    async def wait() -> list[str]:
        queue = FairQueue(accounts, SLICE)
        for client, seconds in spent.items():
            accounts.spend(client, seconds)
            queue.charge(client, seconds)
        for client in waiting:
            queue.add(client)
        return take_all(queue)

    return asyncio.run(wait())


def test_clients_take_turns(accounts: Accounts) -> None:
    waiting = ["a", "a", "a", "b", "b", "c"]
    assert serve(accounts, waiting, {}) == ["a", "b", "c", "a", "b", "a"]


def test_a_client_that_used_less_comes_first(accounts: Accounts) -> None:
    assert serve(accounts, ["a", "a", "b", "c"], {"a": 0.5, "b": 0.1}) == ["c", "b", "a", "a"]


def test_one_with_short_requests_comes_before_a_thousand_new_ones(accounts: Accounts) -> None:
    async def wait() -> str | None:
        queue = FairQueue(accounts, SLICE)
        for client in [*(f"10.0.{n >> 8}.{n & 255}" for n in range(1000)), "polite"]:
            queue.add(client)
        queue.settle("polite", queue.begin("polite"), SLICE / 10)
        turn = queue.take(lambda _: True)
        return turn and turn[0]

    assert asyncio.run(wait()) == "polite"


def test_one_with_long_requests_has_its_turn_among_those_with_short_ones(
    accounts: Accounts,
) -> None:
    async def wait() -> list[str]:
        queue, clients = FairQueue(accounts, SLICE), list[str]()
        queue.settle("long", queue.begin("long"), SLICE)
        for client in ["long", *["short"] * 100]:
            queue.add(client)
        while (turn := queue.take(lambda _: True)) is not None:
            clients.append(turn[0])
            length = SLICE if turn[0] == "long" else SLICE / 20
            queue.settle(turn[0], queue.begin(turn[0]), length)
        return clients

    assert 10 < asyncio.run(wait()).index("long") < 50


def test_one_above_its_share_comes_last(accounts: Accounts) -> None:
    accounts.spend("greedy", 2 * PROCESSOR_SECONDS)
    assert serve(accounts, ["greedy", "a", "a", "a"], {}) == ["a", "a", "a", "greedy"]


def test_a_client_that_was_idle_has_saved_nothing(accounts: Accounts) -> None:
    async def wait() -> list[str]:
        queue = FairQueue(accounts, SLICE)
        for _ in range(10):
            queue.settle("busy", queue.begin("busy"), SLICE)
        for client in ["busy", "busy", "idle", "idle", "idle", "idle"]:
            queue.add(client)
        return take_all(queue)

    assert asyncio.run(wait()).index("busy") < 3


def test_the_tags_of_very_many_clients_are_dropped(accounts: Accounts) -> None:
    queue = FairQueue(accounts, SLICE)
    for number in range(3 * MAX_TAGS):
        queue.settle(str(number), queue.begin(str(number)), 0.0)
    assert len(queue._finish) <= MAX_TAGS + 1
