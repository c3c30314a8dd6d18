"""An outlet: the way of answers to one client, who may be slow to take them, or take none."""

from __future__ import annotations

import asyncio
import re
from typing import Any, Final

HEAD: Final = re.compile(rb"HTTP/1\.1 [2-5]")
"""How the head of an answer begins; one that tells to go on is no answer yet."""

PACKED: Final = 64 << 10
"""The bytes that are copied, to be sent together with the head before them."""

LINGER: Final = 2.0
"""The seconds for which what comes after an early answer is read and thrown away."""


class Outlet:
    """The transport of a connection, as one that sends and closes with consideration.

    The head of an answer waits for the first of its body, to go out with it: a client would wake
    for nothing. What is sent has a time in which to be taken. Closing waits for what the client may
    still be sending: a socket that is closed with bytes unread resets the connection, and the
    client may lose what it has not read yet (RFC 9112, section 9.6).
    """

    def __init__(self, transport: asyncio.Transport, send_time: float) -> None:
        self.unread = False
        """Whether what the client may still be sending is thrown away."""
        self._transport = transport
        self._send_time = send_time
        self._closing = False
        self._head = b""
        self._end: asyncio.TimerHandle | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send a part of an answer, or keep it where it is the head; nothing to who is gone."""
        if self._transport.is_closing():  # uvloop raises RuntimeError, asyncio does not
            return
        if not self._head and HEAD.match(data):
            self._head = data
            return
        if len(data) > PACKED:
            self.flush()
        self._transport.write(self._head + data if self._head else data)
        self._head = b""

    def write_whole(self, data: bytes) -> None:
        """Send an answer, head and body; nothing to who is gone."""
        if not self._transport.is_closing():
            self._transport.write(data)

    def flush(self) -> None:
        """Send a head that has no body."""
        if self._head:
            self.write(b"")

    def is_closing(self) -> bool:
        """Return whether nothing more is sent."""
        return self._closing or self._transport.is_closing()

    def close(self) -> None:
        """Close when all is sent, and all is read that comes in a moment."""
        if self.is_closing():
            return
        self.flush()
        self._closing = True
        if self.unread:
            self._transport.write_eof()
            self._transport.resume_reading()
            self.end_within(LINGER)
        else:
            self._transport.close()
            self.end_within(self._send_time)

    def paused(self) -> None:
        """Wait for a client that does not take what is sent, but not for ever."""
        self.end_within(self._send_time)

    def resumed(self) -> None:
        """Go on with a client that takes what is sent."""
        if not self.is_closing():
            self.ended()

    def end_within(self, seconds: float) -> None:
        """End the connection after so many seconds, whatever is still to be sent."""
        self.ended()
        self._end = asyncio.get_running_loop().call_later(seconds, self._transport.abort)

    def ended(self) -> None:
        """Take note that the connection has ended, or goes on."""
        if self._end is not None:
            self._end.cancel()
            self._end = None
