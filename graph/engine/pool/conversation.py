"""A conversation: one request to a worker, until it is answered or given up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

from graph.engine.framing import Header, Message
from graph.engine.pool.worker_handle import WorkerHandle

MAX_SLOWDOWN: Final = 3
"""The elapsed time of a quick request on a busy machine, as a multiple of its processor time."""

MIN_INTERVAL: Final = 0.01
"""The seconds between two readings of a worker's processor time, at least."""


class Conversation:
    """One request to one worker, until the moment `end` of time.monotonic().

    It is `finished` once the request is answered and the worker takes another.
    """

    __slots__ = ("_before", "_start", "end", "finished", "worker")

    def __init__(self, worker: WorkerHandle, header: Header, body: bytes, seconds: float) -> None:
        self.worker = worker
        self.finished = False
        self._before = worker.processor_seconds()
        self._start = time.monotonic()
        self.end = self._start + seconds
        worker.send({**header, "deadline": seconds}, body)

    async def wait(self, until: float) -> Message | None:
        """Return the answer, or None if it is not complete at a moment.

        Raises the error with the reason if the worker died.
        """
        if not await self.worker.wait(max(0, until - time.monotonic())):
            return None
        message = self.worker.answer()
        if message is None:
            raise self.worker.cause or self.worker.process.death_error()
        self.finished = not message[0].pop("last", True)
        return message

    def quick_moments(self, quick_time: float) -> Iterator[float]:
        """Yield the moments to wait until, as long as the request may still be quick.

        Its processor time decides, since on a busy machine every request takes long.
        """
        last = min(self._start + MAX_SLOWDOWN * quick_time, self.end)
        yield min(self._start + quick_time, last)
        while (left := quick_time - self.processor_seconds()) > 0:
            now = time.monotonic()
            if now >= last:
                return
            yield min(now + max(left, MIN_INTERVAL), last)

    def processor_seconds(self) -> float:
        """Return the processor time that the request took."""
        return max(0.0, self.worker.processor_seconds() - self._before)
