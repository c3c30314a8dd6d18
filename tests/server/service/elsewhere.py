"""Another endpoint, over real sockets: the path of a request names the answer, good or bad."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs

from tests.waiting import join

STEP: Final = 0.05
"""Seconds between two bytes of whoever is slow, far less than any bound of a single step."""

ROWS: Final = [
    {
        "s": {"type": "uri", "value": f"https://w3id.org/cpec-graph/id/{name}"},
        "o": {"type": "literal", "value": f"{name} elsewhere"},
    }
    for name in ("Pakistan", "China", "Nowhere")
]


HELLO: Final = b"\x16"
"""The first byte of TLS (RFC 8446, section 5.1)."""


def receive_chunk(caller: socket.socket) -> bytes:
    """Return the next bytes; raises ConnectionError at the end."""
    if not (data := caller.recv(65536)):
        raise ConnectionError
    return data


def results(rows: object) -> bytes:
    """Return SPARQL 1.1 Query Results JSON."""
    return json.dumps({"head": {"vars": ["s", "o"]}, "results": {"bindings": rows}}).encode()


GOOD: Final = results(ROWS)
TYPE: Final = "Content-Type: application/sparql-results+json\r\n"


def head(status: str, fields: str = "", length: int | None = None) -> bytes:
    """Return the head of an answer, with its Content-Length where it has one."""
    size = "" if length is None else f"Content-Length: {length}\r\n"
    return f"HTTP/1.1 {status}\r\n{fields}{size}\r\n".encode()


def whole(body: bytes, status: str = "200 OK", fields: str = TYPE) -> bytes:
    """Return a complete answer."""
    return head(status, fields, len(body)) + body


def write_chunks(*chunks: bytes) -> bytes:
    """Return the beginning of a chunked answer."""
    start = head("200 OK", TYPE + "Transfer-Encoding: chunked\r\n")
    return start + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)


BLANK: Final = results([{"s": {"type": "bnode", "value": "b0"}, "o": ROWS[0]["o"]}])
ANSWERS: Final[dict[str, bytes]] = {
    "/good": whole(GOOD),
    "/old": whole(GOOD, fields="Content-Type: application/json; charset=utf-8\r\n"),
    "/chunked": write_chunks(GOOD[:9], GOOD[9:]) + b"0\r\n\r\n",
    "/unmeasured": head("200 OK", TYPE) + GOOD,
    "/redirect": whole(b"", "302 Found", "Location: /good\r\n"),
    "/permanent": whole(b"", "308 Permanent Redirect", "Location: /good\r\n"),
    "/error": whole(b"secret of elsewhere", "500 Internal Server Error"),
    "/missing": whole(b"", "404 Not Found"),
    "/partial": whole(GOOD, "206 Partial Content"),
    "/page": whole(b"<html>", fields="Content-Type: text/html\r\n"),
    "/packed": whole(GOOD, fields=TYPE + "Content-Encoding: gzip\r\n"),
    "/malformed": whole(GOOD[:-3]),
    "/boolean": whole(b'{"head": {}, "boolean": true}'),
    "/blank": whole(BLANK),
    "/many": whole(results(ROWS * 40)),
    "/nested": whole(b'{"head":' + b"[" * 1_000_000),
    "/cut": head("200 OK", TYPE, len(GOOD) + 9) + GOOD,
    "/cut-chunk": write_chunks(GOOD),
    "/closed": b"",
    "/noise": b"\x00\xff nothing of HTTP\r\n\r\n",
    "/fields": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
    "/large": whole(GOOD + b" " * (1 << 20)),
}
"""What comes back, byte for byte, before the connection is closed."""


@dataclass(slots=True)
class Elsewhere:
    """A server on a port of loopback, and the requests that it got: paths, fields, queries."""

    listener: socket.socket
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    meanwhile: Callable[[], object] = bool
    """What happens between a request and its answer."""
    open: bool = True

    @property
    def address(self) -> str:
        """The address of the server."""
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def listen(self) -> None:
        """Answer each caller in a thread of its own."""
        with suppress(OSError):
            while True:
                caller, _ = self.listener.accept()
                threading.Thread(target=self.serve, args=(caller,), daemon=True).start()

    def serve(self, caller: socket.socket) -> None:
        """Answer one request."""
        with caller, suppress(OSError):
            path = self.read(caller)
            self.meanwhile()
            if path in ANSWERS:
                caller.sendall(ANSWERS[path])
            else:
                self.trickle(caller.sendall, path)

    def read(self, caller: socket.socket) -> str:
        """Return the path of a request that has been read to its end."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += receive_chunk(caller)
            if data.startswith(HELLO):
                return "/noise"
        fields, _, body = data.partition(b"\r\n\r\n")
        length = int(fields.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        while len(body) < length:
            body += receive_chunk(caller)
        path = fields.split()[1].decode()
        (query,) = parse_qs(body.decode())["query"]
        self.asked.append((path, fields.decode(), query))
        return path.partition("?")[0]

    def trickle(self, send: Callable[[bytes], None], path: str) -> None:
        """Send without an end, or nothing at all, as long as the caller stays."""
        starts = {"/slow-head": b"HTTP/1.1 200 OK\r\nX: ", "/slow-body": head("200 OK", TYPE)}
        send(starts.get(path, b""))
        if path == "/endless":
            send(write_chunks())
        while self.open:
            if path == "/endless":
                send(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
            elif path in starts:
                send(b" ")
            if path != "/endless":
                time.sleep(STEP)


@contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    """Run such a server."""
    server = Elsewhere(socket.create_server(("127.0.0.1", 0)))
    thread = threading.Thread(target=server.listen, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.open = False
        server.listener.shutdown(socket.SHUT_RDWR)
        server.listener.close()
        join(thread)


def closed_address() -> str:
    """Return an address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}/sparql"
