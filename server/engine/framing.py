"""The framing of messages between two processes: a JSON header and a body, each with its length.

A message cannot make its receiver execute anything: a header is JSON, a body is bytes, and the
receiver checks both lengths before it reads them. An error crosses as its class, text and facts.
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

from graph import errors

LENGTHS: Final = struct.Struct("!IQ")
TIMEVAL: Final = struct.Struct("@ll")
"""The seconds and microseconds of a socket's timeout; 0 is no timeout (socket(7), SO_RCVTIMEO)."""

MAX_HEADER_BYTES: Final = 1 << 20
MAX_DELTA_BYTES: Final = 1 << 34
"""The longest body between the server and its own children, the zygote and the writer."""

MAX_CHUNK_BYTES: Final = 1 << 17
"""The bytes that one call sends or receives, at most."""

MIN_CHUNK_BYTES: Final = 1 << 15
"""The buffer of a receive whose message is short: malloc and free of a larger one cost more."""

MAX_CACHED_HEADER_BYTES: Final = 1 << 10
"""The longest header that the cache keeps parsed: one request's header often equals the last."""

FORKED: Final = b"F"
"""The byte that carries the descriptors of a new worker."""

PIECES_PER_SEND: Final = 1 << 10

Header = dict[str, Any]
Body = bytes | list[bytes]
"""A body to send: whole, or in pieces that are too large together to be joined in memory."""

Message = tuple[Header, bytes]
"""A header and a body."""


class PeerClosedError(ConnectionError):
    """The other process has closed its end, or died."""


class FrameError(ConnectionError):
    """The other process breaks the framing, and is not trusted further."""


def send(sock: socket.socket, header: Header, body: Body = b"", until: float | None = None) -> None:
    """Send one message whole.

    Raises TimeoutError past the moment `until` (of time.monotonic), OSError if the peer is gone.
    Without a moment, the timeout that the socket already has applies.
    """
    head = json.dumps(header).encode()
    start = LENGTHS.pack(len(head), body_size(body)) + head
    for part in split_message(start, body):
        send_part(sock, part, until)


def encode(header: Header, body: bytes) -> bytes:
    """Return the bytes of one message."""
    head = json.dumps(header).encode()
    return LENGTHS.pack(len(head), len(body)) + head + body


def body_size(body: Body) -> int:
    """Return the bytes of a body."""
    return len(body) if isinstance(body, bytes) else sum(map(len, body))


def split_message(start: bytes, body: Body) -> Iterator[bytes]:
    """Yield the parts of a message, each for one send; a short message is a single part."""
    if isinstance(body, list):
        for index in range(0, len(body), PIECES_PER_SEND):
            yield b"".join([start, *body[index : index + PIECES_PER_SEND]])
            start = b""
    elif len(body) <= MAX_CHUNK_BYTES:
        start += body
    else:
        yield start
        start = body
    if start:
        yield start


def send_part(sock: socket.socket, part: bytes, until: float | None) -> None:
    """Send bytes, without a wait if the kernel's buffer has room for all of them."""
    sent = 0
    with suppress(BlockingIOError):
        sent = sock.send(part, socket.MSG_DONTWAIT)
    if sent == len(part):
        return
    if until is not None:
        set_timeout(sock, socket.SO_SNDTIMEO, until)
    try:
        sock.sendall(memoryview(part)[sent:])
    except BlockingIOError:
        raise TimeoutError from None


def receive(sock: socket.socket, max_body: int, until: float | None = None) -> Message:
    """Return the next message; the peer sends no other before this one is answered.

    Raises TimeoutError past the moment `until` (as in `send`), PeerClosedError at the end of the
    stream, and FrameError if a length is beyond its limit or the header is not a JSON object.
    """
    data = bytearray()
    while length := missing_bytes(data, max_body):
        if until is not None:
            set_timeout(sock, socket.SO_RCVTIMEO, until)
        try:
            data += receive_chunk(sock, length)
        except BlockingIOError:
            raise TimeoutError from None
    return decode(data)


def receive_chunk(sock: socket.socket, missing: int) -> bytes:
    """Return the next bytes of a message that lacks so many; raises PeerClosedError at the end."""
    try:
        chunk = sock.recv(min(max(missing, MIN_CHUNK_BYTES), MAX_CHUNK_BYTES))
    except ConnectionResetError as error:
        raise PeerClosedError("reset") from error
    if not chunk:
        raise PeerClosedError("closed")
    return chunk


def missing_bytes(data: bytearray, max_body: int) -> int:
    """Return how many bytes of a message are still to come, as far as its lengths are known.

    Raises FrameError if a length is beyond its limit, or the data is longer than the message.
    """
    length = LENGTHS.size
    if len(data) >= length:
        head, body = LENGTHS.unpack_from(data)
        if head > MAX_HEADER_BYTES or body > max_body:
            raise FrameError(f"a message of {head} and {body} bytes")
        length += head + body
        if len(data) > length:
            raise FrameError("a message that goes on")
    return length - len(data)


def decode(data: bytearray) -> Message:
    """Return the message of complete data; raises FrameError."""
    start = LENGTHS.size + LENGTHS.unpack_from(data)[0]
    head = bytes(data[LENGTHS.size : start])
    parse = cached_parse_header if len(head) <= MAX_CACHED_HEADER_BYTES else parse_header
    header = dict(parse(head))  # a copy: callers may change it
    with memoryview(data) as view:
        return header, bytes(view[start:])


def parse_header(head: bytes) -> Header:
    """Return the header of its JSON; raises FrameError."""
    try:
        header = json.loads(head)
    except ValueError as error:
        raise FrameError("a header that is not JSON") from error
    if not isinstance(header, dict):
        raise FrameError("a header that is not an object")
    return header


cached_parse_header: Final = lru_cache(maxsize=64)(parse_header)


def set_timeout(sock: socket.socket, option: int, until: float | None) -> None:
    """Have the kernel bound the waits of a socket, which without a moment waits for ever.

    socket.settimeout would cost a poll(2) before each call.
    """
    left = 0.0 if until is None else max(until - time.monotonic(), 1e-6)
    seconds = int(left)
    sock.setsockopt(socket.SOL_SOCKET, option, TIMEVAL.pack(seconds, int((left - seconds) * 1e6)))


Scalar = str | int | float | None


def is_fact(value: object) -> bool:
    """Return whether a value may cross: a scalar, or a list of texts."""
    if isinstance(value, list):
        return all(isinstance(text, str) for text in value)
    return isinstance(value, Scalar)


def encode_error(error: errors.CpecError) -> Header:
    """Return the header of an error."""
    facts = {name: value for name, value in vars(error).items() if is_fact(value)}
    return {"error": type(error).__name__, "text": str(error), "facts": facts}


def decode_error(header: Header) -> errors.CpecError | None:
    """Return the error of a header, or None if it has none.

    A child may be corrupted by a client's text, so its header is not trusted: the class must be in
    our tree of errors, and a fact must be a scalar.
    """
    if "error" not in header:
        return None
    kind = getattr(errors, str(header["error"]), None)
    if not (isinstance(kind, type) and issubclass(kind, errors.CpecError)):
        kind = errors.EngineError
    error: errors.CpecError = kind.__new__(kind)
    Exception.__init__(error, str(header.get("text", "")))
    for name, value in dict(header.get("facts", {})).items():
        if name.isidentifier() and not name.startswith("_") and is_fact(value):
            setattr(error, name, value)
    return error


def compact_json(value: object) -> bytes:
    """Return a value as JSON without blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
