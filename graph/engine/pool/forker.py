"""A forker: the zygote as the server sees it, a child that holds the dataset and forks workers."""

from __future__ import annotations

import socket
import time
from typing import Final

from graph.engine.child import Child
from graph.engine.dataset import Source
from graph.engine.frame import FORKED, Header, PeerClosedError, bound, receive, send
from graph.engine.pool.handle import Worker
from graph.engine.settings import Settings
from graph.engine.writing.delta import Delta

ZYGOTE: Final = "graph.engine.zygote"

FORK_TIME: Final = 30.0
"""The seconds after which a zygote that does not fork is taken for dead."""


class Forker(Child):
    """A running zygote: greeted with its first order, it forks, and follows what is written."""

    def __init__(self) -> None:
        super().__init__(ZYGOTE)

    def fork(self, version: str, epoch: int) -> Worker:
        """Return a new worker, which reads that version; raises OSError and TimeoutError."""
        send(self.sock, {"order": "fork"})
        end = time.monotonic() + FORK_TIME
        bound(self.sock, socket.SO_RCVTIMEO, end)
        byte, descriptors, _, _ = socket.recv_fds(self.sock, 1, 4)
        if byte != FORKED:
            raise PeerClosedError("the zygote is gone")
        sock, lifeline, process, words = descriptors
        header, _ = receive(self.sock, 0, end)
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
    settings: Settings, source: Source | None, *, on_disk: bool, index: bool = False
) -> Header:
    """Return the first order of a zygote; one that shall index waits for no one."""
    return {
        "source": str(source.path) if source else None,
        "complete": source is not None and source.complete,
        "on_disk": on_disk,
        "union": settings.default_graph == "union",
        "cap": settings.max_answer,
        "memory": settings.memory,
        "cite_most": settings.cite_most,
        "index": index,
        "terms": [settings.requests_per_worker, settings.private_memory, settings.max_body],
    }
