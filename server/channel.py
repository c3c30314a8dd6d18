"""A connection: how long a client may take, and which thread looks after it.

The loop of the front reads requests, and a thread answers them. Handing a request from one to the
other costs more than many queries do, so a thread that has answered attends to its connection for
a moment: what arrives whole in it is answered at once, and the loop does not hear of it.
"""

from __future__ import annotations

import contextlib
import select
import socket
import time
from contextvars import ContextVar
from typing import Final

from waitress.channel import HTTPChannel

from server.arrival import Answering, Arrival, Refusal

ATTENTION: Final = 2
"""The milliseconds for which a thread waits for the next request on the connection it attends."""

LINGER: Final = 2.0
"""The seconds for which what comes after a refusal is read and thrown away."""


ATTENDED: Final[ContextVar[Channel | None]] = ContextVar("attended", default=None)
"""The connection that this thread attends to."""


class Channel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """A connection, which knows since when a request has been arriving, an answer been leaving."""

    parser_class = Arrival
    task_class = Answering
    error_task_class = Refusal
    attended = False
    unread = False
    arriving_since: float | None = None
    leaving_since: float | None = None
    lingering_since: float | None = None

    def received(self, data: bytes) -> bool:
        """Take what has arrived."""
        more = bool(super().received(data))
        if self.request is None:
            self.arriving_since = None
        elif self.arriving_since is None:
            self.arriving_since = time.time()
        return more

    def service(self) -> None:
        """Answer what has come, and what comes at once after it."""
        self.attended = True
        ATTENDED.set(self)
        super().service()
        while self.keeps_thread() and (self.requests or self.hears_more()):
            super().service()
        ATTENDED.set(None)
        with self.requests_lock:
            self.attended = False
            if self.requests:
                self.server.add_task(self)
        self.server.pull_trigger()

    def keeps_thread(self) -> bool:
        """Return whether a thread may stay: the connection does, and nobody else needs one."""
        server = self.server
        needed = server.ending or server.task_dispatcher.queue
        return bool(self.connected) and not needed and not self.is_leaving()

    def hears_more(self) -> bool:
        """Return whether another request arrives whole in a moment; the loop sees to all else."""
        poll = select.poll()
        poll.register(self.socket, select.POLLIN | select.POLLRDHUP)
        if poll.poll(ATTENTION) != [(self.socket.fileno(), select.POLLIN)]:
            return False
        super().handle_read()
        return bool(self.requests)

    def is_leaving(self) -> bool:
        """Return whether the loop has something to send here, or a connection to close."""
        return bool(self.total_outbufs_len or self.close_when_flushed or self.will_close)

    def handle_close(self) -> None:
        """Close; while something unread may still come, only after it, or it would cost the answer.

        A socket that is closed with bytes unread resets the connection, and the client may lose
        what it has not read yet (RFC 9112, section 9.6).
        """
        if not self.unread or not self.connected or self.lingering_since is not None:
            super().handle_close()
            return
        self.lingering_since = time.time()
        self.will_close = False
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def readable(self) -> bool:
        """Return whether to wait for more to read."""
        if self.attended:
            return False
        return self.lingering_since is not None or bool(super().readable())

    def handle_read(self) -> None:
        """Read; what comes after a refusal is thrown away."""
        if self.lingering_since is None:
            super().handle_read()
        elif not self.recv(self.adj.recv_bytes):
            super().handle_close()

    def is_busy(self) -> bool:
        """Return whether a request is under way or an answer not yet sent."""
        return bool(self.requests or self.total_outbufs_len)

    def is_late(self, now: float, receive_time: float, send_time: float) -> bool:
        """Return whether the client takes longer than it may."""
        if not self.total_outbufs_len:
            self.leaving_since = None
        elif self.leaving_since is None:
            self.leaving_since = now
        if self.lingering_since is not None:
            return now - self.lingering_since > LINGER
        arriving = now - (self.arriving_since or now)
        leaving = now - (self.leaving_since or now)
        return (not self.requests and arriving > receive_time) or leaving > send_time
