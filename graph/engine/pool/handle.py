"""A handle: a worker as the server sees it, and what it can do to one."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import time
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Worker:
    """A worker as the server sees it: its socket, its process, and what it says on stderr."""

    pid: int
    sock: socket.socket
    lifeline: socket.socket
    process: int
    words: int
    version: str
    epoch: int
    niced: bool = False
    started: float = field(default_factory=time.monotonic)

    def alive(self) -> bool:
        """Return whether the process still runs."""
        poll = select.poll()
        poll.register(self.process, select.POLLIN)
        return not poll.poll(0)

    def busy(self) -> float:
        """Return the seconds of processor time that the process took, 0 where it is gone.

        The clock of another process is named as clock_getcpuclockid(3) does.
        """
        with contextlib.suppress(OSError):
            return time.clock_gettime((~self.pid << 3) | 2)
        return 0.0

    def signal(self, number: signal.Signals) -> None:
        """Send a signal; a descriptor names the process, so it cannot hit another by its number."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.process, number)

    def last_words(self) -> str:
        """Return what the process wrote on stderr."""
        return os.pread(self.words, 1 << 16, 0).decode(errors="replace")

    def yield_to_others(self) -> None:
        """Let quick questions go first on the processor."""
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.pid, 10)
        self.niced = True

    def end(self) -> None:
        """Kill the process, if it runs, and let go of it."""
        self.signal(signal.SIGKILL)
        self.sock.close()
        self.lifeline.close()
        os.close(self.process)
        os.close(self.words)
