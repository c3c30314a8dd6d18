"""A reply: status, headers and body, sent by WSGI or ASGI without a framework's objects."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

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
