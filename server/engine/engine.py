"""The engine of one front: reads through a pool of workers, writes through the supervisor."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from typing import Any, Final, Self, TypeVar

from graph.errors import (
    AnswerTooLargeError,
    CpecError,
    DeadlineError,
    ForbiddenError,
    OutOfMemoryError,
    OverloadedError,
    ProcessorTimeError,
    UnorderedError,
    WorkerDiedError,
)
from server.engine.account import CLIENT, SEAT, Accounts, Holding
from server.engine.engine_settings import EngineSettings
from server.engine.framing import Header, Message, decode_error
from server.engine.heap import MEASURE_STEP, fault_bytes, keep_little_memory, trim_heap
from server.engine.pool.lanes import Lanes
from server.engine.pool.worker_handle import LONG_ANSWER, Conversation, WorkerHandle
from server.engine.process_tree import read_memory
from server.engine.relay_client import Relay
from server.engine.request import Require, WriteKey, WriteResult, record_version, wait_for
from server.engine.supervision.channel import Counts, SupervisorChannel, sum_counts
from server.engine.supervision.register import DatasetState, Register
from server.engine.writing.store_folder import FIRST

T = TypeVar("T")

SWITCH_TIME: Final = 1.0
"""The seconds after a change of the version in which a front without workers is still ready."""

MAINTENANCE_INTERVAL: Final = 0.1
"""The seconds between two checks of the number of workers and of their memory."""

MAX_SLOWDOWN: Final = 3
"""The elapsed time of a quick request on a busy machine, as a multiple of its processor time."""

ERROR_COUNTERS: Final[dict[type[Exception], str]] = {
    DeadlineError: "deadlines",
    WorkerDiedError: "deaths",
    UnorderedError: "deaths",
    OutOfMemoryError: "out_of_memory",
    AnswerTooLargeError: "too_large",
}
"""The counters of errors."""

INTERVAL: Final = 1.0
"""The seconds between two measurements, at least."""

SHARE: Final = 0.05
"""The part of its time that a front measures, at most: the kernel walks over the pages."""

IDLE_BYTES: Final = 32 << 20
"""The private memory with which an idle worker stays; a fork of 8 ms replaces a larger one."""


class Engine:
    """Answers requests and takes writes.

    It belongs to one loop of asyncio. `ask` is awaited there; every other method blocks its thread,
    and may be called from any thread but the loop's. The supervisor forks its workers.
    """

    def __init__(
        self,
        settings: EngineSettings,
        channel: SupervisorChannel,
        register: Register,
        accounts: Accounts,
        relay: Relay | None = None,
    ) -> None:
        self.settings = settings
        self.accounts = accounts
        self._channel = channel
        self._register = register
        self._relay = relay
        self._lanes = Lanes(settings, accounts)
        self._loop = asyncio.get_running_loop()
        self._maintainer: asyncio.Task[None] | None = None
        self._epoch = 0
        self._epoch_start = -SWITCH_TIME
        self.register_counts(dict)

    @classmethod
    async def open(
        cls,
        settings: EngineSettings,
        sock: socket.socket,
        register: Register,
        accounts: Accounts,
        relay: Relay | None = None,
    ) -> Self:
        """Return an engine at one end of a supervisor's channel, ready to answer.

        The relay asks a store elsewhere for workers. Raises OSError if the supervisor can fork no
        worker.
        """
        engine = cls(settings, SupervisorChannel(sock), register, accounts, relay)
        await engine._fork()
        engine._channel.end_stale = engine._end_stale
        engine._maintainer = asyncio.create_task(engine._maintain())
        return engine

    async def ask(
        self, kind: str, header: Header, body: bytes = b"", deadline: float | None = None
    ) -> Message:
        """Return the answer of the task of a kind; raises its error, or an EngineError.

        If the caller is cancelled, the worker is killed; the request keeps its place in the lanes
        until the process has ended. A long answer is on the account of its client until the request
        is over.
        """
        seconds = deadline or self.settings.deadline
        seat = SEAT.get()
        self._end_stale()
        worker = await self._lanes.acquire(CLIENT.get(), header.get("variant"))
        if seat is not None:
            seat.workers += 1
        self._lanes.counters["requests"] += 1
        conversation = Conversation(worker, {**header, "kind": kind}, body, seconds)
        try:
            answer, result = await self._wait(conversation, seconds)
            if seat and seat.answer_bytes is not None and len(result) >= LONG_ANSWER:
                seat.answer_bytes += len(result)
                self.accounts.add(seat.client, Holding.BYTES, len(result))
        except CpecError as error:
            raise self._count(error) from None
        except asyncio.CancelledError:
            self._lanes.counters["given_up"] += 1
            raise
        finally:
            if seat is not None:
                seat.workers -= 1
            await self._return_worker(conversation)
        if (failure := decode_error(answer)) is not None:
            raise self._count(failure)
        record_version(worker.process.version)
        return {**answer, "version": worker.process.version}, result

    async def drain(self, seconds: float) -> None:
        """Refuse new requests, finish those in flight within so many seconds, and end the rest."""
        await self._lanes.drain(seconds)
        if self._maintainer is not None:
            self._maintainer.cancel()

    async def leave(self) -> None:
        """Close the channel to the supervisor, after all workers have ended."""
        self._channel.close()
        await asyncio.sleep(0)  # one turn of the loop closes the transports of the workers

    def run(
        self, kind: str, header: Header, body: bytes = b"", deadline: float | None = None
    ) -> Message:
        """Await `ask` from a thread."""
        return self.wait(self.ask(kind, header, body, deadline))

    def settle(self, key: str) -> WriteResult | None:
        """Return the result of the write with a key; without one, None for good: it is closed."""
        self.require_writable()
        return self.wait(self._channel.write({"kind": "settle", "key": key}, b""))

    def write(
        self,
        header: Header,
        body: bytes,
        key: WriteKey | None = None,
        require: Require | None = None,
    ) -> WriteResult:
        """Make the write whose effect the task of a header finds, unless `require` raises.

        It returns when the write is on disk and readers see it. A write whose key is done already
        is not made again: its result is returned. Raises KeyReuseError for the key of another
        write, and ConflictError for a closed one.
        """
        self.require_writable()
        header = {**header, "key": key and asdict(key)}
        result = self.wait(self._channel.write(header, body, require))
        assert result is not None  # noqa: S101 - only a key may have no result
        return result

    def require_writable(self) -> None:
        """Raise ForbiddenError for an engine that takes no writes."""
        if not self.writable:
            raise ForbiddenError("this server takes no writes")

    def order_dumps(self) -> None:
        """Have the dumps of the present version written, in a while."""
        self.wait(self._channel.order_dumps())

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the engine's loop, and return its result.

        Raises OverloadedError if this thread's request is given up, or the engine is closed.
        """
        if self._loop.is_closed():
            work.close()
            raise OverloadedError("the engine is closed")
        return wait_for(asyncio.run_coroutine_threadsafe(work, self._loop))

    @property
    def supervisor_end(self) -> asyncio.Future[None]:
        """Done when the supervisor has ended."""
        return self._channel.supervisor_end

    @property
    def has_writes(self) -> bool:
        """Whether writes came since the store was filled."""
        return self.writable and not self.version.startswith(FIRST)

    @property
    def state(self) -> DatasetState:
        """The dataset that new requests see."""
        return self._register.read()

    @property
    def version(self) -> str:
        """The version of that dataset."""
        return self.state.version

    @property
    def writable(self) -> bool:
        """Whether the engine takes writes."""
        return self.settings.writable

    def ready(self) -> bool:
        """Return whether there are workers, idle or busy, and the store is there or answers."""
        # or there was one until the version changed just now
        has_workers = self._lanes.has_workers or time.monotonic() < self._epoch_start + SWITCH_TIME
        return self.state.answers and has_workers

    async def watch_memory(self) -> None:
        """Record the private memory of this process and its workers, and give back what is free."""
        keep_little_memory()
        faults = fault_bytes()
        while True:
            start = time.perf_counter()
            if fault_bytes() - faults > MEASURE_STEP:
                await asyncio.to_thread(trim_heap)
                faults = fault_bytes()
            pids = [os.getpid(), *self._lanes.processes()]
            memory = await asyncio.to_thread(lambda own: list(map(read_memory, own)), pids)
            sizes = {pid: own.private for pid, own in zip(pids, memory, strict=True)}
            self.accounts.set_private_memory(sum(sizes.values()))
            self._lanes.end_heavy(sizes, IDLE_BYTES)
            await asyncio.sleep(max(INTERVAL, (time.perf_counter() - start) / SHARE))

    def register_counts(self, count: Callable[[], Counts]) -> None:
        """Send the counts of other parts of this front, too, when another front asks."""
        self._channel.count = lambda: {**count(), "engine": self._lanes.metrics()}

    async def sum_counts(self) -> Counts:
        """Return the sums of the counts of all fronts, by the part of the server that counts."""
        others = await self._channel.fetch_counts()
        return sum_counts([self._channel.count(), others])

    async def _wait(self, conversation: Conversation, seconds: float) -> Message:
        """Return the answer of a worker; raises DeadlineError, or the reason of its death.

        Raises ProcessorTimeError if the request used its `budget` of the processor.
        """
        slowest = MAX_SLOWDOWN * self.settings.quick_time
        for moment in conversation.quick_moments(self._lanes.slice_time, slowest):
            if (message := await conversation.wait(moment)) is not None:
                return message
        while time.monotonic() < conversation.end:
            await self._lanes.run_long(conversation.worker, conversation.end)
            if (message := await conversation.wait(conversation.next_check())) is not None:
                return message
            if conversation.processor_seconds() >= conversation.budget:
                raise ProcessorTimeError(conversation.budget)
        raise DeadlineError(seconds)

    async def _return_worker(self, conversation: Conversation) -> None:
        """Return a worker to the lanes, or kill it and wait for its end if it cannot go on."""
        worker = conversation.worker
        self._lanes.charge(worker)
        if conversation.finished and worker.restore_priority():
            self._lanes.release(worker, kept=True)
            return
        worker.kill()
        self._lanes.wanted.set()
        worker.exit.add_done_callback(lambda _: self._lanes.release(worker, kept=False))
        await asyncio.shield(worker.exit)

    def _count(self, error: CpecError) -> CpecError:
        """Count an error by its class, and return it."""
        if (name := ERROR_COUNTERS.get(type(error))) is not None:
            self._lanes.counters[name] += 1
        return error

    async def _fork(self) -> None:
        """Add a new worker to the lanes; raises OSError if the supervisor cannot fork one."""
        process = await self._channel.fork()
        limit = max(self.settings.max_answer, self.settings.max_delta)
        worker = WorkerHandle(process, limit, self._lanes.forget, self._relay)
        sock = socket.socket(fileno=process.sock)
        await self._loop.create_unix_connection(lambda: worker, sock=sock)
        self._lanes.counters["worker_starts"] += 1
        self._lanes.add(worker, process.epoch)

    def _end_stale(self) -> set[str]:
        """End the idle workers from before the present version; return the versions still in use.

        No new request may see an earlier version: it waits until `_maintain` has forked a worker.
        """
        if (epoch := self.state.epoch) != self._epoch:
            self._epoch, self._epoch_start = epoch, time.monotonic()
            self._lanes.end_stale(epoch)
        return self._lanes.versions()

    async def _maintain(self) -> None:
        """Keep as many quick workers as the settings say, and their memory within its budgets."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(MAINTENANCE_INTERVAL):
                    await self._lanes.wanted.wait()
            self._lanes.wanted.clear()
            self._lanes.enforce_budgets()
            try:
                while self._lanes.missing_workers() > 0:
                    await self._fork()
            except OSError:
                await asyncio.sleep(MAINTENANCE_INTERVAL)
