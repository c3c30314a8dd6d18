"""The pool: the idle workers, who waits for one, and how long a question may keep one.

A question starts on a *quick* worker. Past `quick_time` of the processor it is long: it gives its
place among the quick to a new worker and takes one of the `long_workers` places; where none is free
it is parked: its process is stopped until a place is free or its deadline has come. So long
questions never keep short ones waiting, whatever their number.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
import time
from collections import deque
from collections.abc import Iterator
from enum import Enum, auto
from typing import Final

from graph.engine import wire
from graph.engine.conversation import Conversation, death
from graph.engine.counter import Counters
from graph.engine.frame import SMALL, Header, Message
from graph.engine.handle import Worker
from graph.engine.listener import Listener
from graph.engine.nursery import Nursery
from graph.engine.request import SPOILING
from graph.engine.settings import Settings
from graph.errors import (
    AnswerTooLargeError,
    CpecError,
    DeadlineError,
    OutOfMemoryError,
    OverloadedError,
    WorkerDiedError,
)

FAREWELL: Final = 5.0
"""The seconds that the keeper has to end."""

WATCH: Final = 0.2
"""The seconds between two looks at idle workers and at the zygote."""


class Stage(Enum):
    """How far a question has come."""

    QUICK = auto()
    LONG = auto()
    PARKED = auto()


class Ticket:
    """A place in the queue, and the worker that it is exchanged for."""

    __slots__ = ("called", "worker")

    def __init__(self) -> None:
        self.called = threading.Event()
        self.worker: Worker | None = None


class Pool:
    """The workers of one engine; its methods may be called from any number of threads."""

    def __init__(self, settings: Settings, nursery: Nursery) -> None:
        self.counters = Counters()
        self._settings = settings
        self._nursery = nursery
        self._lock = threading.Lock()
        self._moved = threading.Condition(self._lock)
        """Told when a question leaves, or changes its stage."""
        self._idle: list[Worker] = []
        self._queue: deque[Ticket] = deque()
        self._stages: dict[Worker, Stage] = {}
        self._wanted = threading.Event()
        self._closing = False
        self._listener: Listener | None = None
        self._keeper = threading.Thread(target=self._keep, name="pool-keeper", daemon=True)

    def start(self) -> None:
        """Fork the first worker; raises OSError where the dataset cannot be read."""
        self._give(self._fork())
        self._keeper.start()

    def run(self, header: Header, body: bytes, deadline: float) -> Message:
        """Return the answer to one request; raises what its task raises, or an EngineError."""
        worker = self._acquire()
        with self._conversation(worker, deadline) as conversation:
            conversation.ask(header, body)
            answer = self._hear(conversation, header)
        return self._told(answer, worker)

    async def answer(self, header: Header, body: bytes, deadline: float) -> Message:
        """Return what `run` does; a thread waits only for what is long, or finds no idle worker."""
        worker = self._idle_worker() if len(body) <= SMALL else None
        if worker is None:
            return await asyncio.to_thread(self.run, header, body, deadline)
        with self._conversation(worker, deadline) as conversation:
            conversation.ask(header, body)
            self._listener = self._listener or Listener()
            answer = await conversation.hear_soon(self._listener, self._settings.quick_time)
            if answer is None:
                answer = await asyncio.to_thread(self._hear, conversation, header)
        return self._told(answer, worker)

    def swap(self) -> None:
        """Replace the idle workers by one of the present version, without a gap; more follow it.

        Where none can be forked the old ones go all the same: questions wait for the keeper.
        """
        workers: list[Worker] = []
        with contextlib.suppress(OSError):
            workers.append(self._fork())
        with self._lock:
            workers += self._idle
            self._idle = []
            old = [worker for worker in workers if worker.epoch != self._nursery.epoch]
            for worker in workers:
                if worker not in old:
                    self._hand_over(worker)
            self.counters.worker_ends += len(old)
        self._wanted.set()
        for worker in old:
            worker.end()

    def versions(self) -> set[str]:
        """Return the versions that workers read."""
        with self._lock:
            return {worker.version for worker in (*self._idle, *self._stages)}

    def gauges(self) -> dict[str, int]:
        """Return how many workers and requests are where, now."""
        with self._lock:
            return {
                "idle": len(self._idle),
                "queue": len(self._queue),
                **{stage.name.lower(): self._count(stage) for stage in Stage},
            }

    def drain(self, timeout: float) -> None:
        """Refuse new requests, wait for those in flight, then end every worker."""
        with self._lock:
            self._closing = True
            for ticket in self._queue:
                ticket.called.set()
            self._moved.notify_all()
            self._moved.wait_for(lambda: not self._stages, timeout)
            idle, self._idle = self._idle, []
            for worker in self._stages:
                worker.signal(signal.SIGKILL)
        self._wanted.set()
        if self._keeper.is_alive():
            self._keeper.join(timeout=FAREWELL)
        for worker in idle:
            worker.end()

    def _acquire(self) -> Worker:
        """Return a worker, first come first served."""
        end = time.monotonic() + self._settings.queue_time
        while not (worker := self._next(end)).alive():
            self._release(worker, kept=False)
        return worker

    def _next(self, end: float) -> Worker:
        """Return an idle worker, or wait for one until the end."""
        with self._lock:
            if (worker := self._take()) is not None:
                return worker
            if len(self._queue) >= self._settings.queue_length:
                raise self._overload("too many questions wait already")
            ticket = Ticket()
            self._queue.append(ticket)
        ticket.called.wait(max(0, end - time.monotonic()))
        with self._lock:
            if ticket.worker is not None:
                return ticket.worker
            self._queue.remove(ticket)
            raise self._overload("no worker was free in time")

    def _idle_worker(self) -> Worker | None:
        """Return a worker where one is idle, without waiting."""
        while True:
            with self._lock:
                worker = self._take()
            if worker is None or worker.alive():
                return worker
            self._release(worker, kept=False)

    def _take(self) -> Worker | None:
        """Return an idle worker that nobody waits for. The lock is held."""
        if self._closing:
            raise self._overload("the server is closing")
        if self._queue or not self._idle:
            return None
        worker = self._idle.pop()
        self._stages[worker] = Stage.QUICK
        return worker

    @contextlib.contextmanager
    def _conversation(self, worker: Worker, deadline: float) -> Iterator[Conversation]:
        """Talk with a worker that was taken; afterwards it is kept, or ended."""
        with self._lock:
            self.counters.requests += 1
        cap = max(self._settings.max_answer, self._settings.max_delta)
        conversation = Conversation(worker, deadline, cap)
        try:
            yield conversation
        except TimeoutError:
            raise self._counted(DeadlineError(deadline)) from None
        except OSError:
            raise self._counted(death(worker)) from None
        finally:
            self._release(worker, kept=conversation.goes_on and not worker.niced)

    def _hear(self, conversation: Conversation, header: Header) -> Message:
        """Wait for the answer; raises TimeoutError at the deadline."""
        for soon in conversation.looks(self._settings.quick_time):
            with contextlib.suppress(TimeoutError):
                return conversation.hear(soon)
        parked = header["kind"] not in SPOILING
        self._become_long(conversation.worker, conversation.end, parked=parked)
        return conversation.hear(conversation.end)

    def _told(self, message: Message, worker: Worker) -> Message:
        """Return what a worker has answered, or raise the error that it tells."""
        answer, result = message
        if (error := wire.error_of(answer)) is not None:
            raise self._counted(error)
        return {**answer, "version": worker.version}, result

    def _become_long(self, worker: Worker, end: float, *, parked: bool) -> None:
        """Take one of the places of long questions, parked until one is free.

        A write does not wait for a place: there is one at a time, and questions do not hold it up.
        """
        with self._lock:
            self.counters.long_requests += 1
            if parked and self._count(Stage.LONG) >= self._settings.long_workers:
                self._park(worker, end)
            self._stages[worker] = Stage.LONG
        self._wanted.set()
        worker.yield_to_others()

    def _park(self, worker: Worker, end: float) -> None:
        """Stop the process until there is a place for it; raises OverloadedError at the end."""
        if self._count(Stage.PARKED) >= self._settings.parked_workers:
            raise self._overload("too many long questions run already")
        self.counters.parked_requests += 1
        self._stages[worker] = Stage.PARKED
        self._wanted.set()
        worker.signal(signal.SIGSTOP)
        if not self._moved.wait_for(
            lambda: self._count(Stage.LONG) < self._settings.long_workers,
            max(0, end - time.monotonic()),
        ):
            raise self._overload("too many long questions run already")
        worker.signal(signal.SIGCONT)

    def _release(self, worker: Worker, *, kept: bool) -> None:
        """Take a worker back, or end it; the keeper replaces it."""
        with self._lock:
            del self._stages[worker]
            kept = kept and worker.epoch == self._nursery.epoch and not self._closing
            if kept:
                self._hand_over(worker)
            else:
                self.counters.worker_ends += 1
            self._moved.notify_all()
        if not kept:
            self._wanted.set()
            worker.end()

    def _give(self, worker: Worker) -> None:
        """Make a new worker known, unless the dataset has changed since it was forked."""
        with self._lock:
            stale = worker.epoch != self._nursery.epoch
            if not stale:
                self._hand_over(worker)
        if stale:
            worker.end()

    def _hand_over(self, worker: Worker) -> None:
        """Give a worker to who has waited longest, else let it idle. The lock is held."""
        if self._queue and not self._closing:
            ticket = self._queue.popleft()
            ticket.worker = worker
            self._stages[worker] = Stage.QUICK
            ticket.called.set()
        else:
            self._idle.append(worker)

    def _count(self, stage: Stage) -> int:
        """Return how many questions are at a stage. The lock is held."""
        return sum(other is stage for other in self._stages.values())

    def _overload(self, message: str) -> OverloadedError:
        """Return the error of a request that finds no place. The lock is held."""
        self.counters.overloads += 1
        return OverloadedError(message)

    def _counted(self, error: CpecError) -> CpecError:
        """Return the error, counted by its kind."""
        with self._lock:
            counter = COUNTED.get(type(error))
            if counter:
                setattr(self.counters, counter, getattr(self.counters, counter) + 1)
        return error

    def _fork(self) -> Worker:
        """Return a new worker."""
        worker = self._nursery.fork()
        with self._lock:
            self.counters.worker_starts += 1
        return worker

    def _keep(self) -> None:
        """Keep as many quick workers as the settings say, until the pool closes."""
        loader: threading.Thread | None = None
        while not self._closing:
            self._wanted.wait(WATCH)
            self._wanted.clear()
            self._bury()
            if self._nursery.interim and (loader is None or not loader.is_alive()):
                loader = threading.Thread(target=self._load, name="pool-loader", daemon=True)
                loader.start()
            try:
                while self._missing() > 0:
                    self._give(self._fork())
                self._nursery.ensure()
            except OSError:
                time.sleep(WATCH)
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.end()

    def _load(self) -> None:
        """Exchange workers that read from disk for workers that read from memory."""
        with contextlib.suppress(OSError):
            if self._nursery.load():
                self.swap()
                self._nursery.settled()

    def _missing(self) -> int:
        """Return how many quick workers are to be forked."""
        with self._lock:
            if self._closing:
                return 0
            present = len(self._idle) + self._count(Stage.QUICK)
            return self._settings.quick_workers - present

    def _bury(self) -> None:
        """Let go of the idle workers that have died."""
        with self._lock:
            dead = [worker for worker in self._idle if not worker.alive()]
            self._idle = [worker for worker in self._idle if worker not in dead]
            self.counters.worker_ends += len(dead)
        for worker in dead:
            worker.end()


COUNTED: Final[dict[type[Exception], str]] = {
    DeadlineError: "deadlines",
    WorkerDiedError: "deaths",
    OutOfMemoryError: "out_of_memory",
    AnswerTooLargeError: "too_large",
}
