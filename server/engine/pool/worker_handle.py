"""A front's handle of a worker, and a conversation: one request until its answer."""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, TypeVar

from server.engine.framing import FrameError, Header, Message, decode, encode, missing_bytes
from server.engine.relay_client import Relay
from server.engine.supervision.zygote_process import WorkerProcess

T = TypeVar("T")

PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")

LONG_ANSWER: Final = 64 << 10
"""The size in bytes of an answer whose memory is on the account of its client meanwhile."""

NICENESS: Final = 5
LONG_NICENESS: Final = 15
"""The nice values of a worker and of one with a long request, above the front's (setpriority(2)).

A front, which every client needs, comes before all workers.
"""


class WorkerHandle(asyncio.Protocol):
    """A worker that has one request at a time; `on_exit` is called when its process has ended.

    With a relay, it may query a remote store in the middle of a request.
    """

    def __init__(
        self,
        process: WorkerProcess,
        max_answer: int,
        on_exit: Callable[[WorkerHandle], None],
        relay: Relay | None = None,
    ) -> None:
        self.process = process
        self.low_priority = False
        self.killed = False
        self.variant: Header | None = None
        """How its dataset differs from the served one, as the request has it."""
        self.cause: Exception | None = None
        """The error of its request, if this front killed it for a reason of its own."""
        self.exit: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._max_answer = max_answer
        self._on_exit = on_exit
        self._relay = relay
        self.on_long_answer: Callable[[WorkerHandle, int], None] = do_nothing
        """Called with the size of an answer of LONG_ANSWER bytes or more before it is received."""
        self._received = bytearray()
        self._complete = False
        self._waiter: asyncio.Future[bool] | None = None
        self._transport: asyncio.Transport | None = None
        self._initial_bytes = self._resident_bytes()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport to the process."""
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        """Receive a part of the answer, or a query to relay."""
        is_first = not self._received
        self._received += data
        try:
            missing = missing_bytes(self._received, self._max_answer)
        except FrameError:
            self.kill()
            return
        self._complete = not missing
        if is_first and missing + len(data) >= LONG_ANSWER:
            self.on_long_answer(self, missing + len(data))
        if self._complete and not self._relay_query():
            self._wake()

    def connection_lost(self, _error: Exception | None) -> None:
        """Report that the process has ended."""
        self.exit.set_result(None)
        self._wake()
        self._on_exit(self)

    def send(self, header: Header, body: bytes) -> None:
        """Send a request to the process; one that has just ended does not answer it."""
        self._received, self._complete = bytearray(), False
        self._write(header, body)

    async def wait(self, seconds: float) -> bool:
        """Return whether the answer is complete, or the process ended, within so many seconds."""
        if self._complete or self.exit.done():
            return True
        loop = asyncio.get_running_loop()
        self._waiter = loop.create_future()
        timer = loop.call_later(seconds, set_result, self._waiter, False)
        try:
            return await self._waiter
        finally:
            timer.cancel()

    def answer(self) -> Message | None:
        """Return the complete answer, or None if the process ended before; forget its bytes."""
        received, self._received = self._received, bytearray()
        return decode(received) if self._complete else None

    @property
    def runs(self) -> bool:
        """Whether the process still works on its request."""
        return self.alive and not (self.killed or self._complete)

    @property
    def alive(self) -> bool:
        """Whether the process still runs, as far as this front knows."""
        return not self.exit.done()

    def processor_seconds(self) -> float:
        """Return the processor time of the process, 0 if it has ended."""
        return processor_seconds(self.process.pid)

    def memory(self) -> int:
        """Return the bytes of memory that the process has taken since it was forked."""
        return max(0, self._resident_bytes() - self._initial_bytes)

    def interrupt(self) -> None:
        """End `wait` now, as at its end."""
        if self._waiter is not None:
            set_result(self._waiter, False)

    def kill(self, cause: Exception | None = None) -> None:
        """Kill the process; `exit` is done when it has ended."""
        self.cause = self.cause or cause
        self.killed = True
        self._signal(signal.SIGKILL)

    def pause(self) -> None:
        """Stop the process until `resume`."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Continue the stopped process."""
        self._signal(signal.SIGCONT)

    def lower_priority(self) -> None:
        """Give quick requests precedence on the processor."""
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.process.pid, own_niceness() + LONG_NICENESS)
        self.low_priority = True

    def restore_priority(self) -> bool:
        """Undo `lower_priority`, and return whether the system permits that.

        It does for root, and within RLIMIT_NICE (setpriority(2)).
        """
        if self.low_priority:
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self.process.pid, own_niceness() + NICENESS)
                self.low_priority = False
        return not self.low_priority

    def close(self) -> None:
        """Close the descriptors of the process, which has ended."""
        if self._transport is not None:
            self._transport.abort()
        self.process.close()

    def _relay_query(self) -> bool:
        """Relay the message if it is a query of the remote store, and return whether it is."""
        if self._relay is None:
            return False
        header, form = decode(self._received)
        if "relay" not in header:
            return False
        self._received, self._complete = bytearray(), False
        self._relay.post(header, form, self._write)
        return True

    def _write(self, header: Header, body: bytes) -> None:
        """Send a message to the process, if it still runs."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(encode(header, body))

    def _wake(self) -> None:
        """Wake the task that waits for the answer."""
        if self._waiter is not None:
            set_result(self._waiter, True)

    def _signal(self, number: signal.Signals) -> None:
        """Send a signal over the pidfd: the pid may belong to another process by now."""
        with contextlib.suppress(OSError):
            signal.pidfd_send_signal(self.process.pidfd, number)

    def _resident_bytes(self) -> int:
        """Return the process's bytes in memory that map no file (proc_pid_statm(5))."""
        with contextlib.suppress(OSError):
            _, resident, shared, *_ = Path(f"/proc/{self.process.pid}/statm").read_text().split()
            return (int(resident) - int(shared)) * PAGE_BYTES
        return 0


def processor_seconds(pid: int) -> float:
    """Return the processor time of a process, 0 if it has ended.

    The number of its clock is computed as clock_getcpuclockid(3) does.
    """
    with contextlib.suppress(OSError):
        return time.clock_gettime((~pid << 3) | 2)
    return 0.0


def do_nothing(*_: object) -> None:
    """Do nothing."""


def own_niceness() -> int:
    """Return the nice value of this process."""
    return os.getpriority(os.PRIO_PROCESS, 0)


def set_result(future: asyncio.Future[T], result: T) -> None:
    """Give a future its result, unless it is done."""
    if not future.done():
        future.set_result(result)


MIN_INTERVAL: Final = 0.01
MAX_INTERVAL: Final = 0.05
"""The seconds between two readings of a worker's processor time: its slice may become shorter."""


class Conversation:
    """One request to one worker, until the moment `end` of time.monotonic().

    Its header may have a `budget`, in seconds of the processor. It is `finished` once the request
    is answered and the worker takes another.
    """

    __slots__ = ("_before", "_start", "budget", "end", "finished", "worker")

    def __init__(self, worker: WorkerHandle, header: Header, body: bytes, seconds: float) -> None:
        self.worker = worker
        self.finished = False
        self._before = worker.processor_seconds()
        self._start = time.monotonic()
        self.end = self._start + seconds
        self.budget = float(header.get("budget", math.inf))
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

    def quick_moments(self, slice_time: Callable[[], float], slowest: float) -> Iterator[float]:
        """Yield the moments to wait until, as long as the request may still be quick.

        Its processor time decides, up to `slowest`: on a busy machine every request takes long.
        """
        last = min(self._start + slowest, self.end)
        while (left := slice_time() - self.processor_seconds()) > 0:
            now = time.monotonic()
            if now >= last:
                return
            yield min(now + min(max(left, MIN_INTERVAL), MAX_INTERVAL), last)

    def next_check(self) -> float:
        """Return the first moment at which the request may have used its budget, or its end."""
        left = max(self.budget - self.processor_seconds(), MIN_INTERVAL)
        return min(time.monotonic() + left, self.end)

    def processor_seconds(self) -> float:
        """Return the processor time that the request took."""
        return max(0.0, self.worker.processor_seconds() - self._before)
