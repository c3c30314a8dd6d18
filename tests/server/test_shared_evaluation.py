"""One evaluation for one question, however many ask it."""

import asyncio
import contextlib

from graph.answering.evaluation import Answer
from graph.answering.format import RESULTS
from graph.errors import CpecError, DeadlineError, OverloadedError
from server.cache import Evaluations
from tests.waiting import reach

ANSWER = Answer(b"{}", RESULTS["json"], "1")


class Asked:
    """An evaluation that counts how often it is begun, and lasts until it is let go."""

    def __init__(self, error: CpecError | None = None) -> None:
        self.begun = 0
        self.given_up = 0
        self.error = error
        self.let_go = asyncio.Event()

    async def __call__(self) -> Answer:
        self.begun += 1
        try:
            await self.let_go.wait()
        except asyncio.CancelledError:
            self.given_up += 1
            raise
        if self.error is not None and self.begun == 1:
            raise self.error
        return ANSWER


async def waiting(
    evaluations: Evaluations, asked: Asked, number: int
) -> list[asyncio.Task[Answer]]:
    """Return so many who wait for one answer."""
    tasks = [asyncio.create_task(evaluations.answer(("tag", 1), asked)) for _ in range(number)]
    await reach(lambda: evaluations.shared == number - 1, "all but one share the answer")
    return tasks


def test_a_question_that_is_asked_again_is_evaluated_once() -> None:
    async def run() -> None:
        evaluations, asked = Evaluations(), Asked()
        tasks = await waiting(evaluations, asked, 50)
        other = asyncio.create_task(evaluations.answer(("tag", 2), asked))
        asked.let_go.set()
        assert {await task for task in [*tasks, other]} == {ANSWER}
        assert asked.begun == 2
        assert evaluations.shared == 49
        assert await evaluations.answer(("tag", 1), asked) == ANSWER
        assert asked.begun == 3

    asyncio.run(run())


def test_where_the_first_gives_up_the_next_asks_himself() -> None:
    async def run() -> None:
        evaluations, asked = Evaluations(), Asked()
        first, second, third = await waiting(evaluations, asked, 3)
        for task in (first, third):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await reach(lambda: asked.begun == 2, "the second asks himself")
        assert asked.given_up == 1
        asked.let_go.set()
        assert await second == ANSWER

    asyncio.run(run())


def test_its_error_is_told_to_all_but_the_want_of_a_place_is_the_first_ones_alone() -> None:
    async def run(error: CpecError) -> list[Answer | BaseException]:
        evaluations, asked = Evaluations(), Asked(error)
        tasks = await waiting(evaluations, asked, 3)
        asked.let_go.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    late, busy = DeadlineError(3), OverloadedError("no worker was free")
    assert asyncio.run(run(late)) == [late, late, late]
    assert asyncio.run(run(busy)) == [busy, ANSWER, ANSWER]
