"""A conversation: a question that was put to a worker, until it is answered or given up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

from graph.engine.framing import Header, Message
from graph.engine.pool.worker_handle import WorkerHandle

SLOWED: Final = 3
"""How many times its processor time a question may take, on a busy machine, and be quick."""

LOOK: Final = 0.01
"""The seconds between two looks at how busy a worker is, at least."""


class Conversation:
    """One question to one worker, until the moment `end` of time.monotonic().

    It `goes_on` when the question is answered and the worker takes another.
    """

    __slots__ = ("_before", "_start", "end", "goes_on", "worker")

    def __init__(self, worker: WorkerHandle, header: Header, body: bytes, seconds: float) -> None:
        self.worker = worker
        self.goes_on = False
        self._before = worker.busy()
        self._start = time.monotonic()
        self.end = self._start + seconds
        worker.ask({**header, "deadline": seconds}, body)

    async def answer(self, until: float) -> Message | None:
        """Return the answer, or None where it is not whole at a moment.

        Raises the error that tells why the worker died.
        """
        if not await self.worker.hears(max(0, until - time.monotonic())):
            return None
        message = self.worker.answer()
        if message is None:
            raise self.worker.cause or self.worker.forked.death()
        self.goes_on = not message[0].pop("last", True)
        return message

    def looks(self, quick: float) -> Iterator[float]:
        """Yield moments up to which to wait for the answer, while the question may yet be quick.

        It is so by the processor time it took, since on a busy machine all of them take long.
        """
        last = min(self._start + SLOWED * quick, self.end)
        yield min(self._start + quick, last)
        while (left := quick - self.spent()) > 0:
            now = time.monotonic()
            if now >= last:
                return
            yield min(now + max(left, LOOK), last)

    def spent(self) -> float:
        """Return the seconds of processor time that the question took."""
        return max(0.0, self.worker.busy() - self._before)
