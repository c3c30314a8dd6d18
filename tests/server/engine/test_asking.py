"""Questions that a loop asks: quick ones keep no thread, and who gives up leaves nothing."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from graph.answering.evaluation import Query
from graph.errors import DeadlineError
from server.graph_settings import GraphSettings
from tests.server.engine.local_engine import LocalEngine

POINT = Query("SELECT ?o { <http://e/s1> ?p ?o }")
RUNAWAY = Query("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> GraphSettings:
    """One worker, however slow, and a dataset that keeps it busy when asked for it four times."""
    file = tmp_path_factory.mktemp("source") / "small.nq"
    lines = [
        f"<http://e/s{n}> <http://e/p> <http://e/o{n % 9}> <http://e/g> .\n" for n in range(900)
    ]
    file.write_text("".join(lines), encoding="utf-8")
    return GraphSettings(
        source=file, quick_workers=1, long_workers=1, parked_workers=1, queue_time=60.0
    )


@pytest.fixture(scope="module")
def engine(settings: GraphSettings) -> Iterator[LocalEngine]:
    with LocalEngine.start(settings) as engine:
        yield engine


async def given_up(engine: LocalEngine, query: Query, seconds: float) -> None:
    """Ask, and give up after so many seconds."""
    asking = asyncio.create_task(engine.answer(query))
    await asyncio.sleep(seconds)
    asking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asking


def quiet(engine: LocalEngine) -> bool:
    """Return whether no question is anywhere, within a moment."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        counters = engine.counters()
        if not any(counters[name] for name in ("quick", "long", "parked", "queue")):
            return True
        time.sleep(0.02)
    return False


def test_many_questions_are_answered_by_one_worker_without_a_thread(engine: LocalEngine) -> None:
    async def ask() -> tuple[set[bytes], int]:
        answers = await asyncio.gather(*(engine.answer(POINT) for _ in range(200)))
        return {answer.body for answer in answers}, threading.active_count()

    before = threading.active_count()
    bodies, threads = engine.wait(ask())
    assert len(bodies) == 1
    assert threads == before


@pytest.mark.parametrize("seconds", [0.05, 1.0], ids=["quick", "long"])
def test_the_worker_of_a_question_that_is_given_up_is_freed(
    engine: LocalEngine, seconds: float
) -> None:
    before = engine.counters()["deadlines"]
    engine.wait(given_up(engine, RUNAWAY, seconds))
    assert quiet(engine)
    assert engine.counters()["deadlines"] == before
    assert b"o1" in engine.wait(engine.answer(POINT)).body


def test_a_parked_question_that_is_given_up_holds_nothing(engine: LocalEngine) -> None:
    async def ask() -> None:
        first = asyncio.create_task(given_up(engine, RUNAWAY, 2.0))
        await asyncio.sleep(0.7)
        await given_up(engine, RUNAWAY, 1.0)
        await first

    engine.wait(ask())
    assert quiet(engine)


@pytest.mark.long
def test_one_who_gives_up_waiting_leaves_the_queue(settings: GraphSettings) -> None:
    async def ask(engine: LocalEngine) -> float:
        first = asyncio.create_task(engine.answer(RUNAWAY, 2.0))
        await asyncio.sleep(0.1)
        await given_up(engine, POINT, 0.1)
        waiting = (await engine.sum_counts())["engine"]["queue"]
        with contextlib.suppress(DeadlineError):
            await first
        return waiting

    with LocalEngine.start(replace(settings, quick_time=5.0)) as engine:
        assert engine.wait(ask(engine)) == 0
        assert quiet(engine)
