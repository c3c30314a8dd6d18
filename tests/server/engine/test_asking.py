"""Questions that a loop asks: quick ones keep no thread, and who gives up leaves nothing."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from graph.answering.evaluation import Query
from server.graph_settings import GraphSettings
from tests.server.engine.local_engine import LocalEngine
from tests.waiting import reach, wait_until

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
        source=file,
        quick_workers=1,
        long_workers=1,
        parked_workers=1,
        deadline=100.0,
        queue_time=60.0,
    )


@pytest.fixture(scope="module")
def engine(settings: GraphSettings) -> Iterator[LocalEngine]:
    with LocalEngine.start(settings) as engine:
        yield engine


@contextlib.asynccontextmanager
async def given_up(engine: LocalEngine, query: Query, *stages: str) -> AsyncIterator[None]:
    """Ask a question that comes to one of these stages, and give it up in the end."""
    asking = asyncio.create_task(engine.answer(query))
    await reach(lambda: any(map(engine.own_counters().get, stages)), f"a question is {stages}")
    yield
    asking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asking


def until_quiet(engine: LocalEngine) -> None:
    """Wait until no question is anywhere."""

    def is_quiet() -> bool:
        counters = engine.counters()
        return not any(counters[name] for name in ("quick", "long", "parked", "queue"))

    wait_until(is_quiet, "no question is anywhere")


def test_many_questions_are_answered_by_one_worker_without_a_thread(engine: LocalEngine) -> None:
    async def ask() -> tuple[set[bytes], int]:
        answers = await asyncio.gather(*(engine.answer(POINT) for _ in range(200)))
        return {answer.body for answer in answers}, threading.active_count()

    before = threading.active_count()
    bodies, threads = engine.wait(ask())
    assert len(bodies) == 1
    assert threads == before


@pytest.mark.parametrize("stages", [("quick", "long"), ("long",)], ids=["quick", "long"])
def test_the_worker_of_a_question_that_is_given_up_is_freed(
    engine: LocalEngine, stages: tuple[str, ...]
) -> None:
    async def ask() -> None:
        async with given_up(engine, RUNAWAY, *stages):
            pass

    before = engine.counters()["deadlines"]
    engine.wait(ask())
    until_quiet(engine)
    assert engine.counters()["deadlines"] == before
    assert b"o1" in engine.wait(engine.answer(POINT)).body


def test_a_parked_question_that_is_given_up_holds_nothing(engine: LocalEngine) -> None:
    async def ask() -> None:
        async with given_up(engine, RUNAWAY, "long"), given_up(engine, RUNAWAY, "parked"):
            pass

    engine.wait(ask())
    until_quiet(engine)


@pytest.mark.long
def test_one_who_gives_up_waiting_leaves_the_queue(settings: GraphSettings) -> None:
    async def ask(engine: LocalEngine) -> float:
        async with given_up(engine, RUNAWAY, "quick"):
            async with given_up(engine, POINT, "queue"):
                pass
            return engine.own_counters()["queue"]

    with LocalEngine.start(replace(settings, quick_time=100.0)) as engine:
        assert engine.wait(ask(engine)) == 0
        until_quiet(engine)
