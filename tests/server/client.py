"""A client that sends what it is told over a real socket, and reads all of the answer."""

from __future__ import annotations

import http.client
import json
import socket
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import urlencode, urlsplit

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"


@dataclass(frozen=True, slots=True)
class Reply:
    """A status, the headers and the body."""

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
class Client:
    """A client of one server; with a token, it may write."""

    address: str
    token: str | None = None

    def send(
        self, method: str, path: str, body: bytes | str | None = None, **headers: str
    ) -> Reply:
        """Send one request on its own connection; `Content_Type` stands for Content-Type."""
        parts = urlsplit(self.address)
        connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=30)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            named.setdefault("Authorization", f"Bearer {self.token}")
        try:
            sent = body.encode() if isinstance(body, str) else body
            connection.request(method, path, sent, named)
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Reply:
        """Send a GET."""
        return self.send("GET", path, **headers)

    def query(self, text: str, accept: str = "*/*", **parameters: str) -> Reply:
        """Send a query by GET."""
        return self.get(f"/sparql?{urlencode({'query': text, **parameters})}", Accept=accept)

    def update(self, text: str, path: str = "/update") -> Reply:
        """Send an update as the body."""
        return self.send("POST", path, text, Content_Type=UPDATE)

    def raw(self, data: bytes, seconds: float = 30) -> bytes:
        """Send bytes as they are, and return all that comes until the server closes."""
        with self.connect(seconds) as connection:
            connection.sendall(data)
            chunks = []
            while chunk := connection.recv(65536):
                chunks.append(chunk)
            return b"".join(chunks)

    def connect(self, seconds: float = 30) -> socket.socket:
        """Return a connection."""
        parts = urlsplit(self.address)
        return socket.create_connection((str(parts.hostname), parts.port or 80), timeout=seconds)
