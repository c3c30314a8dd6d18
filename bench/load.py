"""A load: requests on a few connections that are kept, each sent when the one before is answered.

It shares the processor with the server that it measures, so it does little: the requests are made
beforehand, one thread watches all connections, and of an answer only its status and end are read.
"""

from __future__ import annotations

import re
import select
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Self

from bench.wire import Address

LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
LAST_CHUNK: Final = b"0\r\n\r\n"
BLOCK: Final = 1 << 20
PATIENCE: Final = 120.0


@dataclass(slots=True)
class Line:
    """A connection with its last request, and the bytes of the answer so far."""

    address: Address
    sock: socket.socket
    asked: bytes = b""
    data: bytearray = field(default_factory=bytearray)
    end: int | None = None
    """Where the answer ends; 0 where its last chunk will tell, None where its head is not whole."""

    @classmethod
    def connect(cls, address: Address) -> Self:
        """Return a new connection."""
        sock = socket.create_connection(address, timeout=PATIENCE)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return cls(address, sock)

    def ask(self, request: bytes) -> None:
        """Send a request."""
        self.asked = request
        self.sock.sendall(request)

    def again(self) -> Line:
        """Return a new connection on which the same is asked (RFC 9112, section 9.3.1).

        A server may close a connection that seems idle. Raises ConnectionError within an answer.
        """
        self.sock.close()
        if self.data:
            raise ConnectionError("the server has closed the connection within an answer")
        line = Line.connect(self.address)
        line.ask(self.asked)
        return line

    def hear(self) -> bool:
        """Read some bytes, and return whether the answer is complete.

        Raises ConnectionResetError where the server closes, ConnectionError where it answers ill.
        """
        chunk = self.sock.recv(BLOCK)
        if not chunk:
            raise ConnectionResetError
        self.data += chunk
        if self.end is None and (head := self.data.find(b"\r\n\r\n")) >= 0:
            if not self.data.startswith(b"HTTP/1.1 200"):
                raise ConnectionError(bytes(self.data[:400]))
            length = LENGTH.search(self.data, 0, head + 2)
            self.end = head + 4 + int(length[1]) if length else 0
        complete = len(self.data) >= self.end if self.end else self.data.endswith(LAST_CHUNK)
        if complete and self.end is not None:
            self.data.clear()
            self.end = None
            return True
        return False


def rate(address: Address, requests: Sequence[bytes], seconds: float, clients: int) -> float:
    """Return the answers a second that so many clients get, each asking another request each time.

    It waits for the answer to each request, so that none runs on afterwards.
    Raises ConnectionError if an answer is not 200, TimeoutError if none comes.
    """
    poll, lines = select.poll(), {}

    def watch(line: Line) -> None:
        lines[line.sock.fileno()] = line
        poll.register(line.sock, select.POLLIN)

    for number in range(clients):
        line = Line.connect(address)
        watch(line)
        line.ask(requests[number % len(requests)])
    start, asked, waiting = time.perf_counter(), clients, clients
    while waiting:
        ready = poll.poll(PATIENCE * 1000)
        if not ready:
            raise TimeoutError(f"no answer from {address}")
        for descriptor, _ in ready:
            line = lines[descriptor]
            try:
                complete = line.hear()
            except ConnectionResetError:
                poll.unregister(descriptor)
                watch(line.again())
                continue
            if complete and time.perf_counter() - start < seconds:
                line.ask(requests[asked % len(requests)])
                asked += 1
            elif complete:
                waiting -= 1
                poll.unregister(descriptor)
    passed = time.perf_counter() - start
    for line in lines.values():
        line.sock.close()
    return asked / passed
