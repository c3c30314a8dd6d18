"""An outlet: the transport of answers to one client, with time limits for slow clients."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from typing import Any, Final

HEAD: Final = re.compile(rb"HTTP/1\.1 [2-5]")
"""The beginning of a final response; a 1xx is not final."""

PACKED: Final = 64 << 10
"""The maximum size of a body that is copied, to be sent together with its head, in bytes."""

LINGER: Final = 2.0
"""The seconds for which data after an early answer is read and discarded."""


class Outlet:
    """The transport of a connection, which limits the time of a client that does not read.

    The head of an answer waits for the beginning of its body, so that the client wakes once.
    Before it closes, it reads the data that the client is still sending: a close with unread data
    resets the connection, and the client may lose the answer (RFC 9112, section 9.6).
    """

    def __init__(self, transport: asyncio.Transport, send_time: float) -> None:
        self.unread = False
        """Whether data from the client is discarded."""
        self._transport = transport
        self._send_time = send_time
        self._closing = False
        self._held = False
        self._head = b""
        self._written = 0
        self._pieces = deque[tuple[int, int]]()
        """The pieces that are not sent whole: the number of bytes up to its end, and its length."""
        self._end: asyncio.TimerHandle | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send a part of an answer, a head with the next part; nothing to a closed connection."""
        if self._transport.is_closing():  # uvloop raises RuntimeError, asyncio does not
            return
        if not self._head and HEAD.match(data):
            self._head = data
            return
        if len(data) > PACKED:
            self.flush()
        data, self._head = self._head + data if self._head else data, b""
        self._count_piece(len(data))
        self._transport.write(data)

    def write_whole(self, data: bytes) -> None:
        """Send an answer, head and body; nothing to a client that has gone."""
        if not self._transport.is_closing():
            self._count_piece(len(data))
            self._transport.write(data)

    def held_bytes(self) -> int:
        """Return the bytes of the pieces that are not sent whole, also of a closing connection.

        The transport keeps a piece whole until its last byte is sent.
        """
        sent = self._written - self._transport.get_write_buffer_size()
        while self._pieces and self._pieces[0][0] <= sent:
            self._pieces.popleft()
        return sum(length for _, length in self._pieces)

    def _count_piece(self, length: int) -> None:
        """Count a piece that is being written."""
        self._written += length
        self._pieces.append((self._written, length))

    def flush(self) -> None:
        """Send a head without a body."""
        if self._head:
            self.write(b"")

    def is_closing(self) -> bool:
        """Return whether the connection is closed or closing."""
        return self._closing or self._transport.is_closing()

    def close(self) -> None:
        """Close after all data is sent, and late data of the client is read."""
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

    def hold_reading(self, *, held: bool, paused: bool) -> None:
        """Receive nothing while earlier data is `held` unparsed; uvicorn may have `paused` too."""
        if held != self._held and not self.is_closing():
            self._held = held
            if held:
                self._transport.pause_reading()
            elif not paused:
                self._transport.resume_reading()

    def resume_reading(self) -> None:
        """Receive again, unless earlier data is held."""
        if not self._held:
            self._transport.resume_reading()

    def clear_pause(self) -> None:
        """Keep the connection of a client that reads again."""
        if not self.is_closing():
            self.cancel_end()

    def end_within(self, seconds: float) -> None:
        """Abort the connection after some seconds, with unsent data too."""
        self.cancel_end()
        self._end = asyncio.get_running_loop().call_later(seconds, self._transport.abort)

    def cancel_end(self) -> None:
        """Cancel the abort of the connection."""
        if self._end is not None:
            self._end.cancel()
            self._end = None
