"""A conversation: a question that was put to a worker, and its answer as it arrives."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Final

from graph.engine.frame import Header, Message, decode, missing, receive, send, some
from graph.engine.pool.handle import Worker
from graph.engine.pool.listener import Listener
from graph.errors import EngineError, OutOfMemoryError, WorkerDiedError

SLOWED: Final = 3
"""How many times its processor time a question may take, on a busy machine, and be quick."""

LOOK: Final = 0.01
"""The seconds between two looks at how busy a worker is, at least."""


class Conversation:
    """One question to one worker; `goes_on` when it is answered and the worker takes another.

    Where the worker dies an OSError is raised, and TimeoutError at the deadline.
    """

    __slots__ = ("_arrived", "_before", "_cap", "_seconds", "_start", "end", "goes_on", "worker")

    def __init__(self, worker: Worker, seconds: float, cap: int) -> None:
        self.worker = worker
        self.goes_on = False
        self._seconds = seconds
        self._cap = cap
        self._start = time.monotonic()
        self._before = worker.busy()
        self._arrived = bytearray()
        self.end = self._start + seconds

    def ask(self, header: Header, body: bytes) -> None:
        """Send the question."""
        send(self.worker.sock, {**header, "deadline": self._seconds}, body, self.end)

    def hear(self, until: float) -> Message:
        """Return the answer; raises TimeoutError where it is not whole at a moment."""
        return self._heard(receive(self.worker.sock, self._cap, until, self._arrived))

    async def hear_soon(self, listener: Listener, seconds: float) -> Message | None:
        """Return the answer, or None where it is not whole within so many seconds."""
        until = min(time.monotonic() + seconds, self.end)
        while await listener.hears(self.worker.sock, until - time.monotonic()):
            if self._takes_all():
                return self._heard(decode(self._arrived))
        return None

    def _takes_all(self) -> bool:
        """Take what has come, and return whether the answer is whole."""
        try:
            while length := missing(self._arrived, self._cap):
                self._arrived += some(self.worker.sock, length, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        return True

    def looks(self, quick: float) -> Iterator[float]:
        """Yield moments up to which to wait for the answer, while the question may yet be quick.

        It is so by the processor time it took, since on a busy machine all of them take long.
        """
        last = min(self._start + SLOWED * quick, self.end)
        while (left := quick - (self.worker.busy() - self._before)) > 0:
            now = time.monotonic()
            if now >= last:
                return
            yield min(now + max(left, LOOK), last)

    def _heard(self, message: Message) -> Message:
        """Take note whether the worker goes on."""
        self.goes_on = not message[0].pop("last", True)
        return message


def death(worker: Worker) -> EngineError:
    """Return the error that tells why a worker died, from the last words of the engine."""
    words = worker.last_words()
    if "memory allocation" in words:
        return OutOfMemoryError("the question needs more memory than it may have")
    if "total order" in words:
        return WorkerDiedError("the engine cannot put these values in one order; order by STR(...)")
    return WorkerDiedError("the engine crashed on this question")
