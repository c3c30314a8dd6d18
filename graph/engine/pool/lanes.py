"""The lanes: which worker is idle, and which question has one, waits for one, or has it stopped.

A question starts on a *quick* worker. When it is long it gives its place among the quick to a new
worker and takes one of the `long_workers` places; where none is free it is *parked*: its process is
stopped until a place is free or its deadline has come. So long questions never keep short ones
waiting, whatever their number.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
import time
from collections import deque
from enum import Enum, auto
from typing import TypeVar

from graph.engine.pool.counter import Counters
from graph.engine.pool.handle import Worker
from graph.engine.pool.ticket import LoopTicket, Ticket
from graph.engine.settings import Settings
from graph.errors import OverloadedError

T = TypeVar("T", Ticket, LoopTicket)


class Stage(Enum):
    """How far a question has come."""

    QUICK = auto()
    LONG = auto()
    PARKED = auto()


class Lanes:
    """The workers and the queue; its methods may be called from any number of threads."""

    def __init__(self, settings: Settings) -> None:
        self.counters = Counters()
        self.wanted = threading.Event()
        """Set when a worker may be missing."""
        self.closing = False
        self._settings = settings
        self._lock = threading.Lock()
        self._moved = threading.Condition(self._lock)
        """Told when a question leaves, or changes its stage."""
        self._epoch = 0
        self._idle: list[Worker] = []
        self._queue: deque[Ticket | LoopTicket] = deque()
        self._stages: dict[Worker, Stage] = {}

    def acquire(self) -> Worker:
        """Return a worker that lives, first come first served; raises OverloadedError."""
        end = time.monotonic() + self._settings.queue_time
        while True:
            worker = self._join(Ticket)
            if isinstance(worker, Ticket):
                worker.wait(max(0, end - time.monotonic()))
                worker = self._leave(worker)
            if worker.alive():
                return worker
            self.release(worker, kept=False)

    async def acquire_async(self) -> Worker:
        """Return what `acquire` does, and keep no thread meanwhile."""
        end = time.monotonic() + self._settings.queue_time
        while True:
            worker = self._join(LoopTicket)
            if isinstance(worker, LoopTicket):
                worker = await self._called(worker, max(0, end - time.monotonic()))
            if worker.alive():
                return worker
            self.release(worker, kept=False)

    async def _called(self, ticket: LoopTicket, seconds: float) -> Worker:
        """Return the worker that a ticket is called for within so many seconds."""
        try:
            await ticket.wait(seconds)
        except asyncio.CancelledError:
            with contextlib.suppress(OverloadedError):
                self.release(self._leave(ticket), kept=True)
            raise
        return self._leave(ticket)

    def release(self, worker: Worker, *, kept: bool) -> None:
        """Take a worker back, or end it where it is not kept, or reads an older dataset."""
        with self._lock:
            del self._stages[worker]
            kept = kept and worker.epoch == self._epoch and not self.closing
            if kept:
                self._hand_over(worker)
            self._moved.notify_all()
        if not kept:
            self.end(worker)

    def add(self, *workers: Worker, epoch: int) -> None:
        """Make new workers known; from now on those of another epoch end."""
        with self._lock:
            self._epoch = max(self._epoch, epoch)
            known, self._idle = [*workers, *self._idle], []
            old = [one for one in known if self.closing or one.epoch != self._epoch]
            for worker in known:
                if worker not in old:
                    self._hand_over(worker)
        for worker in old:
            self.end(worker)

    def end(self, worker: Worker) -> None:
        """End a worker that nobody has; another may be wanted."""
        with self._lock:
            self.counters.worker_ends += 1
        self.wanted.set()
        worker.end()

    def lengthen(self, worker: Worker, end: float, *, parked: bool) -> None:
        """Let a question be long; it is parked until there is a place, or raises OverloadedError.

        A write does not wait for a place: there is one at a time, and questions do not hold it up.
        """
        with self._lock:
            self.counters.long_requests += 1
            if parked and self._count(Stage.LONG) >= self._settings.long_workers:
                self._park(worker, end)
            self._stages[worker] = Stage.LONG
        self.wanted.set()
        worker.yield_to_others()

    def missing(self) -> int:
        """Return how many quick workers are to be forked."""
        with self._lock:
            present = len(self._idle) + self._count(Stage.QUICK)
            return 0 if self.closing else self._settings.quick_workers - present

    def bury(self) -> None:
        """Let go of the idle workers that have died."""
        with self._lock:
            dead = [worker for worker in self._idle if not worker.alive()]
            self._idle = [worker for worker in self._idle if worker not in dead]
        for worker in dead:
            self.end(worker)

    def drain(self, timeout: float) -> None:
        """Refuse new questions, wait for those in flight, then end every worker."""
        with self._lock:
            self.closing = True
            for ticket in self._queue:
                ticket.call(None)
            self._moved.notify_all()
            self._moved.wait_for(lambda: not self._stages, timeout)
            idle, self._idle = self._idle, []
            for worker in self._stages:
                worker.signal(signal.SIGKILL)
        for worker in idle:
            self.end(worker)

    def versions(self) -> set[str]:
        """Return the versions that workers read."""
        with self._lock:
            return {worker.version for worker in (*self._idle, *self._stages)}

    def gauges(self) -> dict[str, int]:
        """Return how many workers and questions are where, now."""
        with self._lock:
            return {
                "idle": len(self._idle),
                "queue": len(self._queue),
                **{stage.name.lower(): self._count(stage) for stage in Stage},
            }

    def count(self, name: str) -> None:
        """Count one more of what a counter is named after."""
        with self._lock:
            setattr(self.counters, name, getattr(self.counters, name) + 1)

    def _join(self, kind: type[T]) -> Worker | T:
        """Return an idle worker, or the ticket of one who waits in the queue from now on."""
        with self._lock:
            if self.closing:
                raise self._overload("the server is closing")
            if self._idle and not self._queue:
                worker = self._idle.pop()
                self._stages[worker] = Stage.QUICK
                return worker
            if len(self._queue) >= self._settings.queue_length:
                raise self._overload("too many questions wait already")
            ticket = kind()
            self._queue.append(ticket)
            return ticket

    def _leave(self, ticket: Ticket | LoopTicket) -> Worker:
        """Return the worker that a ticket was called for; raises OverloadedError where none was."""
        with self._lock:
            if ticket.worker is not None:
                return ticket.worker
            self._queue.remove(ticket)
            raise self._overload("no worker was free in time")

    def _hand_over(self, worker: Worker) -> None:
        """Give a worker to who has waited longest, else let it idle. The lock is held."""
        if self._queue:
            self._stages[worker] = Stage.QUICK
            self._queue.popleft().call(worker)
        else:
            self._idle.append(worker)

    def _park(self, worker: Worker, end: float) -> None:
        """Stop a process until there is a place for it, or it is dead. The lock is held."""
        if self._count(Stage.PARKED) >= self._settings.parked_workers:
            raise self._overload("too many long questions run already")
        self.counters.parked_requests += 1
        self._stages[worker] = Stage.PARKED
        self.wanted.set()
        worker.signal(signal.SIGSTOP)
        if not self._moved.wait_for(
            lambda: self._count(Stage.LONG) < self._settings.long_workers or not worker.alive(),
            max(0, end - time.monotonic()),
        ):
            raise self._overload("too many long questions run already")
        worker.signal(signal.SIGCONT)

    def _count(self, stage: Stage) -> int:
        """Return how many questions are at a stage. The lock is held."""
        return sum(other is stage for other in self._stages.values())

    def _overload(self, message: str) -> OverloadedError:
        """Return the error of a request that finds no place. The lock is held."""
        self.counters.overloads += 1
        return OverloadedError(message)
