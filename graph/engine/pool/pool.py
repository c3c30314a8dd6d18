"""The pool: it puts questions to workers, hears their answers, and keeps enough workers ready."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final, ParamSpec, TypeVar

from graph.engine import wire
from graph.engine.frame import SMALL, Header, Message
from graph.engine.pool.conversation import Conversation, death
from graph.engine.pool.handle import Worker
from graph.engine.pool.lanes import Lanes
from graph.engine.pool.listener import Listener
from graph.engine.pool.nursery import Nursery
from graph.engine.request import SPOILING
from graph.engine.settings import Settings
from graph.errors import (
    AnswerTooLargeError,
    CpecError,
    DeadlineError,
    OutOfMemoryError,
    WorkerDiedError,
)

P = ParamSpec("P")
T = TypeVar("T")

FAREWELL: Final = 5.0
"""The seconds that the keeper has to end."""

WATCH: Final = 0.2
"""The seconds between two looks at idle workers and at the zygote."""

COUNTED: Final[dict[type[Exception], str]] = {
    DeadlineError: "deadlines",
    WorkerDiedError: "deaths",
    OutOfMemoryError: "out_of_memory",
    AnswerTooLargeError: "too_large",
}
"""The errors that are counted, and the names of their counters."""


class Pool:
    """The workers of one engine; its methods may be called from any number of threads."""

    def __init__(self, settings: Settings, nursery: Nursery) -> None:
        self.lanes = Lanes(settings)
        self._settings = settings
        self._nursery = nursery
        self._listener: Listener | None = None
        self._keeper = threading.Thread(target=self._keep, name="pool-keeper", daemon=True)

    def start(self) -> None:
        """Fork the first worker; raises OSError where the dataset cannot be read."""
        self._add(self._fork())
        self._keeper.start()

    def run(self, header: Header, body: bytes, deadline: float) -> Message:
        """Return the answer to one request; raises what its task raises, or an EngineError."""
        worker = self.lanes.acquire()
        with self._conversation(worker, deadline) as conversation:
            conversation.ask(header, body)
            answer = self._hear(conversation, header)
        return self._told(answer, worker)

    async def answer(self, header: Header, body: bytes, deadline: float) -> Message:
        """Return what `run` does; a thread waits only for what is long."""
        listener = self._listening()
        worker = await self.lanes.acquire_async()
        with self._conversation(worker, deadline) as conversation:
            if len(body) <= SMALL:
                conversation.ask(header, body)
            else:
                await self._in_thread(worker, conversation.ask, header, body)
            answer = await conversation.hear_soon(listener, self._settings.quick_time)
            if answer is None:
                answer = await self._in_thread(worker, self._hear, conversation, header)
        return self._told(answer, worker)

    def swap(self) -> None:
        """Replace the idle workers by one of the present version, without a gap; more follow it.

        Where none can be forked the old ones go all the same: questions wait for the keeper.
        """
        workers: list[Worker] = []
        with contextlib.suppress(OSError):
            workers.append(self._fork())
        self._add(*workers)
        self.lanes.wanted.set()

    def drain(self, timeout: float) -> None:
        """Refuse new requests, wait for those in flight, then end every worker."""
        self.lanes.drain(timeout)
        self.lanes.wanted.set()
        if self._keeper.is_alive():
            self._keeper.join(timeout=FAREWELL)

    def _listening(self) -> Listener:
        """Return the listener of the loop that asks; a server has one."""
        if self._listener is None or self._listener.loop is not asyncio.get_running_loop():
            self._listener = Listener()
        return self._listener

    @contextlib.contextmanager
    def _conversation(self, worker: Worker, deadline: float) -> Iterator[Conversation]:
        """Talk with a worker that was acquired; afterwards it is kept, or ended."""
        self.lanes.count("requests")
        cap = max(self._settings.max_answer, self._settings.max_delta)
        conversation = Conversation(worker, deadline, cap)
        try:
            yield conversation
        except TimeoutError:
            raise self._counted(DeadlineError(deadline)) from None
        except OSError:
            raise self._counted(death(worker)) from None
        finally:
            self.lanes.release(worker, kept=conversation.goes_on and not worker.niced)

    async def _in_thread(
        self, worker: Worker, work: Callable[P, T], *args: P.args, **named: P.kwargs
    ) -> T:
        """Return what a thread does with a worker; if nobody waits any more, the worker is killed.

        The thread is waited for all the same: it has the worker until then.
        """
        working = asyncio.ensure_future(asyncio.to_thread(work, *args, **named))
        try:
            return await asyncio.shield(working)
        except asyncio.CancelledError:
            worker.signal(signal.SIGKILL)
            with contextlib.suppress(CpecError, OSError):
                await working
            raise

    def _hear(self, conversation: Conversation, header: Header) -> Message:
        """Wait for the answer; raises TimeoutError at the deadline."""
        for soon in conversation.looks(self._settings.quick_time):
            with contextlib.suppress(TimeoutError):
                return conversation.hear(soon)
        parked = header["kind"] not in SPOILING
        self.lanes.lengthen(conversation.worker, conversation.end, parked=parked)
        return conversation.hear(conversation.end)

    def _told(self, message: Message, worker: Worker) -> Message:
        """Return what a worker has answered, or raise the error that it tells."""
        answer, result = message
        if (error := wire.error_of(answer)) is not None:
            raise self._counted(error)
        return {**answer, "version": worker.version}, result

    def _counted(self, error: CpecError) -> CpecError:
        """Return the error, counted by its kind."""
        if (name := COUNTED.get(type(error))) is not None:
            self.lanes.count(name)
        return error

    def _fork(self) -> Worker:
        """Return a new worker."""
        worker = self._nursery.fork()
        self.lanes.count("worker_starts")
        return worker

    def _add(self, *workers: Worker) -> None:
        """Make new workers known, unless the dataset has changed since they were forked."""
        self.lanes.add(*workers, epoch=self._nursery.epoch)

    def _keep(self) -> None:
        """Keep as many quick workers as the settings say, until the pool closes."""
        loader: threading.Thread | None = None
        while not self.lanes.closing:
            self.lanes.wanted.wait(WATCH)
            self.lanes.wanted.clear()
            self.lanes.bury()
            if self._nursery.interim and (loader is None or not loader.is_alive()):
                loader = threading.Thread(target=self._load, name="pool-loader", daemon=True)
                loader.start()
            try:
                while self.lanes.missing() > 0:
                    self._add(self._fork())
                self._nursery.ensure()
            except OSError:
                time.sleep(WATCH)

    def _load(self) -> None:
        """Exchange workers that read from disk for workers that read from memory."""
        with contextlib.suppress(OSError):
            if self._nursery.load():
                self.swap()
                self._nursery.settled()
