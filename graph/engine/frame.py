"""One message between two processes: a JSON header and a body of bytes, each with its length.

Nothing here can run what a message brings: a header is JSON, a body is bytes, and both are
measured before they are read.
"""

from __future__ import annotations

import json
import socket
import struct
import time
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

FORKED: Final = b"F"
"""The byte that carries the descriptors of a new worker."""

Header = dict[str, Any]


class PeerClosedError(ConnectionError):
    """The other process has closed its end, or died."""


class FrameError(ConnectionError):
    """The other process does not keep to the framing; it is not to be trusted further."""


def send(
    sock: socket.socket, header: Header, body: bytes = b"", until: float | None = None
) -> None:
    """Send one message whole.

    Raises TimeoutError past the moment `until` (of time.monotonic), OSError where the peer is gone.
    """
    head = json.dumps(header).encode()
    start = LENGTHS.pack(len(head), len(body)) + head
    bound(sock, socket.SO_SNDTIMEO, until)
    try:
        if len(body) <= CHUNK:
            sock.sendall(start + body)
        else:
            sock.sendall(start)
            sock.sendall(body)
    except BlockingIOError:
        raise TimeoutError from None


def receive(
    sock: socket.socket,
    max_body: int,
    until: float | None = None,
    arrived: bytearray | None = None,
) -> tuple[Header, bytes]:
    """Return the next message; nothing may follow it before it is answered.

    Raises TimeoutError past the moment `until` (of time.monotonic), PeerClosedError at the end of
    the stream, and FrameError where a length is beyond its cap or the header is not an object.
    What has come of a message that is late stays in `arrived`, to be waited for again.
    """
    data = bytearray() if arrived is None else arrived
    fill(sock, data, LENGTHS.size, until)
    head_length, body_length = LENGTHS.unpack_from(data)
    if head_length > MAX_HEADER or body_length > max_body:
        raise FrameError(f"a message of {head_length} and {body_length} bytes")
    start = LENGTHS.size + head_length
    end = start + body_length
    fill(sock, data, end, until)
    if len(data) > end:
        raise FrameError("a message that goes on")
    try:
        header = json.loads(data[LENGTHS.size : start])
    except ValueError as error:
        raise FrameError("a header that is not JSON") from error
    if not isinstance(header, dict):
        raise FrameError("a header that is not an object")
    with memoryview(data) as view:
        return header, bytes(view[start:])


def fill(sock: socket.socket, data: bytearray, length: int, until: float | None) -> None:
    """Read until there are so many bytes, or more of the same message."""
    while len(data) < length:
        bound(sock, socket.SO_RCVTIMEO, until)
        try:
            chunk = sock.recv(min(max(length - len(data), SMALL), CHUNK))
        except BlockingIOError:
            raise TimeoutError from None
        except ConnectionResetError as error:
            raise PeerClosedError("reset") from error
        if not chunk:
            raise PeerClosedError("closed")
        data += chunk


def bound(sock: socket.socket, option: int, until: float | None) -> None:
    """Have the kernel bound how long the socket waits; Python would poll before each call."""
    left = 0.0 if until is None else max(until - time.monotonic(), 1e-6)
    seconds = int(left)
    sock.setsockopt(socket.SOL_SOCKET, option, TIME.pack(seconds, int((left - seconds) * 1e6)))
