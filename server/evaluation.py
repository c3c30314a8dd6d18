"""Evaluations: the questions that are being answered, each once, however many ask it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from graph.answering.evaluation import Answer
from graph.errors import CpecError, OverloadedError, ShareError


class GivenUpError(Exception):
    """Who asked first has given up, or had no share left: the next asks himself."""


@dataclass(slots=True)
class Evaluations:
    """The questions under way in one loop, by the entity tags of their answers."""

    shared: int = 0
    """How many waited for the answer of another."""
    _under_way: dict[str, asyncio.Future[Answer]] = field(default_factory=dict)

    async def answer(self, tag: str, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return the answer, asked for by the first who wants it; raises what asking raises."""
        while (under_way := self._under_way.get(tag)) is not None:
            self.shared += 1
            try:
                return await asyncio.shield(under_way)
            except GivenUpError:
                continue
        return await self._asked(tag, ask)

    async def _asked(self, tag: str, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return the answer, and tell it to all who wait for it."""
        outcome: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._under_way[tag] = outcome
        try:
            answer = await ask()
        except (asyncio.CancelledError, OverloadedError, ShareError):
            fail(outcome, GivenUpError())
            raise
        except CpecError as error:
            fail(outcome, error)
            raise
        finally:
            del self._under_way[tag]
        outcome.set_result(answer)
        return answer


def fail(outcome: asyncio.Future[Answer], error: Exception) -> None:
    """Give a future an error, which need not be of interest to anybody."""
    outcome.set_exception(error)
    outcome.exception()
