"""Evaluations: the questions that are being answered, each once, however many ask it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from graph.answering.evaluation import Answer
from graph.errors import OverloadedError, ShareError


@dataclass(slots=True)
class Evaluation:
    """One question under way, and how many wait for its answer."""

    task: asyncio.Task[Answer]
    waiting: int = 0


@dataclass(slots=True)
class Evaluations:
    """The questions under way in one loop, by the entity tags of their answers."""

    shared: int = 0
    """How many did without an evaluation of their own."""
    _under_way: dict[str, Evaluation] = field(default_factory=dict)

    async def answer(self, tag: str, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return the answer, asked for by the first who wants it; raises what asking raises.

        It is given up when nobody waits for it any more. Who shares it is not refused for the share
        of another: then he asks himself.
        """
        evaluation = self._under_way.get(tag)
        if evaluation is None:
            return await self._result(tag, self._begun(tag, ask))
        self.shared += 1
        try:
            return await self._result(tag, evaluation)
        except (OverloadedError, ShareError):
            return await ask()

    def _begun(self, tag: str, ask: Callable[[], Awaitable[Answer]]) -> Evaluation:
        """Return an evaluation that begins now."""
        task = asyncio.ensure_future(ask())
        self._under_way[tag] = evaluation = Evaluation(task)
        task.add_done_callback(lambda _: self._forget(tag, evaluation))
        return evaluation

    async def _result(self, tag: str, evaluation: Evaluation) -> Answer:
        """Return the result of an evaluation; the last who gives up waiting ends it."""
        evaluation.waiting += 1
        try:
            return await asyncio.shield(evaluation.task)
        except asyncio.CancelledError:
            if evaluation.waiting == 1 and not evaluation.task.done():
                self._forget(tag, evaluation)
                evaluation.task.cancel()
                await asyncio.wait({evaluation.task})
            raise
        finally:
            evaluation.waiting -= 1

    def _forget(self, tag: str, evaluation: Evaluation) -> None:
        """Let the next who asks have an evaluation of his own."""
        if self._under_way.get(tag) is evaluation:
            del self._under_way[tag]
