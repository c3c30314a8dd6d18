"""A reply: a complete answer to a request, without the objects that a framework makes of one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Fields = list[tuple[str, str]]
"""Headers: names and values, in their order."""


@dataclass(slots=True)
class Reply:
    """A status, headers and a body; a WSGI application (PEP 3333), as Flask takes from a view."""

    body: bytes = b""
    headers: Fields = field(default_factory=list)
    status: HTTPStatus = HTTPStatus.OK

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Send the reply; to HEAD, and where nothing was modified, without its body."""
        headers = self.headers
        if self.status != HTTPStatus.NOT_MODIFIED:
            headers = [*headers, ("Content-Length", str(len(self.body)))]
        start_response(f"{self.status.value} {self.status.phrase}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [self.body]
