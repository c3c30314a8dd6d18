"""The order in which a front parses what its clients have sent."""

import asyncio
from collections.abc import Callable

import pytest

from server.engine.front.round_robin import RoundRobin


def read_all(prepare: Callable[[RoundRobin, Callable[[str], Callable[[], None]]], None]) -> str:
    """Return the order of the reads that `prepare` adds, each with a letter."""
    order: list[str] = []

    async def run() -> None:
        prepare(RoundRobin(), lambda letter: lambda: order.append(letter))
        for _ in range(99):
            await asyncio.sleep(0)

    asyncio.run(run())
    return "".join(order)


def test_clients_take_turns() -> None:
    def prepare(turns: RoundRobin, read: Callable[[str], Callable[[], None]]) -> None:
        for client in "aaabbc":
            turns.add(client, read(client))

    assert read_all(prepare) == "abcaba"


def test_a_client_that_goes_on_has_its_turn_after_the_others() -> None:
    def prepare(turns: RoundRobin, read: Callable[[str], Callable[[], None]]) -> None:
        def read_and_add() -> None:
            read("a")()
            turns.add("a", read("A"))

        turns.add("a", read_and_add)
        for client in "bc":
            turns.add(client, read(client))

    assert read_all(prepare) == "abcA"


def test_a_read_that_fails_stops_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    def prepare(turns: RoundRobin, read: Callable[[str], Callable[[], None]]) -> None:
        def fail() -> None:
            raise AssertionError

        asyncio.get_running_loop().set_exception_handler(lambda *_: print("failed"))
        turns.add("a", fail)
        turns.add("b", read("b"))

    assert read_all(prepare) == "b"
    assert capsys.readouterr().out == "failed\n"
