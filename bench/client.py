"""A client of one server: each request on a connection of its own, and all of the answer."""

import socket
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urlsplit

from bench.wire import Address, Reply, request, talk

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"
PATIENCE: Final = 60.0
"""The seconds that a client waits for an answer."""


@dataclass(frozen=True, slots=True)
class Client:
    """A client of the server at an address, `http://host:port`; with a token, it may write.

    It comes from a source address, if it has one, and asks queries at a path.
    """

    address: str
    token: str | None = None
    source: str = ""
    path: str = "/sparql"

    @property
    def place(self) -> Address:
        """The host and the port."""
        parts = urlsplit(self.address)
        return str(parts.hostname), parts.port or 80

    def send(
        self, method: str, path: str, body: bytes | str | None = None, **headers: str
    ) -> Reply:
        """Return the answer to a request; the keyword `Content_Type` is the header Content-Type.

        Raises ConnectionError where there is no answer, or it is not whole.
        """
        named = {"Host": urlsplit(self.address).netloc}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            named.setdefault("Authorization", f"Bearer {self.token}")
        sent = request(method, path, named, body.encode() if isinstance(body, str) else body)
        spoken = talk(self.place, sent, PATIENCE, methods=(method,), source=self.source)
        if spoken.ending != "answered" or len(spoken.replies) != 1:
            raise ConnectionError(f"{spoken.ending} after {spoken.seconds:.1f} s")
        return spoken.reply

    def get(self, path: str, **headers: str) -> Reply:
        """Return the answer to a GET."""
        return self.send("GET", path, **headers)

    def query(self, text: str, accept: str = "*/*", **parameters: str) -> Reply:
        """Return the answer to a query by GET."""
        return self.get(f"{self.path}?{urlencode({'query': text, **parameters})}", Accept=accept)

    def update(self, text: str, path: str = "/update") -> Reply:
        """Return the answer to an update, which is sent as the body."""
        return self.send("POST", path, text, Content_Type=UPDATE)

    def raw(self, data: bytes, seconds: float = PATIENCE) -> bytes:
        """Send bytes as they are, and return all that comes until the server closes."""
        with self.connect(seconds) as connection:
            connection.sendall(data)
            chunks = []
            while chunk := connection.recv(65536):
                chunks.append(chunk)
            return b"".join(chunks)

    def connect(self, seconds: float = PATIENCE) -> socket.socket:
        """Return a connection."""
        return socket.create_connection(self.place, timeout=seconds)
