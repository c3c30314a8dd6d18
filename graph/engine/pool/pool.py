"""The pool: it puts questions to workers, hears their answers, and keeps enough workers ready."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

from graph.engine import wire
from graph.engine.account import CLIENT, Accounts
from graph.engine.engine_settings import EngineSettings
from graph.engine.framing import Header, Message
from graph.engine.pool.conversation import Conversation
from graph.engine.pool.lanes import Lanes
from graph.engine.pool.worker_handle import WorkerHandle
from graph.engine.store_relay import StoreRelay
from graph.engine.supervision.channel import SupervisorChannel
from graph.errors import (
    AnswerTooLargeError,
    CpecError,
    DeadlineError,
    OutOfMemoryError,
    WorkerDiedError,
)

WATCH: Final = 0.1
"""The seconds between two looks at how many workers there are, and how much memory they hold."""

COUNTED: Final[dict[type[Exception], str]] = {
    DeadlineError: "deadlines",
    WorkerDiedError: "deaths",
    OutOfMemoryError: "out_of_memory",
    AnswerTooLargeError: "too_large",
}
"""The errors that are counted, and the names of their counters."""


class Pool:
    """The workers of one front, which its line to the supervisor gives it; in one loop."""

    def __init__(
        self, settings: EngineSettings, channel: SupervisorChannel, accounts: Accounts
    ) -> None:
        self.lanes = Lanes(settings, accounts)
        self._settings = settings
        self._channel = channel
        self._accounts = accounts
        self._keeper: asyncio.Task[None] | None = None
        self._relay = StoreRelay(settings.remote, settings.max_answer) if settings.remote else None

    async def start(self) -> None:
        """Have the first worker forked; raises OSError where none can be."""
        await self._fork()
        self._channel.follow = self._follow
        self._keeper = asyncio.create_task(self._keep())

    async def answer(self, header: Header, body: bytes, seconds: float) -> Message:
        """Return the answer to one request; raises the error of its task, or an EngineError.

        A question that is given up is killed, and keeps its place until its process has ended.
        """
        client = CLIENT.get()
        worker = await self.lanes.acquire(client, header.get("strike"))
        self.lanes.counters.requests += 1
        conversation = Conversation(worker, header, body, seconds)
        try:
            answer, result = await self._hear(conversation, seconds)
        except CpecError as error:
            raise self._counted(error) from None
        except asyncio.CancelledError:
            self.lanes.counters.given_up += 1
            raise
        finally:
            await self._leave(conversation, client)
        if (told := wire.error_of(answer)) is not None:
            raise self._counted(told)
        return {**answer, "version": worker.forked.version}, result

    async def drain(self, seconds: float) -> None:
        """Refuse new requests, wait for those in flight, then end every worker."""
        await self.lanes.drain(seconds)
        if self._keeper is not None:
            self._keeper.cancel()

    async def _hear(self, conversation: Conversation, seconds: float) -> Message:
        """Return the answer of a worker; raises DeadlineError, and why the worker died."""
        for soon in conversation.looks(self._settings.quick_time):
            if (message := await conversation.answer(soon)) is not None:
                return message
        await self.lanes.lengthen(conversation.worker, conversation.end)
        if (message := await conversation.answer(conversation.end)) is not None:
            return message
        raise DeadlineError(seconds)

    async def _leave(self, conversation: Conversation, client: str) -> None:
        """Give a worker back; one that does not go on has ended when this returns."""
        worker = conversation.worker
        self._accounts.spend(client, conversation.spent())
        if conversation.goes_on and worker.step_forward():
            self.lanes.release(worker, kept=True)
            return
        worker.kill()
        worker.gone.add_done_callback(lambda _: self.lanes.release(worker, kept=False))
        await asyncio.shield(worker.gone)

    def _counted(self, error: CpecError) -> CpecError:
        """Return the error, counted by its kind."""
        if (name := COUNTED.get(type(error))) is not None:
            counters = self.lanes.counters
            setattr(counters, name, getattr(counters, name) + 1)
        return error

    async def _fork(self) -> None:
        """Have a new worker forked, and make it known; raises OSError."""
        forked = await self._channel.fork()
        most = max(self._settings.max_answer, self._settings.max_delta)
        worker = await WorkerHandle.take(forked, most, self.lanes.lost, self._relay)
        self.lanes.counters.worker_starts += 1
        self.lanes.add(worker, self._channel.epoch)

    async def _follow(self, epoch: int) -> set[str]:
        """Exchange the idle workers for one of an epoch; return the versions that are read yet.

        Where none can be forked the old ones go all the same: questions wait for the keeper.
        """
        with contextlib.suppress(OSError):
            await self._fork()
        self.lanes.follow(epoch)
        self.lanes.wanted.set()
        return self.lanes.versions()

    async def _keep(self) -> None:
        """Keep as many quick workers as the settings say, and their memory on account."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(WATCH):
                    await self.lanes.wanted.wait()
            self.lanes.wanted.clear()
            self.lanes.weigh()
            try:
                while self.lanes.missing() > 0:
                    await self._fork()
            except OSError:
                await asyncio.sleep(WATCH)
