"""The pool of one front: it gives requests to workers, and keeps enough workers ready."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Final

from graph.engine.account import CLIENT, SEAT, Accounts
from graph.engine.engine_settings import EngineSettings
from graph.engine.framing import Header, Message, decode_error
from graph.engine.pool.lanes import Lanes
from graph.engine.pool.worker_handle import Conversation, WorkerHandle
from graph.engine.store_relay import StoreRelay
from graph.engine.supervision.channel import SupervisorChannel
from graph.engine.supervision.register import Register
from graph.errors import (
    AnswerTooLargeError,
    CpecError,
    DeadlineError,
    OutOfMemoryError,
    WorkerDiedError,
)

SWITCH_TIME: Final = 1.0
"""The seconds after a change of the version in which a front without workers is still ready."""

MAINTENANCE_INTERVAL: Final = 0.1
"""The seconds between two checks of the number of workers and of their memory."""

MAX_SLOWDOWN: Final = 3
"""The elapsed time of a quick request on a busy machine, as a multiple of its processor time."""

ERROR_COUNTERS: Final[dict[type[Exception], str]] = {
    DeadlineError: "deadlines",
    WorkerDiedError: "deaths",
    OutOfMemoryError: "out_of_memory",
    AnswerTooLargeError: "too_large",
}
"""The counters of errors."""


class Pool:
    """The workers of one front, which the supervisor forks for it; in one loop."""

    def __init__(
        self,
        settings: EngineSettings,
        channel: SupervisorChannel,
        register: Register,
        accounts: Accounts,
    ) -> None:
        self.lanes = Lanes(settings, accounts)
        self._settings = settings
        self._channel = channel
        self._register = register
        self._maintainer: asyncio.Task[None] | None = None
        self._epoch = 0
        self._epoch_start = -SWITCH_TIME
        self._relay = (
            StoreRelay(settings.remote, settings.max_answer, register) if settings.remote else None
        )

    async def start(self) -> None:
        """Obtain the first worker; raises OSError if the supervisor cannot fork one."""
        await self._fork()
        self._channel.end_stale = self._end_stale
        self._maintainer = asyncio.create_task(self._maintain())

    async def answer(self, header: Header, body: bytes, seconds: float) -> Message:
        """Return the answer to one request; raises the error of its task, or an EngineError.

        If the caller is cancelled, the worker is killed; the request keeps its place in the lanes
        until the process has ended.
        """
        seat = SEAT.get()
        self._end_stale()
        worker = await self.lanes.acquire(CLIENT.get(), header.get("exclusion"))
        if seat is not None:
            seat.workers += 1
        self.lanes.counters["requests"] += 1
        conversation = Conversation(worker, header, body, seconds)
        try:
            answer, result = await self._wait(conversation, seconds)
        except CpecError as error:
            raise self._count(error) from None
        except asyncio.CancelledError:
            self.lanes.counters["given_up"] += 1
            raise
        finally:
            if seat is not None:
                seat.workers -= 1
            await self._return_worker(conversation)
        if (failure := decode_error(answer)) is not None:
            raise self._count(failure)
        return {**answer, "version": worker.process.version}, result

    async def drain(self, seconds: float) -> None:
        """Refuse new requests, wait for those in flight, then end every worker."""
        await self.lanes.drain(seconds)
        if self._maintainer is not None:
            self._maintainer.cancel()

    async def _wait(self, conversation: Conversation, seconds: float) -> Message:
        """Return the answer of a worker; raises DeadlineError, or the reason of its death."""
        slowest = MAX_SLOWDOWN * self._settings.quick_time
        for moment in conversation.quick_moments(self.lanes.slice_time, slowest):
            if (message := await conversation.wait(moment)) is not None:
                return message
        while time.monotonic() < conversation.end:
            await self.lanes.run_long(conversation.worker, conversation.end)
            if (message := await conversation.wait(conversation.end)) is not None:
                return message
        raise DeadlineError(seconds)

    async def _return_worker(self, conversation: Conversation) -> None:
        """Return a worker to the lanes, or kill it and wait for its end if it cannot go on."""
        worker = conversation.worker
        self.lanes.charge(worker)
        if conversation.finished and worker.restore_priority():
            self.lanes.release(worker, kept=True)
            return
        worker.kill()
        self.lanes.wanted.set()
        worker.exit.add_done_callback(lambda _: self.lanes.release(worker, kept=False))
        await asyncio.shield(worker.exit)

    def _count(self, error: CpecError) -> CpecError:
        """Count an error by its class, and return it."""
        if (name := ERROR_COUNTERS.get(type(error))) is not None:
            self.lanes.counters[name] += 1
        return error

    async def _fork(self) -> None:
        """Add a new worker to the lanes; raises OSError if the supervisor cannot fork one."""
        process = await self._channel.fork()
        limit = max(self._settings.max_answer, self._settings.max_delta)
        worker = await WorkerHandle.connect(process, limit, self.lanes.forget, self._relay)
        self.lanes.counters["worker_starts"] += 1
        self.lanes.add(worker, process.epoch)

    def _end_stale(self) -> set[str]:
        """End the idle workers from before the present version; return the versions still in use.

        No new request may see an earlier version: it waits until `_maintain` has forked a worker.
        """
        if (epoch := self._register.read().epoch) != self._epoch:
            self._epoch, self._epoch_start = epoch, time.monotonic()
            self.lanes.end_stale(epoch)
        return self.lanes.versions()

    @property
    def has_workers(self) -> bool:
        """Whether there is a worker, or was one until the version changed just now."""
        return self.lanes.has_workers or time.monotonic() < self._epoch_start + SWITCH_TIME

    async def _maintain(self) -> None:
        """Keep as many quick workers as the settings say, and their memory within its budgets."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(MAINTENANCE_INTERVAL):
                    await self.lanes.wanted.wait()
            self.lanes.wanted.clear()
            self.lanes.enforce_budgets()
            try:
                while self.lanes.missing_workers() > 0:
                    await self._fork()
            except OSError:
                await asyncio.sleep(MAINTENANCE_INTERVAL)
