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
MAX_HEADER: Final = 1 << 20
MAX_DELTA: Final = 1 << 34
"""The longest body between the server and its own children, the zygote and the writer."""

CHUNK: Final = 1 << 17
"""The bytes that are moved at once."""

FORKED: Final = b"F"
"""The byte that carries the descriptors of a new worker."""

Header = dict[str, Any]


class PeerClosedError(ConnectionError):
    """The other process has closed its end, or died."""


class FrameError(ConnectionError):
    """The other process does not keep to the framing; it is not to be trusted further."""


def send(sock: socket.socket, header: Header, body: bytes = b"") -> None:
    """Send one message whole; raises OSError where the peer is gone."""
    head = json.dumps(header).encode()
    start = LENGTHS.pack(len(head), len(body)) + head
    if len(body) <= CHUNK:
        sock.sendall(start + body)
    else:
        sock.sendall(start)
        sock.sendall(body)


def receive(
    sock: socket.socket, max_body: int, until: float | None = None
) -> tuple[Header, bytearray]:
    """Return the next message; nothing may follow it before it is answered.

    Raises TimeoutError past the moment `until` (of time.monotonic), PeerClosedError at the end of
    the stream, and FrameError where a length is beyond its cap or the header is not an object.
    """
    data = bytearray()
    fill(sock, data, LENGTHS.size, until)
    head_length, body_length = LENGTHS.unpack_from(data)
    start, end = LENGTHS.size, LENGTHS.size + head_length
    if head_length > MAX_HEADER or body_length > max_body:
        raise FrameError(f"a message of {head_length} and {body_length} bytes")
    fill(sock, data, end, until)
    try:
        header = json.loads(data[start:end])
    except ValueError as error:
        raise FrameError("a header that is not JSON") from error
    if not isinstance(header, dict):
        raise FrameError("a header that is not an object")
    del data[:end]
    fill(sock, data, body_length, until)
    if len(data) > body_length:
        raise FrameError("a message that goes on")
    return header, data


def fill(sock: socket.socket, data: bytearray, length: int, until: float | None) -> None:
    """Read until there are so many bytes, or more of the same message."""
    while len(data) < length:
        sock.settimeout(None if until is None else max(until - time.monotonic(), 1e-6))
        try:
            chunk = sock.recv(CHUNK)
        except ConnectionResetError as error:
            raise PeerClosedError("reset") from error
        if not chunk:
            raise PeerClosedError("closed")
        data += chunk
