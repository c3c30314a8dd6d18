"""Clients beside one another: they take turns, and none has all there is."""

import asyncio
import contextlib
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from graph.answering.evaluation import Answer, Query
from graph.errors import CpecError, OutOfMemoryError, OverloadedError
from server.engine.account import CLIENT, PROCESSOR_SECONDS
from server.engine.process_tree import child_table
from server.graph_settings import GraphSettings
from tests.server.engine.local_engine import LocalEngine
from tests.waiting import reach, wait_until

pytestmark = pytest.mark.long

POINT = Query("SELECT ?o { <http://e/s1> ?p ?o }")
RUNAWAY = Query("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }")
LONG = Query("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(STR(?c) < STR(?f)) }")
HUNGRY = Query("SELECT DISTINCT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?g")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> GraphSettings:
    file = tmp_path_factory.mktemp("source") / "small.nq"
    lines = [
        f"<http://e/s{n}> <http://e/p> <http://e/o{n % 9}> <http://e/g> .\n" for n in range(900)
    ]
    file.write_text("".join(lines), encoding="utf-8")
    return GraphSettings(
        source=file,
        quick_workers=2,
        quick_time=0.05,
        long_workers=4,
        parked_workers=2,
        deadline=100.0,
        queue_time=100.0,
    )


@pytest.fixture
def engine(settings: GraphSettings) -> Iterator[LocalEngine]:
    with LocalEngine.start(settings) as engine:
        yield engine


async def ask_as(engine: LocalEngine, client: str, query: Query) -> Answer | CpecError:
    """Return the answer that a client gets, or the error."""
    CLIENT.set(client)
    try:
        return await engine.answer(query)
    except CpecError as error:
        return error


def start_queries(
    engine: LocalEngine, client: str, query: Query, number: int
) -> list[asyncio.Task[Answer | CpecError]]:
    """Start so many queries of a client, and return their tasks."""
    return [asyncio.create_task(ask_as(engine, client, query)) for _ in range(number)]


async def cancel(tasks: list[asyncio.Task[Answer | CpecError]]) -> None:
    """Cancel queries, and wait for their end."""
    for task in tasks:
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(engine: LocalEngine, name: str, number: float) -> None:
    """Wait until a count of the engine has a value."""
    await reach(lambda: engine.own_counters()[name] == number, f"{name} is {number}")


def test_one_client_has_half_of_the_long_places(engine: LocalEngine) -> None:
    async def ask() -> tuple[float, float]:
        greedy = start_queries(engine, "greedy", RUNAWAY, 6)
        await until(engine, "long", 2)
        await until(engine, "parked", 1)
        rivals = start_queries(engine, "other", RUNAWAY, 2)
        await until(engine, "long", 4)
        counts = (await engine.sum_counts())["engine"]
        await cancel(greedy + rivals)
        return counts["long"], counts["parked"]

    assert engine.wait(ask()) == (4, 1)


def test_a_crowd_of_newcomers_leaves_the_last_worker_to_who_asked_shortly(
    settings: GraphSettings,
) -> None:
    async def ask(engine: LocalEngine) -> tuple[float, object]:
        await ask_as(engine, "polite", POINT)
        crowd = [start_queries(engine, f"new {number}", RUNAWAY, 1)[0] for number in range(5)]
        await until(engine, "queue", 4)
        counts = (await engine.sum_counts())["engine"]
        polite = await ask_as(engine, "polite", POINT)
        await cancel(crowd)
        return counts["quick"], polite

    with LocalEngine.start(replace(settings, quick_time=60.0)) as engine:
        quick, polite = engine.wait(ask(engine))
    assert quick == 1
    assert isinstance(polite, Answer)


def test_a_client_above_its_share_leaves_a_worker_to_a_newcomer(
    settings: GraphSettings,
) -> None:
    async def ask(engine: LocalEngine) -> tuple[float, float, object]:
        engine.accounts.spend("greedy", 2 * PROCESSOR_SECONDS)
        greedy = start_queries(engine, "greedy", RUNAWAY, 2)
        await until(engine, "quick", 1)
        await until(engine, "idle", 2)
        counts = (await engine.sum_counts())["engine"]
        polite = await ask_as(engine, "polite", POINT)
        await cancel(greedy)
        return counts["quick"], counts["queue"], polite

    with LocalEngine.start(replace(settings, quick_workers=3, quick_time=60.0)) as engine:
        quick, queue, polite = engine.wait(ask(engine))
    assert (quick, queue) == (1, 1)
    assert isinstance(polite, Answer)


@pytest.mark.parametrize("spent", [2 * PROCESSOR_SECONDS, 0], ids=["above", "below"])
def test_a_client_below_its_share_takes_a_place_of_those_above_it_or_with_more(
    settings: GraphSettings, spent: float
) -> None:
    async def ask(engine: LocalEngine) -> tuple[Answer | CpecError, Counter[type]]:
        engine.accounts.spend("greedy", spent)
        engine.accounts.spend("other", spent)
        rivals = [*start_queries(engine, "greedy", RUNAWAY, 3)]
        rivals += start_queries(engine, "other", RUNAWAY, 3)
        await until(engine, "long", 4)
        await until(engine, "parked", 2)
        answer = await ask_as(engine, "polite", LONG)
        refused = Counter(type(task.result()) for task in rivals if task.done())
        counts = (await engine.sum_counts())["engine"]
        assert counts["long"] + counts["parked"] == 5
        await cancel(rivals)
        return answer, refused

    with LocalEngine.start(settings) as engine:
        answer, refused = engine.wait(ask(engine))
    assert isinstance(answer, Answer)
    assert refused == {OverloadedError: 1}


@pytest.mark.parametrize(("every", "each"), [(60 << 20, 1 << 30), (1 << 30, 60 << 20)])
def test_long_questions_have_a_budget_of_memory_together(
    settings: GraphSettings, every: int, each: int
) -> None:
    small = replace(settings, memory_budget=every, client_memory=each)
    with LocalEngine.start(small) as engine:
        refused = engine.wait(ask_as(engine, "greedy", HUNGRY))
        assert isinstance(refused, OutOfMemoryError)
        assert "the questions that run" in str(refused)
        assert isinstance(engine.wait(ask_as(engine, "greedy", POINT)), Answer)


@pytest.mark.skipif(
    os.geteuid() > 0,
    reason="needs root, or RLIMIT_NICE: a process is nicer once its question is long",
)
def test_a_worker_that_had_a_long_question_stays_for_the_next(settings: GraphSettings) -> None:
    async def ask(engine: LocalEngine) -> None:
        assert isinstance(await ask_as(engine, "a", LONG), Answer)
        await until(engine, "worker_ends", 1)
        await until(engine, "idle", 1)

    with LocalEngine.start(replace(settings, quick_workers=1)) as engine:
        zygote = engine.supervisor.zygotes.pid
        assert zygote
        before = child_table()[zygote]
        engine.wait(ask(engine))
        assert engine.wait(engine.sum_counts())["engine"]["long_requests"] == 1
        wait_until(lambda: child_table()[zygote] == before, "the other one, killed, has ended")


@pytest.mark.parametrize("cite", [False, True])
def test_a_question_that_is_given_up_keeps_its_place_until_its_process_has_ended(
    engine: LocalEngine, cite: bool
) -> None:
    async def ask() -> tuple[float, float]:
        (question,) = start_queries(engine, "greedy", replace(RUNAWAY, cite=cite), 1)
        await until(engine, "long", 1)
        await cancel([question])
        counts = (await engine.sum_counts())["engine"]
        return counts["long"], counts["given_up"]

    assert engine.wait(ask()) == (0, 1)


def test_a_worker_that_comes_as_its_question_is_given_up_is_not_lost(
    settings: GraphSettings,
) -> None:
    async def ask(engine: LocalEngine) -> Answer | CpecError:
        for _ in range(50):
            tasks = start_queries(engine, "a", POINT, 5)
            await asyncio.sleep(0.001)  # about as long as a worker takes to come
            await cancel(tasks)
        return await ask_as(engine, "a", POINT)

    with LocalEngine.start(settings) as engine:
        assert isinstance(engine.wait(ask(engine)), Answer)
        counts = engine.counters()
        assert counts["quick"] == counts["queue"] == 0
