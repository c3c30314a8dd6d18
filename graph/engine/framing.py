"""One message between two processes: a JSON header and a body of bytes, each with its length.

Nothing here can run what a message brings: a header is JSON, a body is bytes, and both are
measured before they are read.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final

LENGTHS: Final = struct.Struct("!IQ")
TIME: Final = struct.Struct("@ll")
"""A timeval, of which zero is without a bound (socket(7), SO_RCVTIMEO)."""

MAX_HEADER: Final = 1 << 20
MAX_DELTA: Final = 1 << 34
"""The longest body between the server and its own children, the zygote and the writer."""

CHUNK: Final = 1 << 17
"""The bytes that are moved at once, at most."""

SMALL: Final = 1 << 15
"""The bytes that are asked for where few are known to come: freeing a larger block costs more."""

REMEMBERED: Final = 1 << 10
"""The bytes of a header up to which what it says is kept, for the next time it comes."""

FORKED: Final = b"F"
"""The byte that carries the descriptors of a new worker."""

PIECES: Final = 1 << 10
"""The pieces of a body that are joined at once."""

Header = dict[str, Any]
Body = bytes | list[bytes]
"""A body that is sent, whole or in pieces, which are not to be joined all at once."""

Message = tuple[Header, bytes]
"""A header and a body."""


class PeerClosedError(ConnectionError):
    """The other process has closed its end, or died."""


class FrameError(ConnectionError):
    """The other process does not keep to the framing; it is not to be trusted further."""


def send(sock: socket.socket, header: Header, body: Body = b"", until: float | None = None) -> None:
    """Send one message whole.

    Raises TimeoutError past the moment `until` (of time.monotonic), OSError where the peer is gone.
    Without a moment the socket waits as it did before: for ever, if nobody has bounded it.
    """
    head = json.dumps(header).encode()
    start = LENGTHS.pack(len(head), size_of(body)) + head
    for part in parts(start, body):
        send_part(sock, part, until)


def packed(header: Header, body: bytes) -> bytes:
    """Return one message as it is sent."""
    head = json.dumps(header).encode()
    return LENGTHS.pack(len(head), len(body)) + head + body


def size_of(body: Body) -> int:
    """Return the bytes of a body."""
    return len(body) if isinstance(body, bytes) else sum(map(len, body))


def parts(start: bytes, body: Body) -> Iterator[bytes]:
    """Yield what is sent at once of a message: all of it where it is short."""
    if isinstance(body, list):
        for place in range(0, len(body), PIECES):
            yield b"".join([start, *body[place : place + PIECES]])
            start = b""
    elif len(body) <= CHUNK:
        start += body
    else:
        yield start
        start = body
    if start:
        yield start


def send_part(sock: socket.socket, part: bytes, until: float | None) -> None:
    """Send bytes; the kernel takes most at once, and what it does not take is waited for."""
    sent = 0
    with suppress(BlockingIOError):
        sent = sock.send(part, socket.MSG_DONTWAIT)
    if sent == len(part):
        return
    if until is not None:
        bound(sock, socket.SO_SNDTIMEO, until)
    try:
        sock.sendall(memoryview(part)[sent:])
    except BlockingIOError:
        raise TimeoutError from None


def receive(sock: socket.socket, max_body: int, until: float | None = None) -> Message:
    """Return the next message; nothing may follow it before it is answered.

    Raises TimeoutError past the moment `until` (as in `send`), PeerClosedError at the end of the
    stream, and FrameError where a length is beyond its cap or the header is not an object.
    """
    data = bytearray()
    while length := missing(data, max_body):
        if until is not None:
            bound(sock, socket.SO_RCVTIMEO, until)
        try:
            data += some(sock, length)
        except BlockingIOError:
            raise TimeoutError from None
    return decode(data)


def some(sock: socket.socket, length: int) -> bytes:
    """Return some of the bytes that are missing; raises PeerClosedError at the end."""
    try:
        chunk = sock.recv(min(max(length, SMALL), CHUNK))
    except ConnectionResetError as error:
        raise PeerClosedError("reset") from error
    if not chunk:
        raise PeerClosedError("closed")
    return chunk


def missing(data: bytearray, max_body: int) -> int:
    """Return how many bytes of a message are still to come, as far as is known.

    Raises FrameError where a length is beyond its cap, or more has come than the message.
    """
    length = LENGTHS.size
    if len(data) >= length:
        head, body = LENGTHS.unpack_from(data)
        if head > MAX_HEADER or body > max_body:
            raise FrameError(f"a message of {head} and {body} bytes")
        length += head + body
        if len(data) > length:
            raise FrameError("a message that goes on")
    return length - len(data)


def decode(data: bytearray) -> Message:
    """Return the message that is whole in the data; raises FrameError."""
    start = LENGTHS.size + LENGTHS.unpack_from(data)[0]
    head = bytes(data[LENGTHS.size : start])
    header = dict((remembered if len(head) <= REMEMBERED else decoded)(head))
    with memoryview(data) as view:
        return header, bytes(view[start:])


def decoded(head: bytes) -> Header:
    """Return the header that is written so; raises FrameError."""
    try:
        header = json.loads(head)
    except ValueError as error:
        raise FrameError("a header that is not JSON") from error
    if not isinstance(header, dict):
        raise FrameError("a header that is not an object")
    return header


remembered: Final = lru_cache(maxsize=64)(decoded)
"""What one request says beside its text, the next says too. What is kept is not to be changed."""


def bound(sock: socket.socket, option: int, until: float | None) -> None:
    """Have the kernel bound how long the socket waits; Python would poll before each call.

    Without a moment it waits for ever.
    """
    left = 0.0 if until is None else max(until - time.monotonic(), 1e-6)
    seconds = int(left)
    sock.setsockopt(socket.SOL_SOCKET, option, TIME.pack(seconds, int((left - seconds) * 1e6)))
