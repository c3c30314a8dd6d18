"""A worker as a front has it: a process that was forked for it, and what it says."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self, TypeVar

from graph.engine.framing import FrameError, Header, Message, decode, missing, packed
from graph.engine.store_relay import StoreRelay
from graph.engine.supervision.zygote_process import WorkerProcess

T = TypeVar("T")

PAGE: Final = os.sysconf("SC_PAGE_SIZE")

NICENESS: Final = 10
"""How nice a process is that has a long question (setpriority(2))."""


class WorkerHandle(asyncio.Protocol):
    """One question is put to it at a time; `lost` is called when its process has ended."""

    def __init__(
        self,
        forked: WorkerProcess,
        most: int,
        lost: Callable[[WorkerHandle], None],
        relay: StoreRelay | None = None,
    ) -> None:
        self.forked = forked
        self.niced = False
        self.strike: Header | None = None
        """The sources that are struck in its dataset."""
        self.cause: Exception | None = None
        """The error of its question, where it was ended for a reason of ours."""
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._most = most
        self._lost = lost
        self._relay = relay
        self._arrived = bytearray()
        self._whole = False
        self._heard: asyncio.Future[bool] | None = None
        self._transport: asyncio.Transport | None = None
        self._at_first = self._resident()

    @classmethod
    async def take(
        cls,
        forked: WorkerProcess,
        most: int,
        lost: Callable[[WorkerHandle], None],
        relay: StoreRelay | None = None,
    ) -> Self:
        """Return the worker that was forked; its answers have so many bytes at most.

        With a relay it may ask a remote store in the middle of a question.
        """
        worker = cls(forked, most, lost, relay)
        sock = socket.socket(fileno=forked.sock)
        await asyncio.get_running_loop().create_unix_connection(lambda: worker, sock=sock)
        return worker

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport to the process."""
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        """Take a part of the answer."""
        self._arrived += data
        try:
            self._whole = not missing(self._arrived, self._most)
        except FrameError:
            self.kill()
        if self._whole and not self._asks():
            self._tell()

    def connection_lost(self, _error: Exception | None) -> None:
        """Take note that the process has ended."""
        self.gone.set_result(None)
        self._tell()
        self._lost(self)

    def ask(self, header: Header, body: bytes) -> None:
        """Put a question to the process."""
        self._arrived, self._whole = bytearray(), False
        if self._transport is not None:
            self._transport.write(packed(header, body))

    async def hears(self, seconds: float) -> bool:
        """Return whether the answer is whole, or the process ends, within so many seconds."""
        if self._whole or self.gone.done():
            return True
        loop = asyncio.get_running_loop()
        self._heard = loop.create_future()
        late = loop.call_later(seconds, settle, self._heard, False)
        try:
            return await self._heard
        finally:
            late.cancel()

    def answer(self) -> Message | None:
        """Return the answer that was heard, None where the process ended before it was whole."""
        return decode(self._arrived) if self._whole else None

    @property
    def alive(self) -> bool:
        """Whether the process still runs, as far as has been noticed."""
        return not self.gone.done()

    def busy(self) -> float:
        """Return the seconds of processor time that the process took, 0 where it is gone.

        The clock of another process is named as clock_getcpuclockid(3) does.
        """
        with contextlib.suppress(OSError):
            return time.clock_gettime((~self.forked.pid << 3) | 2)
        return 0.0

    def memory(self) -> int:
        """Return the bytes of memory that the process has taken since it was forked."""
        return max(0, self._resident() - self._at_first)

    def kill(self, cause: Exception | None = None) -> None:
        """End the process; `gone` tells when it has ended."""
        self.cause = self.cause or cause
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """Stop the process until `go_on`."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let the process go on."""
        self._signal(signal.SIGCONT)

    def yield_to_others(self) -> None:
        """Let quick questions go first on the processor."""
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.forked.pid, NICENESS)
        self.niced = True

    def step_forward(self) -> bool:
        """Let the next question go before others again; return whether the system allows that.

        It does to root, and as far as RLIMIT_NICE goes (setpriority(2)).
        """
        if self.niced:
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self.forked.pid, os.getpriority(os.PRIO_PROCESS, 0))
                self.niced = False
        return not self.niced

    def close(self) -> None:
        """Let go of the process, which has ended."""
        if self._transport is not None:
            self._transport.abort()
        self.forked.close()

    def _asks(self) -> bool:
        """Return whether what came asks the remote store, which is asked then."""
        if self._relay is None:
            return False
        header, form = decode(self._arrived)
        if "asks" not in header:
            return False
        self._arrived, self._whole = bytearray(), False
        self._relay.take(header, form, self._reply)
        return True

    def _reply(self, header: Header, body: bytes) -> None:
        """Send what the remote store answered to the process, if it still runs."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(packed(header, body))

    def _tell(self) -> None:
        """Wake who waits for the answer."""
        if self._heard is not None:
            settle(self._heard, True)

    def _signal(self, number: signal.Signals) -> None:
        """Send a signal; a descriptor names the process, so it cannot hit another by its number."""
        with contextlib.suppress(OSError):
            signal.pidfd_send_signal(self.forked.process, number)

    def _resident(self) -> int:
        """Return the bytes of the process that are in memory and no file's (proc_pid_statm(5))."""
        with contextlib.suppress(OSError):
            _, resident, shared, *_ = Path(f"/proc/{self.forked.pid}/statm").read_text().split()
            return (int(resident) - int(shared)) * PAGE
        return 0


def settle(future: asyncio.Future[T], result: T) -> None:
    """Give a future its result, unless it has one."""
    if not future.done():
        future.set_result(result)
