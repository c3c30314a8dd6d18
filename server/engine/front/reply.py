"""A reply: status, headers and body, sent by WSGI or ASGI without a framework's objects."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PROBLEM: Final = "application/problem+json"
"""The media type of an error (RFC 9457)."""

METHODS: Final = "GET, HEAD, POST, PUT, DELETE, QUERY, OPTIONS"
ALLOWED: Final = "Accept, Authorization, Content-Type, If-Match, If-None-Match"
EXPOSED: Final = (
    "Accept-Query, Allow, Content-Disposition, ETag, Empty-Reason, Graph-Not-Found, Left-Out, "
    "Link, Location, Receipt-Status, Retry-After, Server-Timing, X-Request-Id"
)
POLICY: Final = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'"
)
EMBEDDED: Final = ("Content-Security-Policy", POLICY.replace("ancestors 'none'", "ancestors *"))
"""The field of a page that a frame of any page may show: it has nothing to click by mistake."""

ALWAYS: Final = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", EXPOSED),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", POLICY),
    ("Referrer-Policy", "no-referrer"),
)
"""The header fields of every response: CORS without credentials, and limits for browsers."""

PREFLIGHT: Final = (
    ("Access-Control-Allow-Methods", METHODS),
    ("Access-Control-Allow-Headers", ALLOWED),
    ("Access-Control-Max-Age", "86400"),
)

Fields = list[tuple[str, str]]
"""Header fields: names and values, in order."""

Send = Callable[[Any], Awaitable[None]]
"""The ASGI callable that sends the messages of a response."""


@dataclass(slots=True)
class Reply:
    """A complete response; as a WSGI application (PEP 3333), Flask accepts it from a view.

    A reply with a `version` answers the same request as long as the dataset has that version.
    A body in chunks is too long for memory; its headers have its length.
    """

    body: bytes | Iterable[bytes] = b""
    headers: Fields = field(default_factory=list)
    status: HTTPStatus = HTTPStatus.OK
    version: str = ""

    @classmethod
    def from_state(cls, state: Mapping[str, object], status: HTTPStatus = HTTPStatus.OK) -> Reply:
        """Return a state as JSON that no cache keeps."""
        body = json.dumps(state, separators=(",", ":")) + "\n"
        headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
        return cls(body.encode(), headers, status)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Send the reply by WSGI, to HEAD without its body."""
        start_response(f"{self.status.value} {self.status.phrase}", self.fields())
        if environ["REQUEST_METHOD"] == "HEAD":
            return []
        return [self.body] if isinstance(self.body, bytes) else self.body

    def fields(self) -> Fields:
        """Return the header fields with Content-Length."""
        known = any(name == "Content-Length" for name, _ in self.headers)
        if known or self.status == HTTPStatus.NOT_MODIFIED or not isinstance(self.body, bytes):
            return self.headers
        return [*self.headers, ("Content-Length", str(len(self.body)))]

    async def send(self, send: Send, headers: Fields) -> None:
        """Send the reply by ASGI with these header fields; the server drops the body for HEAD."""
        fields = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        await send({"type": "http.response.start", "status": self.status.value, "headers": fields})
        if isinstance(self.body, bytes):
            await send({"type": "http.response.body", "body": self.body})
            return
        chunks = iter(self.body)
        try:
            while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body"})
        finally:
            getattr(self.body, "close", bool)()
