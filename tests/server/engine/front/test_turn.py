"""The turns of the threads of a front."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context

import pytest

from graph.errors import OverloadedError
from server.engine.account import PROCESSOR_SECONDS, Accounts
from server.engine.front import turn
from server.engine.front.turn import Turn, Turns
from server.engine.request import PENDING_RESULTS, PendingResults
from tests.waiting import PATIENCE, wait_until


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> Iterator[Turns]:
    monkeypatch.setattr(turn, "TURN_TIME", PATIENCE)
    accounts = Accounts.create()
    yield Turns(accounts)
    accounts.close()


def compete(turns: Turns, clients: list[str]) -> list[str]:
    """Return the clients in the order of their turns; all wait before the first one has it."""
    order: list[str] = []

    def compute(client: str) -> None:
        with Turn(turns, client):
            order.append(client)

    with ThreadPoolExecutor(len(clients)) as pool, Turn(turns, "holder"):
        for number, client in enumerate(clients, 1):
            pool.submit(compute, client)
            wait_until(lambda: len(turns._waiting) == number, "it waits")  # noqa: B023 - called here
        assert order == []
    return order


def test_clients_that_come_first_compute_first(turns: Turns) -> None:
    assert compete(turns, ["a", "b", "c"]) == ["a", "b", "c"]


def test_who_used_less_of_the_processor_computes_first(turns: Turns) -> None:
    for client, seconds in (("heavy", PROCESSOR_SECONDS), ("light", 0.5)):
        turns.accounts.spend(client, seconds)
    assert compete(turns, ["heavy", "light", "new"]) == ["new", "light", "heavy"]


def test_a_thread_that_waits_for_a_result_gives_its_turn_away(turns: Turns) -> None:
    future: Future[str] = Future()

    def wait() -> str:
        with Turn(turns, "a") as own:
            pending = PendingResults()
            pending.pause = own.pause
            return pending.wait(future)

    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(wait)
        with Turn(turns, "b"):  # the first thread has it, or has given it away
            future.set_result("an answer")
        assert answer.result(PATIENCE) == "an answer"


def test_who_is_given_up_waits_for_no_turn(turns: Turns) -> None:
    request = PendingResults()

    def wait() -> None:
        PENDING_RESULTS.set(request)
        turns.take("a")

    with ThreadPoolExecutor(2) as pool:
        with Turn(turns, "b"):
            given_up = pool.submit(copy_context().run, wait)
            wait_until(lambda: turns._waiting, "the thread waits")
            request.give_up()
            with pytest.raises(OverloadedError):
                given_up.result(PATIENCE)
            with pytest.raises(OverloadedError):
                pool.submit(copy_context().run, wait).result(PATIENCE)
            other = pool.submit(turns.take, "c")
        assert other.result(PATIENCE)
    assert turns._waiting == []


def test_after_a_long_wait_a_thread_computes_without_a_turn(
    turns: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn, "TURN_TIME", 0.01)
    with Turn(turns, "a"):
        with Turn(turns, "b"):
            pass
        assert turns._is_taken
    assert not turns._is_taken
    assert turns._waiting == []
