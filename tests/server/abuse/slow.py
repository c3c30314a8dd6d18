"""Connections that say little, late, or never: all at once, for as long as the server lets them."""

import contextlib
import select
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import repeat
from typing import Final, Self

from bench.wire import Address
from tests.server.abuse.case import bearer

HOST: Final = b"Host: localhost\r\n"
PAUSE: Final = 0.5
AUTHORISED: Final = f"Authorization: {bearer()['Authorization']}\r\n".encode()

FIRST_WORDS: Final[dict[str, tuple[bytes, bytes]]] = {
    "says nothing": (b"", b""),
    "headers a byte at a time": (b"GET /health HTTP/1.1\r\n", b"X: y\r\n"),
    "a request line a byte at a time": (b"GET /", b"a"),
    "a header that grows": (b"GET /health HTTP/1.1\r\n" + HOST + b"X: ", b"y"),
    "a body that never comes": (
        b"POST /sparql HTTP/1.1\r\n" + HOST
        + b"Content-Type: application/sparql-query\r\nContent-Length: 100\r\n\r\n",
        b"",
    ),
    "a body a byte at a time": (
        b"POST /sparql HTTP/1.1\r\n" + HOST
        + b"Content-Type: application/sparql-query\r\nContent-Length: 100000\r\n\r\n",
        b" ",
    ),
    "chunks a byte at a time": (
        b"POST /sparql HTTP/1.1\r\n" + HOST
        + b"Content-Type: application/sparql-query\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"1\r\n \r\n",
    ),
    "a document a byte at a time": (
        b"PUT /store?graph=http://e/slow HTTP/1.1\r\n" + HOST + AUTHORISED
        + b"Content-Type: text/turtle\r\nContent-Length: 100000\r\n\r\n",
        b" ",
    ),
    "an answer that is not read": (
        b"GET /sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D HTTP/1.1\r\n" + HOST + b"\r\n",
    ),
}  # fmt: skip

EACH: Final = 20
"""So many connections of each kind, 180 in all."""


@dataclass(slots=True)
class Crowd:
    """Slow connections that a thread keeps alive."""

    connections: dict[socket.socket, str]
    ended: dict[str, list[float]] = field(default_factory=dict)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    @classmethod
    def open(cls, address: Address, each: int = EACH) -> Self:
        """Return a crowd that has connected."""
        crowd = cls(dict(open_connections(address, each)))
        crowd._thread = threading.Thread(target=crowd._drip, daemon=True)
        crowd._thread.start()
        return crowd

    def left(self) -> set[str]:
        """Return the kinds that still have a connection."""
        return set(self.connections.values())

    def wait(self, patience: float) -> set[str]:
        """Wait until the server has let go of all that it should; return who is left."""
        end = time.monotonic() + patience
        while self.left() and time.monotonic() < end:
            time.sleep(PAUSE)
        return self.left()

    def _drip(self) -> None:
        """Say a little to each, again and again, and note who was let go."""
        start = time.monotonic()
        while self.connections and not self._over.wait(PAUSE):
            for sock, kind in list(self.connections.items()):
                if let_go(sock, kind):
                    self.ended.setdefault(kind, []).append(time.monotonic() - start)
                    del self.connections[sock]
                    sock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join(timeout=10)
        for sock in self.connections:
            sock.close()


def open_connections(address: Address, each: int) -> Iterator[tuple[socket.socket, str]]:
    """Yield connections that have said their first words, and the kind of each."""
    for kind, (first, _) in FIRST_WORDS.items():
        for _ in repeat(None, each):
            sock = socket.create_connection(address, timeout=5)
            if kind == "an answer that is not read":
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sock.sendall(first)
            sock.setblocking(False)
            yield sock, kind


def let_go(sock: socket.socket, kind: str) -> bool:
    """Say a little more, and return whether the server has ended the connection."""
    poll = select.poll()
    poll.register(sock, select.POLLRDHUP | select.POLLIN)
    try:
        events = sum(event for _, event in poll.poll(0))
        if events & ~select.POLLIN:
            return True
        if events and kind != "an answer that is not read":
            sock.recv(1 << 16)
        with contextlib.suppress(BlockingIOError):
            sock.send(FIRST_WORDS[kind][1])
    except ConnectionError:
        return True
    return False
