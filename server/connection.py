"""A connection: the requests of one client as they arrive, with bounds on what it can hold.

Uvicorn reads requests and writes answers. Added here: a head has a length, a request a time in
which to arrive and an answer one in which to be taken; one address has a number of connections;
what two readers could take differently is refused (RFC 9112). A write without the token, and a
body that is longer than its sender may send, go on to the application without their body, which
answers 401 or 413; then the connection is closed.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from http import HTTPStatus
from typing import Any, Final

from httptools import HttpParserInvalidMethodError
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from server.exchange import METHODS
from server.problem import JSON
from server.settings import Settings
from server.token import is_writer

READS: Final = frozenset({b"GET", b"HEAD", b"OPTIONS", b"QUERY"})
WRITES: Final = (b"/update", b"/store")
UPDATE: Final = b"application/sparql-update"
VERSIONS: Final = frozenset({"1.0", "1.1"})
HEAD: Final = re.compile(rb"HTTP/1\.1 [2-5]")
"""How the head of an answer begins; one that tells to go on is no answer yet."""

REQUEST: Final = re.compile(rb"[A-Za-z]+ \S+ HTTP/1\.[01]\r\n")
"""How a request begins, whatever its method."""

SMALL: Final = 64 << 10
"""The bytes of a body that is not worth an early end: some clients listen only when it is sent."""

LINGER: Final = 2.0
"""The seconds for which what comes after an early answer is read and thrown away."""


class Bounds(Config):
    """The configuration of uvicorn, and what bounds a connection."""

    settings: Settings
    token: str | None


class RefusedError(Exception):
    """What arrives is no request that is taken: why, and the status that says so."""

    def __init__(self, detail: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        self.status = status
        super().__init__(detail)


class Outlet:
    """The transport of a connection, as one that sends and closes considerately.

    The head of an answer waits for the first of its body, to go out with it: a client would wake
    for nothing. Closing waits for what the client may still be sending: a socket that is closed
    with bytes unread resets the connection, and the client may lose what it has not read yet
    (RFC 9112, section 9.6).
    """

    def __init__(self, transport: asyncio.Transport, connection: Connection) -> None:
        self._transport = transport
        self._connection = connection
        self._closing = False
        self._head = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send a part of an answer, or keep it where it is the head."""
        if not self._head and HEAD.match(data):
            self._head = data
        else:
            self._transport.write(self._head + data if self._head else data)
            self._head = b""

    def flush(self) -> None:
        """Send a head that has no body."""
        if self._head:
            self.write(b"")

    def is_closing(self) -> bool:
        """Return whether nothing more is sent."""
        return self._closing or self._transport.is_closing()

    def close(self) -> None:
        """Close when all is sent, and all is read that comes in a moment."""
        if self.is_closing():
            return
        self.flush()
        self._closing = True
        if self._connection.cut:
            self._transport.write_eof()
            self._transport.resume_reading()
            self._connection.leave_within(LINGER)
        else:
            self._transport.close()
            self._connection.leave_within(self._connection.bounds.send_time)


class Connection(HttpToolsProtocol):
    """A connection as uvicorn has it, bounded."""

    config: Bounds
    transport: Outlet  # type: ignore[assignment]

    def __init__(self, config: Bounds, *arguments: Any, **named: Any) -> None:
        super().__init__(config, *arguments, **named)
        self.bounds = config.settings
        self.cut = False
        """Whether what still comes is thrown away."""
        self.latest = b""
        self.in_message = False
        self.in_head = False
        self.size = 0
        """The bytes of the head, as long as that arrives, then those of the body."""
        self.most = 0
        """The bytes that the body may have."""
        self.arrival: asyncio.TimerHandle | None = None
        self.departure: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, unless there are as many as there may be."""
        super().connection_made(Outlet(transport, self))  # type: ignore[arg-type]
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )
        too_many = self.same_address() > self.bounds.client_connections
        if too_many or len(self.connections) > self.bounds.connections:
            self.transport.close()

    def same_address(self) -> int:
        """Return how many connections this client has; those of the trusted proxy are not one's."""
        if self.client is None or self.client[0] == self.bounds.trusted_proxy:
            return 0
        others = (one.client for one in self.connections if isinstance(one, Connection))
        return sum(other is not None and other[0] == self.client[0] for other in others)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        for timer in (self.arrival, self.departure, self.timeout_keep_alive_task):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def eof_received(self) -> bool:  # type: ignore[override]
        """Return whether the connection stays, for who has asked may end and wait."""
        waits = self.cycle is not None and not self.cycle.response_complete
        if waits:
            self.cycle.keep_alive = False
        return waits

    def data_received(self, data: bytes) -> None:
        """Take what has arrived."""
        if self.cut:
            return
        self.latest = data
        waited = self.in_head
        super().data_received(data)
        if self.in_head and waited:
            self.size += len(data)
            if self.size > self.bounds.max_header:
                self.refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the head is too long")
        self.time_arrival()

    def time_arrival(self) -> None:
        """Bound the time in which a request arrives that is not whole yet."""
        waits = self.in_message and not self.cut
        if waits and self.arrival is None:
            self.arrival = self.loop.call_later(self.bounds.receive_time, self.give_up)
        elif not waits and self.arrival is not None:
            self.arrival.cancel()
            self.arrival = None

    def give_up(self) -> None:
        """End a connection whose request does not arrive, unless it waits for our answers."""
        self.arrival = None
        if self.flow.read_paused:
            self.time_arrival()
        else:
            self.transport.abort()

    def on_message_begin(self) -> None:
        """Begin to read a request."""
        super().on_message_begin()
        self.in_message = self.in_head = True
        self.size = 0

    def on_url(self, url: bytes) -> None:
        """Read a part of the address."""
        super().on_url(url)
        self.measure(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Read a field of the head."""
        super().on_header(name, value)
        self.measure(len(name) + len(value))

    def measure(self, size: int) -> None:
        """Count bytes of the head; raises RefusedError where there are too many."""
        self.size += size
        if self.size > self.bounds.max_header:
            status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            raise RefusedError(f"the head is longer than {self.bounds.max_header} bytes", status)

    def on_headers_complete(self) -> None:
        """Read the end of the head, and decide about the body; raises RefusedError."""
        self.require_one_meaning()
        self.in_head = False
        self.size = 0
        super().on_headers_complete()
        fields = dict(self.headers)
        writer = is_writer(self.config.token, fields.get(b"authorization", b"").decode("latin-1"))
        self.most = self.bounds.max_body if writer else self.bounds.max_query
        length = int(fields.get(b"content-length", 0))
        small = length <= SMALL and not {b"transfer-encoding", b"expect"} & fields.keys()
        if length > self.most or (self.is_write(fields) and not writer and not small):
            self.leave_out_body()

    def require_one_meaning(self) -> None:
        """Raise RefusedError where two readers of the head could take it differently (RFC 9112)."""
        version = self.parser.get_http_version()
        if version not in VERSIONS:
            raise RefusedError(f"HTTP/{version} is not spoken here")
        hosts = [value for name, value in self.headers if name == b"host"]
        if len(hosts) > 1 or b"," in b"".join(hosts):
            raise RefusedError("more than one Host")
        if not hosts and version == "1.1":
            raise RefusedError("no Host")
        codings = [value for name, value in self.headers if name == b"transfer-encoding"]
        if any(value.lower() != b"chunked" for value in codings):
            raise RefusedError("a transfer coding other than chunked")

    def is_write(self, fields: dict[bytes, bytes]) -> bool:
        """Return whether the head is that of a write."""
        if self.parser.get_method() in READS:
            return False
        kind = fields.get(b"content-type", b"").partition(b";")[0].strip().lower()
        return kind == UPDATE or self.url.startswith(WRITES)

    def on_body(self, body: bytes) -> None:
        """Read a part of the body; past its bound, nothing more is."""
        if self.cut:
            return
        super().on_body(body)
        self.size += len(body)
        if self.size > self.most:
            self.leave_out_body()

    def on_message_complete(self) -> None:
        """Read the end of a request."""
        self.in_message = False
        super().on_message_complete()

    def leave_out_body(self) -> None:
        """Let the request go on without what its body still has."""
        self.cut = True
        self.cycle.more_body = False
        self.cycle.keep_alive = False
        self.cycle.waiting_for_100_continue = False
        self.cycle.message_event.set()

    def on_response_complete(self) -> None:
        """Go on with the next request, or end where what comes is thrown away."""
        self.transport.flush()
        super().on_response_complete()
        if self.cut and not self.pipeline:
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no request, by the error that reading it has raised."""
        error = sys.exception()
        reason = error.__context__ if error is not None else None
        if isinstance(error, HttpParserInvalidMethodError) and REQUEST.match(self.latest):
            reason = RefusedError("the method is not one", HTTPStatus.METHOD_NOT_ALLOWED)
        status = reason.status if isinstance(reason, RefusedError) else HTTPStatus.BAD_REQUEST
        self.refuse(status, str(reason or error or msg))

    def refuse(self, status: HTTPStatus, detail: str) -> None:
        """Answer with a problem, and end the connection; what came before is answered first."""
        self.cut = True
        answered = self.cycle is None or self.cycle.response_complete
        if not answered and (self.in_head or self.pipeline):
            self.cycle.keep_alive = False
            return
        if not answered:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.write(refusal(status, detail, with_body=self.parser.get_method() != b"HEAD"))
        self.transport.close()

    def pause_writing(self) -> None:
        """Wait for a client that does not take its answer, but not for ever."""
        super().pause_writing()
        self.leave_within(self.bounds.send_time)

    def resume_writing(self) -> None:
        """Go on with a client that takes its answer."""
        super().resume_writing()
        if self.departure is not None and not self.transport.is_closing():
            self.departure.cancel()
            self.departure = None

    def leave_within(self, seconds: float) -> None:
        """End the connection after so many seconds, whatever is still to be sent."""
        if self.departure is not None:
            self.departure.cancel()
        self.departure = self.loop.call_later(seconds, self.transport.abort)


def refusal(status: HTTPStatus, detail: str, *, with_body: bool) -> bytes:
    """Return the answer to what is no request: a problem document (RFC 9457)."""
    problem = {"type": "about:blank", "title": status.phrase, "status": status.value}
    body = json.dumps({**problem, "detail": detail}).encode()
    allowed = f"allow: {METHODS}\r\n" if status == HTTPStatus.METHOD_NOT_ALLOWED else ""
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: {JSON}\r\n{allowed}"
        f"access-control-allow-origin: *\r\nconnection: close\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + (body if with_body else b"")
