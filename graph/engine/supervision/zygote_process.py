"""A forker: the zygote as the supervisor has it, which holds the dataset and forks workers."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from dataclasses import asdict, dataclass, replace
from errno import EMFILE
from typing import Final

from graph.engine.child import Child
from graph.engine.disk_store import DiskStore
from graph.engine.engine_settings import EngineSettings
from graph.engine.framing import FORKED, Header, PeerClosedError, bound, receive, send
from graph.engine.location import Location
from graph.engine.writing.delta import Delta
from graph.engine.writing.materialisation import CLOSING, CLOSING_IS_LONG
from graph.errors import DeadlineError, EngineError, OutOfMemoryError, WorkerDiedError

ZYGOTE: Final = "graph.engine.zygote"

FORK_TIME: Final = 30.0
"""The seconds after which a zygote that does not fork is taken for dead."""

UNORDERED: Final = "the engine cannot put these values in one order; order by STR(...)"

HELD: Final = 4
"""The descriptors by which a worker is held."""


class NoRoomError(OSError):
    """This process has as many descriptors open as it may have (EMFILE)."""


@dataclass(slots=True, eq=False)
class WorkerProcess:
    """A process that was forked, and the descriptors by which it is ruled.

    `sock` is for questions, the closing of `lifeline` ends it, `process` takes signals, and `words`
    is what it writes on stderr.
    """

    pid: int
    sock: int
    lifeline: int
    process: int
    words: int
    version: str
    epoch: int

    @property
    def descriptors(self) -> tuple[int, int, int, int]:
        """Its descriptors, in the order in which they are sent."""
        return self.sock, self.lifeline, self.process, self.words

    def death(self) -> EngineError:
        """Return the error that tells why the process died, from what it wrote on stderr."""
        words = self._last_words()
        if "memory allocation" in words:
            return OutOfMemoryError("the question needs more memory than it may have")
        if "total order" in words:
            return WorkerDiedError(UNORDERED)
        return WorkerDiedError("the engine crashed on this question")

    def lateness(self, seconds: float) -> DeadlineError:
        """Return the error of a write that was not found within so many seconds."""
        closing = CLOSING in self._last_words()
        return DeadlineError(seconds, CLOSING_IS_LONG if closing else "; nothing was written")

    def _last_words(self) -> str:
        """Return what the process wrote on stderr."""
        return os.pread(self.words, 1 << 16, 0).decode(errors="replace")

    def kill(self) -> None:
        """End the process; its descriptor names it, so no other can be hit by its number."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.process, signal.SIGKILL)

    def close(self) -> None:
        """Let go of the process. The socket is its owner's to close, if it has one."""
        for descriptor in (self.lifeline, self.process, self.words):
            os.close(descriptor)

    def hand_over(self) -> None:
        """Let go of all descriptors, which another process has by now."""
        os.close(self.sock)
        self.close()


class ZygoteProcess(Child):
    """A running zygote: greeted with its first order, it forks, and follows what is written."""

    def __init__(self) -> None:
        super().__init__(ZYGOTE)

    def fork(self, version: str, epoch: int) -> WorkerProcess:
        """Return a new worker, which reads that version; raises OSError and TimeoutError.

        Where this process has no room for its descriptors the error is NoRoomError: the worker
        ends, and the zygote lives.
        """
        send(self.sock, {"order": "fork"})
        end = time.monotonic() + FORK_TIME
        bound(self.sock, socket.SO_RCVTIMEO, end)
        byte, descriptors, _, _ = socket.recv_fds(self.sock, 1, HELD)
        if byte != FORKED:
            raise PeerClosedError("the zygote is gone")
        with contextlib.ExitStack() as held:
            for descriptor in descriptors:
                held.callback(os.close, descriptor)
            header, _ = receive(self.sock, 0, end)
            if len(descriptors) < HELD:
                raise NoRoomError(EMFILE, "too many open files for another worker")
            held.pop_all()
        sock, lifeline, process, words = descriptors
        return WorkerProcess(int(header["pid"]), sock, lifeline, process, words, version, epoch)

    def tell(self, delta: Delta, source: Location | None, seconds: float) -> None:
        """Tell of a write; returns when the zygote has followed it, within so many seconds.

        Where it reads from disk it takes note of the source alone. Raises OSError.
        """
        header, body = delta.message()
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
        "remote": asdict(replace(settings.remote, authorization="")) if settings.remote else None,
        "interim": disk is not None and disk.interim,
        "union": settings.default_graph == "union",
        "cap": settings.max_answer,
        "memory": settings.memory,
        "cite_most": settings.cite_most,
        "terms": [settings.requests_per_worker, settings.private_memory, settings.max_body],
    }
