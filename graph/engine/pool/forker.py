"""A forker: the zygote as the server sees it, a child that holds the dataset and forks workers."""

from __future__ import annotations

import os
import socket
import time
from errno import EMFILE
from typing import Final

from graph.engine.child import Child
from graph.engine.frame import FORKED, Header, PeerClosedError, bound, receive, send
from graph.engine.pool.handle import Worker
from graph.engine.settings import Settings
from graph.engine.source import Source
from graph.engine.writing.delta import Delta

ZYGOTE: Final = "graph.engine.zygote"

FORK_TIME: Final = 30.0
"""The seconds after which a zygote that does not fork is taken for dead."""

HELD: Final = 4
"""The descriptors by which a worker is held."""


class NoRoomError(OSError):
    """This process has as many descriptors open as it may have (EMFILE)."""


class Forker(Child):
    """A running zygote: greeted with its first order, it forks, and follows what is written."""

    def __init__(self) -> None:
        super().__init__(ZYGOTE)

    def fork(self, version: str, epoch: int) -> Worker:
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
        header, _ = receive(self.sock, 0, end)
        if len(descriptors) < HELD:
            for descriptor in descriptors:
                os.close(descriptor)
            raise NoRoomError(EMFILE, "too many open files for another worker")
        sock, lifeline, process, words = descriptors
        return Worker(
            int(header["pid"]),
            socket.socket(fileno=sock),
            socket.socket(fileno=lifeline),
            process,
            words,
            version,
            epoch,
        )

    def tell(self, delta: Delta, source: Source | None, seconds: float) -> Header:
        """Tell of a write, and return the state that the zygote is in within so many seconds.

        Where it reads from disk it takes note of the source alone. Raises OSError.
        """
        header, body = delta.message()
        order = {"order": "apply", "source": str(source.path) if source else None}
        send(self.sock, {**order, **header}, body)
        state, _ = receive(self.sock, 0, time.monotonic() + seconds)
        return state


def first_order(
    settings: Settings,
    source: Source | None,
    *,
    on_disk: bool,
    interim: bool = False,
    index: bool = False,
) -> Header:
    """Return the first order of a zygote; one that shall index waits for no one."""
    return {
        "source": str(source.path) if source else None,
        "complete": source is not None and source.complete,
        "on_disk": on_disk,
        "interim": interim,
        "union": settings.default_graph == "union",
        "cap": settings.max_answer,
        "memory": settings.memory,
        "cite_most": settings.cite_most,
        "index": index,
        "terms": [settings.requests_per_worker, settings.private_memory, settings.max_body],
    }
