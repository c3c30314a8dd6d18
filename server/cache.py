"""The answers of a front: complete ones in a cache, least recently used out first.

A front evaluates equal queries once: later clients wait for the first one's answer.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from graph.answering.evaluation import Answer
from graph.errors import CpecError, OverloadedError, ShareError
from server.engine.request import record_version

OVERHEAD: Final = 1024
"""The bytes of an entry besides its body: key, objects, dictionary slots."""


@dataclass(slots=True)
class AnswerCache:
    """Answers by key, up to `capacity` bytes; a key hashes dataset version, query and format."""

    capacity: int
    used: int = 0
    hits: int = 0
    misses: int = 0
    _answers: OrderedDict[str, Answer] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def get(self, key: str) -> Answer | None:
        """Return the answer of a key, or None."""
        with self._lock:
            answer = self._answers.get(key)
            if answer is None:
                self.misses += 1
                return None
            self.hits += 1
            self._answers.move_to_end(key)
        record_version(answer.version)
        return answer

    def put(self, key: str, answer: Answer) -> None:
        """Keep an answer unless it would fill more than a quarter of the cache."""
        size = OVERHEAD + len(answer.body)
        if size > self.capacity // 4:
            return
        with self._lock:
            if key in self._answers:
                return
            self._answers[key] = answer
            self.used += size
            while self.used > self.capacity:
                _, oldest = self._answers.popitem(last=False)
                self.used -= OVERHEAD + len(oldest.body)


class GivenUpError(Exception):
    """The first client gave up, or had no share left: the next one evaluates the query itself."""


EvaluationKey = tuple[str, int]
"""The entity tag of an answer, and the epoch of the dataset."""


@dataclass(slots=True)
class Evaluations:
    """The running evaluations of one event loop, by entity tag and epoch of the dataset."""

    shared: int = 0
    """The number of clients that waited for another client's answer."""
    _running: dict[EvaluationKey, asyncio.Future[Answer]] = field(default_factory=dict)

    async def answer(self, key: EvaluationKey, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return the answer; the first client calls `ask`, which may raise, the others wait."""
        while (running := self._running.get(key)) is not None:
            self.shared += 1
            try:
                answer = await asyncio.shield(running)
            except GivenUpError:
                continue
            record_version(answer.version)
            return answer
        return await self._evaluate(key, ask)

    async def _evaluate(self, key: EvaluationKey, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return the answer of `ask`, and pass it or its error to the waiting clients."""
        outcome: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._running[key] = outcome
        try:
            answer = await ask()
        except (asyncio.CancelledError, OverloadedError, ShareError):
            fail_future(outcome, GivenUpError())
            raise
        except CpecError as error:
            fail_future(outcome, error)
            raise
        finally:
            del self._running[key]
        outcome.set_result(answer)
        return answer


def fail_future(outcome: asyncio.Future[Answer], error: Exception) -> None:
    """Set the error of a future."""
    outcome.set_exception(error)
    outcome.exception()  # else asyncio logs "never retrieved" if nobody waits
