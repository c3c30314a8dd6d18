"""HTTP as bytes on a socket: the bytes sent, the replies, and how the connection ended."""

import contextlib
import json
import re
import select
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any, Final, Literal

Address = tuple[str, int]
Ending = Literal["answered", "closed", "cut", "hung"]

STATUS_LINE: Final = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?")
FIELD: Final = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]*?)[ \t]*")
QUIET: Final = 0.25
"""The seconds without a byte after which a complete answer is taken to be the last."""

BLOCK: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Reply:
    """One complete answer."""

    status: int
    headers: Message
    body: bytes

    @property
    def type(self) -> str:
        """The media type, without its parameters."""
        return self.headers.get_content_type()

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Talk:
    """All that came back on one connection, and how it ended.

    `answered`: every byte belongs to a complete answer; `closed`: not one byte came; `cut`: an
    answer is not whole, or no HTTP; `hung`: nothing ended within the patience of the client.
    """

    replies: tuple[Reply, ...]
    ending: Ending
    seconds: float
    rest: bytes = b""

    @property
    def reply(self) -> Reply:
        """The first answer."""
        return self.replies[0]


class CutError(ValueError):
    """The bytes are not a whole answer, or no HTTP."""


@dataclass(slots=True)
class Reader:
    """Reads answers out of bytes; `methods` says which of them have no body.

    `awaited` is the length of the answer in bytes, if its head gives one.
    """

    methods: tuple[str, ...] = ()
    data: bytearray = field(default_factory=bytearray)
    replies: list[Reply] = field(default_factory=list)
    awaited: int = 0

    def read(self, *, ended: bool) -> None:
        """Take every whole answer off the data; raises CutError where they are no HTTP."""
        if len(self.data) < self.awaited:
            return
        while self.data and (parsed := self._read_reply(ended=ended)) is not None:
            reply, length = parsed
            del self.data[:length]
            self.awaited = 0
            if reply.status >= 200:
                self.replies.append(reply)

    def _read_reply(self, *, ended: bool) -> tuple[Reply, int] | None:
        """Return the first answer and its length, or None if it is incomplete yet."""
        if (end := self.data.find(b"\r\n\r\n")) < 0:
            return None
        first, *lines = bytes(self.data[:end]).split(b"\r\n")
        status = STATUS_LINE.fullmatch(first)
        fields = [FIELD.fullmatch(line) for line in lines]
        if status is None or not all(fields):
            raise CutError(f"not a head of HTTP: {bytes(self.data[:end])!r}")
        headers = Message()
        for line in filter(None, fields):
            headers.add_header(line[1].decode("ascii"), line[2].decode("latin-1"))
        parsed = self._body(int(status[1]), headers, end + 4, ended=ended)
        if parsed is None:
            return None
        body, length = parsed
        return Reply(int(status[1]), headers, body), length

    def _body(
        self, status: int, headers: Message, start: int, *, ended: bool
    ) -> tuple[bytes, int] | None:
        """Return the body that begins at `start` and where it ends (RFC 9112, section 6.3)."""
        number = len(self.replies)
        method = self.methods[number] if number < len(self.methods) else ""
        if method == "HEAD" or status < 200 or status in {204, 304}:
            return b"", start
        if "chunked" in headers.get("Transfer-Encoding", ""):
            return decode_chunks(self.data, start)
        if "Content-Length" in headers:
            self.awaited = start + int(headers["Content-Length"])
            if len(self.data) < self.awaited:
                return None
            with memoryview(self.data) as data:
                return bytes(data[start : self.awaited]), self.awaited
        return (bytes(self.data[start:]), len(self.data)) if ended else None


def decode_chunks(data: bytearray, start: int) -> tuple[bytes, int] | None:
    """Return the body of a chunked answer and where it ends, or None if it is incomplete."""
    body = bytearray()
    while (line := data.find(b"\r\n", start)) >= 0:
        size = int(bytes(data[start:line]).split(b";")[0], 16)
        if len(data) < line + size + 4:
            return None
        body += data[line + 2 : line + 2 + size]
        start = line + size + 4
        if size == 0:
            return bytes(body), start
    return None


def talk(
    address: Address,
    sent: bytes,
    patience: float,
    *,
    methods: tuple[str, ...] = (),
    half_close: bool = False,
    source: str = "",
) -> Talk:
    """Send bytes on a fresh connection, from a source address, and return all that comes back.

    Reads while it sends, since a server may answer before it has heard everything; `half_close`
    ends the sending side after the last byte.
    """
    start = time.monotonic()
    reader = Reader(methods)
    with socket.create_connection(address, patience, (source, 0)) as sock:
        sock.setblocking(False)
        ending = Conversation(sock, reader, memoryview(sent), half_close=half_close).run(
            start + patience
        )
    return Talk(tuple(reader.replies), ending, time.monotonic() - start, bytes(reader.data[:200]))


@dataclass(slots=True)
class Conversation:
    """One connection while it lasts."""

    sock: socket.socket
    reader: Reader
    unsent: memoryview
    half_close: bool = False

    def run(self, end: float) -> Ending:
        """Send and read until the server closes, falls quiet after an answer, or time is up."""
        self._shut()
        while (left := end - time.monotonic()) > 0:
            answered = bool(self.reader.replies) and not self.reader.data
            ready = self._ready(
                min(left, QUIET) if answered else left, writing=bool(self.unsent) and not answered
            )
            readable = ready & ~select.POLLOUT
            try:
                if readable and not self._hear():
                    return self._over()
                if ready and not readable:
                    self._say()
            except CutError:
                return "cut"
            if answered and not readable:
                return "answered"
        return "hung"

    def _ready(self, seconds: float, *, writing: bool) -> int:
        """Return the first events of poll(2), 0 if none comes in time.

        select(2) would know no descriptor past 1,023.
        """
        poll = select.poll()
        poll.register(self.sock, select.POLLIN | (select.POLLOUT if writing else 0))
        return sum(event for _, event in poll.poll(seconds * 1000))

    def _hear(self) -> bool:
        """Read some bytes; return whether there may be more."""
        try:
            data = self.sock.recv(BLOCK * 4)
        except ConnectionError:
            data = b""
        self.reader.data += data
        self.reader.read(ended=not data)
        return bool(data)

    def _say(self) -> None:
        """Send as much as the server takes now."""
        try:
            self.unsent = self.unsent[self.sock.send(self.unsent[:BLOCK]) :]
        except ConnectionError:
            self.unsent = memoryview(b"")
        self._shut()

    def _shut(self) -> None:
        """End the sending side where it shall be, once all is sent."""
        if not self.unsent and self.half_close:
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_WR)
            self.half_close = False

    def _over(self) -> Ending:
        """Return how a connection ended that the server has closed."""
        if self.reader.data:
            return "cut"
        return "answered" if self.reader.replies else "closed"


def request(
    method: str, target: str, fields: Mapping[str, str] | None = None, body: bytes | None = None
) -> bytes:
    """Return a request of HTTP/1.1 for one answer, as bytes."""
    given = {"Host": "localhost", "Connection": "close", **(fields or {})}
    if body is not None:
        given.setdefault("Content-Length", str(len(body)))
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode() + (body or b"")
