"""Places for requests: who gets one when all are taken."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from graph.errors import OverloadedError, ShareError
from server.engine.account import PROCESSOR_SECONDS, SEAT, Accounts, Holding
from server.engine.front.admission import Admission, Refusals
from server.graph_settings import GraphSettings
from server.settings import Settings
from tests.waiting import PATIENCE

PLACES = 6


@pytest.fixture
def admission() -> Iterator[Admission]:
    accounts = Accounts.create()
    yield Admission(accounts, Settings(threads=PLACES + 1, processes=1), GraphSettings())
    accounts.close()


async def hold(admission: Admission, client: str, workers: int) -> None:
    """Hold a place, with so many workers, until another request takes it."""
    with admission.admit(client):
        if (seat := SEAT.get()) is not None:
            seat.workers = workers
        await asyncio.sleep(PATIENCE)


async def compete(
    admission: Admission, holders: list[str], client: str, workers: int = 0
) -> list[str]:
    """Return who loses a place to a client: the client itself if it is refused."""
    tasks = [asyncio.create_task(hold(admission, holder, workers)) for holder in holders]
    await asyncio.sleep(0)
    try:
        with admission.admit(client):
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            return [name for name, task in zip(holders, tasks, strict=True) if task.done()]
    except OverloadedError:
        return [client]
    finally:
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert {type(outcome) for outcome in outcomes} <= {
            OverloadedError,
            asyncio.CancelledError,
        }
        assert admission.accounts.total(Holding.REQUESTS) == 0


def test_the_client_with_most_requests_loses_a_place_to_one_with_fewer(
    admission: Admission,
) -> None:
    holders = ["a", "a", "b", "b", "b", "c"]
    assert asyncio.run(compete(admission, holders, "new")) == ["b"]


def test_a_client_above_its_share_loses_a_place_to_one_below(admission: Admission) -> None:
    admission.accounts.spend("c", 2 * PROCESSOR_SECONDS)
    holders = ["a", "a", "b", "b", "b", "c"]
    assert asyncio.run(compete(admission, holders, "new")) == ["c"]


def test_a_client_that_has_as_many_requests_takes_no_place(admission: Admission) -> None:
    assert asyncio.run(compete(admission, ["a", "a", "a", "b", "b", "b"], "b")) == ["b"]


def test_a_request_with_a_worker_keeps_its_place(admission: Admission) -> None:
    assert asyncio.run(compete(admission, ["a"] * PLACES, "new", workers=1)) == ["new"]


def test_a_client_that_was_served_takes_a_place_from_new_ones(admission: Admission) -> None:
    holders = [f"new {number}" for number in range(PLACES)]
    assert asyncio.run(compete(admission, holders, "newest")) == ["newest"]
    admission.accounts.spend("polite", 0.01)
    assert asyncio.run(compete(admission, holders, "polite")) == ["new 5"]


def test_a_write_keeps_its_place(admission: Admission) -> None:
    async def write() -> None:
        with ExitStack() as places:
            for _ in range(PLACES):
                places.enter_context(admission.admit("writer", writes=True))
            with pytest.raises(OverloadedError), admission.admit("new"):
                pass

    asyncio.run(write())


def test_a_client_that_holds_little_memory_is_admitted_while_others_hold_all(
    admission: Admission,
) -> None:
    accounts, engine = admission.accounts, admission.engine
    for client in ("a", "b"):
        accounts.add(client, Holding.BYTES, engine.memory_budget // 2)
        accounts.spend(client, 0.1)
    accounts.spend("polite", 0.1)

    async def ask(client: str) -> None:
        with admission.admit(client):
            pass

    asyncio.run(ask("polite"))
    with pytest.raises(ShareError):
        asyncio.run(ask("a"))
    accounts.add("a", Holding.BYTES, -1)
    accounts.add("polite", Holding.BYTES, 1)
    with pytest.raises(OverloadedError, match="bytes of memory"):
        asyncio.run(ask("a"))


def test_each_refusal_of_a_client_in_a_minute_waits_longer() -> None:
    refusals = Refusals()
    waits = [refusals.delay("a") for _ in range(200)]
    assert waits[:3] == pytest.approx([0, 0.2, 0.4])
    assert (max(waits), waits[-1]) == (5, 5)
    assert refusals.delay("b") == 0
    refusals.minute -= 1
    assert refusals.delay("a") == 0
    for number in range(5000):
        refusals.delay(str(number))
    assert len(refusals.by_client) < 5000


def test_health_has_reserved_places_and_competes_beyond_them(admission: Admission) -> None:
    async def ask() -> None:
        with ExitStack() as places:
            for _ in range(admission.settings.reserved_requests):
                places.enter_context(admission.spare("probe"))
            assert admission.accounts.total(Holding.REQUESTS) == 0
            places.enter_context(admission.spare("probe"))
            assert admission.accounts.total(Holding.REQUESTS) == 1
        assert admission.spared == admission.accounts.total(Holding.REQUESTS) == 0

    asyncio.run(ask())
