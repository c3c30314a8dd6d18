"""The supervisor's handles of a zygote, and of the workers that it forks."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from dataclasses import dataclass
from errno import EMFILE
from typing import Final

from graph.errors import (
    DeadlineError,
    EngineError,
    OutOfMemoryError,
    UnorderedError,
    WorkerDiedError,
)
from server.engine.child import Child
from server.engine.engine_settings import EngineSettings
from server.engine.framing import FORKED, Header, PeerClosedError, receive, send, set_timeout
from server.engine.handed import LATE
from server.engine.location import DiskStore, Location
from server.engine.writing.delta import Delta

FORK_TIME: Final = 30.0
"""The seconds after which a zygote that has not forked counts as dead."""

UNORDERED: Final = "the engine cannot put these values in one order; order by STR(...)"

WORKER_DESCRIPTORS: Final = 4
"""A worker's socket, lifeline, pidfd and stderr."""


class NoRoomError(OSError):
    """This process has no descriptor left for a worker (EMFILE)."""


@dataclass(slots=True, eq=False)
class WorkerProcess:
    """The process of a worker, and its descriptors.

    `sock` carries requests and answers, closing `lifeline` ends the process, `pidfd` takes signals,
    and `stderr` is a memory file that the process writes on.
    """

    pid: int
    sock: int
    lifeline: int
    pidfd: int
    stderr: int
    version: str
    epoch: int

    @property
    def descriptors(self) -> tuple[int, int, int, int]:
        """Its descriptors, in the order in which they are sent."""
        return self.sock, self.lifeline, self.pidfd, self.stderr

    def death_error(self) -> EngineError:
        """Return the error with the reason of the process's death, by its last words on stderr."""
        words = self._read_stderr()
        if "memory allocation" in words:
            return OutOfMemoryError("the question needs more memory than it may have")
        if "total order" in words:
            return UnorderedError(UNORDERED)
        return WorkerDiedError("the engine crashed on this question")

    def deadline_error(self, seconds: float) -> DeadlineError:
        """Return the error of a write that was not evaluated within so many seconds."""
        _, late, words = self._read_stderr().rpartition(LATE)
        return DeadlineError(seconds, words.partition("\n")[0] if late else "; nothing was written")

    def _read_stderr(self) -> str:
        """Return the text that the process wrote on stderr."""
        return os.pread(self.stderr, 1 << 16, 0).decode(errors="replace")

    def kill(self) -> None:
        """Kill the process over its pidfd: the pid may belong to another process by now."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)

    def close(self) -> None:
        """Close the descriptors other than the socket, whose user closes it."""
        for descriptor in (self.lifeline, self.pidfd, self.stderr):
            os.close(descriptor)

    def hand_over(self) -> None:
        """Close all descriptors, after another process has received copies of them."""
        os.close(self.sock)
        self.close()


class ZygoteProcess(Child):
    """A running zygote; after its first order it forks workers and applies deltas."""

    def __init__(self, settings: EngineSettings) -> None:
        super().__init__(settings.zygote)

    def fork(self, version: str, epoch: int) -> WorkerProcess:
        """Return a new worker, which reads that version; raises OSError and TimeoutError.

        If this process has no room for its descriptors the error is NoRoomError: the worker ends,
        and the zygote lives.
        """
        send(self.sock, {"order": "fork"})
        end = time.monotonic() + FORK_TIME
        set_timeout(self.sock, socket.SO_RCVTIMEO, end)
        byte, descriptors, _, _ = socket.recv_fds(self.sock, 1, WORKER_DESCRIPTORS)
        if byte != FORKED:
            raise PeerClosedError("the zygote is gone")
        with contextlib.ExitStack() as on_failure:
            for descriptor in descriptors:
                on_failure.callback(os.close, descriptor)
            header, _ = receive(self.sock, 0, end)
            if len(descriptors) < WORKER_DESCRIPTORS:
                raise NoRoomError(EMFILE, "too many open files for another worker")
            on_failure.pop_all()
        sock, lifeline, pidfd, stderr = descriptors
        return WorkerProcess(int(header["pid"]), sock, lifeline, pidfd, stderr, version, epoch)

    def apply(self, delta: Delta, source: Location | None, seconds: float) -> None:
        """Have the zygote apply a delta, within so many seconds; raises OSError.

        A zygote whose workers read from disk changes only the source that they open.
        """
        header, body = delta.encode()
        order = {"order": "apply", "source": str(source.path) if source else None}
        send(self.sock, {**order, **header}, body)
        receive(self.sock, 0, time.monotonic() + seconds)


def first_order(
    settings: EngineSettings, source: Location | None, disk: DiskStore | None
) -> Header:
    """Return the first order of a zygote."""
    return {
        "source": str(source.path) if source else None,
        "complete": source is not None and source.complete,
        "store": str(disk.path) if disk else None,
        "interim": disk is not None and disk.interim,
        "settings": settings.without_secrets().as_json(),
    }
