"""A ticket: a place in the queue for a worker, held by a thread or by a task of a loop."""

from __future__ import annotations

import asyncio
import threading

from graph.engine.pool.handle import Worker
from graph.engine.pool.moment import settle, within


class Ticket:
    """What a thread waits with; `worker` is the one that it was called for, if it was."""

    def __init__(self) -> None:
        self.worker: Worker | None = None
        self._called = threading.Event()

    def call(self, worker: Worker | None) -> None:
        """Call the ticket; without a worker, nobody is to wait any longer."""
        self.worker = worker
        self._called.set()

    def wait(self, seconds: float) -> None:
        """Return when the ticket is called, or after so many seconds."""
        self._called.wait(seconds)


class LoopTicket:
    """The same for a task, which keeps no thread."""

    def __init__(self) -> None:
        self.worker: Worker | None = None
        self._loop = asyncio.get_running_loop()
        self._called: asyncio.Future[bool] = self._loop.create_future()

    def call(self, worker: Worker | None) -> None:
        """Call the ticket, from any thread."""
        self.worker = worker
        self._loop.call_soon_threadsafe(settle, self._called, True)

    async def wait(self, seconds: float) -> None:
        """Return when the ticket is called, or after so many seconds."""
        await within(seconds, self._called)
