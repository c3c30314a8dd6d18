"""A request as it arrives: refused at its head where it can be, so that no body is held.

Waitress reads a body whole before the application sees the request. Here a write without the token,
and a body longer than its sender may send, are complete when their head is: the application then
answers 401 or 413, and the connection is closed.
"""

from __future__ import annotations

import json
from typing import Final

from waitress.adjustments import Adjustments
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.task import ErrorTask, WSGITask

from server.problem import JSON
from server.token import is_writer

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "QUERY"})
WRITES: Final = ("/update", "/store")
UPDATE: Final = "application/sparql-update"
SMALL: Final = 64 << 10
"""The bytes of a body that is not worth an early end: some clients listen only when it is sent."""

PACKED: Final = 256 << 10
"""The bytes of a body up to which it is copied, to be sent together with its head."""


class Bounds(Adjustments):  # type: ignore[misc]  # waitress has no types
    """The adjustments of waitress, with the token of writes, and those for who has not got it."""

    token: str | None = None
    strangers: Bounds


class Arrival(HTTPRequestParser):  # type: ignore[misc]
    """A request on its way in."""

    adj: Bounds
    cut = False

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head, and decide about the body; raises ParsingError."""
        try:
            super().parse_header(header_plus)
        except ValueError as error:  # an address with half a bracket, from urllib
            raise ParsingError(f"the address cannot be read: {error}") from None
        self.require_one_meaning(header_plus)
        writer = is_writer(self.adj.token, self.headers.get("AUTHORIZATION", ""))
        if not writer:
            self.adj = self.adj.strangers
        too_long = self.content_length >= self.adj.max_request_body_size
        if too_long or (self.is_write() and not writer and not self.is_small()):
            self.without_body()

    def require_one_meaning(self, head: bytes) -> None:
        """Raise ParsingError where two readers of the head could take it differently (RFC 9112)."""
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("Content-Length beside Transfer-Encoding")
        if self.version == "1.1" and "HOST" not in self.headers:
            raise ParsingError("no Host")
        if "," in self.headers.get("HOST", ""):
            raise ParsingError("more than one Host")
        if b"\0" in head:
            raise ParsingError("a NUL in the head")

    def is_write(self) -> bool:
        """Return whether the head is that of a write."""
        if self.command in SAFE:
            return False
        kind = self.headers.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
        return kind == UPDATE or str(self.path).startswith(WRITES)

    def is_small(self) -> bool:
        """Return whether the body is known to be short, and its sender does not wait."""
        return not self.chunked and not self.expect_continue and self.content_length <= SMALL

    def without_body(self) -> None:
        """Be complete without the body; Content-Length still says how long it would be."""
        self.cut = True
        self.body_rcv = None
        self.content_length = 0
        self.chunked = False
        self.expect_continue = False
        self.connection_close = True
        self.headers["CONNECTION"] = "close"


class Answering(WSGITask):  # type: ignore[misc]
    """The application's answer to a request."""

    wrote_header = False

    def execute(self) -> None:
        """Answer; where the body was left out, some of it may still come."""
        self.channel.unread = self.request.cut
        super().execute()

    def write(self, data: bytes) -> None:
        """Write a part of the body; the head goes out with the first, as one packet."""
        if self.wrote_header or not (self.complete and 0 < len(data) <= PACKED):
            super().write(data)
            return
        head = self.build_response_header()
        self.wrote_header = True
        if not self.has_body or self.chunked_response or self.content_length != len(data):
            self.channel.write_soon(head)
            super().write(data)
        else:
            self.content_bytes_written = len(data)
            self.channel.write_soon(head + data)


class Refusal(ErrorTask):  # type: ignore[misc]
    """The answer to what is no request: a problem document, and the end of the connection."""

    def execute(self) -> None:
        """Write the answer; a coding that is not understood is the client's fault, so 400."""
        self.channel.unread = True
        error = self.request.error
        code, reason = (400, "Bad Request") if error.code == 501 else (error.code, error.reason)
        problem = {"type": "about:blank", "title": reason, "status": code, "detail": error.body}
        body = json.dumps(problem).encode()
        self.status = f"{code} {reason}"
        self.response_headers += [("Content-Type", JSON), ("Access-Control-Allow-Origin", "*")]
        self.set_close_on_finish()
        self.content_length = len(body)
        start = getattr(self.request, "first_line", b"")
        self.write(b"" if start.startswith(b"HEAD ") else body)
