"""Shared evaluations: a front evaluates equal queries once, and later clients share the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from graph.answering.evaluation import Answer
from graph.errors import CpecError, OverloadedError, ShareError


class GivenUpError(Exception):
    """The first client gave up, or had no share left: the next one evaluates the query itself."""


@dataclass(slots=True)
class Evaluations:
    """The running evaluations of one event loop, by the entity tags of their answers."""

    shared: int = 0
    """The number of clients that waited for another client's answer."""
    _running: dict[str, asyncio.Future[Answer]] = field(default_factory=dict)

    async def answer(self, tag: str, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return the answer; the first client calls `ask`, which may raise, the others wait."""
        while (running := self._running.get(tag)) is not None:
            self.shared += 1
            try:
                return await asyncio.shield(running)
            except GivenUpError:
                continue
        return await self._evaluate(tag, ask)

    async def _evaluate(self, tag: str, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return the answer of `ask`, and pass it or its error to the waiting clients."""
        outcome: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._running[tag] = outcome
        try:
            answer = await ask()
        except (asyncio.CancelledError, OverloadedError, ShareError):
            fail_future(outcome, GivenUpError())
            raise
        except CpecError as error:
            fail_future(outcome, error)
            raise
        finally:
            del self._running[tag]
        outcome.set_result(answer)
        return answer


def fail_future(outcome: asyncio.Future[Answer], error: Exception) -> None:
    """Set the error of a future."""
    outcome.set_exception(error)
    outcome.exception()  # else asyncio logs "never retrieved" if nobody waits
