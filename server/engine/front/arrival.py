"""An arrival: reads the requests of one client, within limits.

Uvicorn reads requests. This class limits the length and the fields of a head, and the time of a
request to arrive; a pipelined request waits unread while the earlier ones run. It refuses a head
that two readers could parse differently (RFC 9112). A write without the token, and too long a body,
reach the application without their body: it answers 401 or 413, then the connection closes.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Hashable
from typing import Any, Final, Protocol

from httptools import HttpRequestParser
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from server.engine.account import Accounts
from server.engine.front import refusal
from server.engine.front.address import read_client
from server.engine.front.bearer_token import Tokens
from server.engine.front.front_settings import FrontSettings
from server.engine.front.kept import Key, key_of
from server.engine.front.outlet import Outlet
from server.engine.front.round_robin import RoundRobin

READS: Final = frozenset({b"GET", b"HEAD", b"OPTIONS", b"QUERY"})
WRITES: Final = (b"/update", b"/store")
UPDATE: Final = b"application/sparql-update"
SLICE: Final = 8 << 10
"""The maximum number of bytes parsed in one turn of the loop; a slice ends with a head, if one
ends in it. So one turn parses one head and writes one kept reply for each connection."""

HEAD_END: Final = b"\r\n\r\n"

SMALL_BODY_BYTES: Final = 64 << 10
"""The size of a body that is read to its end: some clients read only after they have sent."""


class SiteExchanges(Protocol):
    """The ASGI application of a site, which also counts what the fronts answer without it."""

    def repeat(self, key: Key, client: str, start: float) -> bytes | None:
        """Return the kept reply for a client, without status line and date, or None."""

    def record_refusal(
        self, refused: refusal.RefusedError, client: str, method: bytes, target: bytes
    ) -> None:
        """Count and log a request that is refused."""

    def count_crowded_out(self) -> None:
        """Count a connection that is closed to make room."""


class ConnectionConfig(Config):
    """The configuration of uvicorn, and the limits of a connection."""

    settings: FrontSettings
    tokens: Tokens
    exchanges: SiteExchanges
    accounts: Accounts
    turns: RoundRobin
    peers: dict[Hashable, dict[Any, None]]
    """The connections of each peer."""


class Arrival(HttpToolsProtocol):
    """The reading side of a connection of uvicorn, with limits."""

    config: ConnectionConfig
    transport: Outlet  # type: ignore[assignment]

    def __init__(self, config: ConnectionConfig, *arguments: Any, **named: Any) -> None:
        super().__init__(config, *arguments, **named)
        self.bounds = config.settings
        self.peer: Hashable = self
        """The client; of the trusted proxy, which has many clients, the connection."""
        self.latest = b""
        """The slice that is being parsed."""
        self.unread = bytearray()
        """The received bytes that are not parsed yet."""
        self.waits = False
        """Whether the next slice waits for its turn."""
        self.instead = b""
        """The bytes to parse instead of the rest of a slice."""
        self.in_message = False
        self.in_head = False
        self.size = 0
        """The size of the body so far."""
        self.beside = 0
        """The size of a head in several slices, then of the framing and the trailer of the body."""
        self.again = False
        """Whether a kept reply answered the request."""
        self.most = 0
        """The maximum size of the body."""
        self.arrival: asyncio.TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        """Keep received data until its turn; receive no more than a slice before."""
        if self.transport.unread:
            return
        self.unread += data
        self.read_on()
        if len(self.unread) > SLICE:
            self.transport.hold_reading(held=True, paused=self.flow.read_paused)

    def read_on(self) -> None:
        """Have the next slice parsed in its turn, if bytes may be parsed."""
        if self.unread and not self.waits and self.may_read():
            self.waits = True
            self.config.turns.add(self.peer, self.read)

    def read(self) -> None:
        """Parse one slice, unless a request waits for an earlier one; the next has its own turn."""
        self.waits = False
        if self.unread and self.may_read():
            self.latest = bytes(self.unread[: self.slice_size()])
            del self.unread[: len(self.latest)]
            self.read_slice()
        if self.transport.unread:
            self.unread.clear()
        self.read_on()
        self.transport.hold_reading(held=bool(self.unread), paused=self.flow.read_paused)
        self.time_arrival()

    def may_read(self) -> bool:
        """Return whether the next bytes may be parsed."""
        return not (self.pipeline or self.transport.unread or self.transport.is_closing())

    def slice_size(self) -> int:
        """Return the size of the next slice of the unread bytes."""
        if self.in_message and not self.in_head:
            return SLICE
        end = self.unread.find(HEAD_END, 0, SLICE)
        return SLICE if end < 0 else end + len(HEAD_END)

    def read_slice(self) -> None:
        """Parse the latest slice, or its replacement without an upgrade (RFC 9110, section 7.8)."""
        while self.latest:
            message, size, length = self.headers, self.size, len(self.latest)
            super().data_received(self.latest)
            self.latest, self.instead = self.instead, b""
            if self.in_message and self.headers is message and not self.transport.unread:
                self.bound(length - (self.size - size))

    def bound(self, more: int) -> None:
        """Count more bytes of a head, framing or trailer, and refuse too many."""
        self.beside += more
        limit = self.bounds.max_header + (0 if self.in_head else self.most)
        if self.beside > limit:
            self.refuse(
                refusal.head_too_long(limit) if self.in_head else refusal.framing_too_long(limit)
            )

    def time_arrival(self) -> None:
        """Start or stop the timer of an incomplete request."""
        waits = self.in_message and not self.transport.unread
        if waits and self.arrival is None:
            self.arrival = self.loop.call_later(self.bounds.receive_time, self.give_up)
        elif not waits and self.arrival is not None:
            self.arrival.cancel()
            self.arrival = None

    def give_up(self) -> None:
        """Refuse an incomplete request, unless the server has paused its reading."""
        self.arrival = None
        if self.flow.read_paused or self.unread:
            self.time_arrival()
        else:
            self.refuse(refusal.too_late(self.bounds.receive_time))

    def on_message_begin(self) -> None:
        """Start a request."""
        super().on_message_begin()
        self.in_message = self.in_head = True
        self.size = self.beside = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """Add a field of the head; drop a trailer field (RFC 9110, section 6.5.1)."""
        if self.in_head:
            super().on_header(name, value)
            if len(self.headers) > self.bounds.max_fields:
                raise refusal.too_many_fields(self.bounds.max_fields)

    def on_headers_complete(self) -> None:
        """Check the head, and decide whether to read the body; raises RefusedError."""
        if self.parser.should_upgrade():
            refusal.require_no_tunnel(self.parser.get_method())
            return
        refusal.require_length(self.url, self.headers, self.bounds.max_header)
        version = self.parser.get_http_version()
        refusal.require_one_meaning(version, self.headers)
        self.url, self.headers[:] = refusal.in_origin_form(self.url, self.headers)
        self.expect_100_continue &= version != "1.0"
        self.in_head = False
        self.beside = 0
        if self.repeats(version):
            return
        super().on_headers_complete()
        fields = dict(self.headers)
        writer = self.config.tokens.allow(fields.get(b"authorization", b"").decode("latin-1"))
        self.most = self.bounds.max_body if writer else self.bounds.max_query
        length = int(fields.get(b"content-length", 0))
        small = length <= SMALL_BODY_BYTES and not {b"transfer-encoding", b"expect"} & fields.keys()
        if length > self.most or (self.is_write(fields) and not writer and not small):
            self.leave_out_body()

    def repeats(self, version: str) -> bool:
        """Answer a request by a kept reply, and return whether there was one."""
        self.again = False
        if version != "1.1" or self.parser.get_method() != b"GET":
            return False
        proxied = self.client is not None and self.client[0] == self.bounds.trusted_proxy
        key = self.scope["key"] = key_of(self.url, self.headers, proxied)  # type: ignore[typeddict-unknown-key]
        waits = self.cycle is not None and not self.cycle.response_complete
        if key is None or waits or self.flow.write_paused or not self.parser.should_keep_alive():
            return False
        reply = self.config.exchanges.repeat(key, self.client_address(), time.perf_counter())
        if reply is None:
            return False
        fields = self.server_state.default_headers
        head = b"".join(b"%s: %s\r\n" % (name.lower(), value) for name, value in fields)
        self.transport.write_whole(STATUS_LINE[200] + head + reply)
        self.again = True
        return True

    def client_address(self) -> str:
        """Return the address of the client whose request is arriving."""
        peer = self.client[0] if self.client else ""
        return read_client(peer, self.headers or (), self.bounds.trusted_proxy)

    def is_write(self, fields: dict[bytes, bytes]) -> bool:
        """Return whether a head begins a write."""
        if self.parser.get_method() in READS:
            return False
        kind = fields.get(b"content-type", b"").partition(b";")[0].strip().lower()
        return kind == UPDATE or self.url.startswith(WRITES)

    def on_body(self, body: bytes) -> None:
        """Add a part of the body, and drop the rest of too long a body."""
        if self.transport.unread:
            return
        super().on_body(body)
        self.size += len(body)
        if self.size > self.most:
            self.leave_out_body()

    def on_message_complete(self) -> None:
        """Finish a request."""
        if self.parser.should_upgrade():
            return
        self.in_message = False
        if self.again:
            self.on_response_complete()
        else:
            super().on_message_complete()

    def _unsupported_upgrade_warning(self) -> None:
        """Parse a request that offers an upgrade again, without the offer.

        The parser treats the bytes after such a head as the other protocol. They are the body, or
        the next request: clients in Java offer HTTP/2 with every request (RFC 9110, section 7.8).
        """
        (offset,) = sys.exception().args  # type: ignore[union-attr]  # HttpParserUpgrade
        fields = [name + b": " + value for name, value in self.headers if name != b"upgrade"]
        version = self.parser.get_http_version().encode()
        line = b"%s %s HTTP/%s" % (self.parser.get_method(), self.url, version)
        self.instead = b"\r\n".join([line, *fields, b"", self.latest[offset:]])
        self.parser = HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn does

    def leave_out_body(self) -> None:
        """Pass the request on without the rest of its body."""
        self.transport.unread = True
        self.cycle.more_body = False
        self.cycle.keep_alive = False
        self.cycle.waiting_for_100_continue = False
        self.cycle.message_event.set()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the error says more
        """Answer malformed data by the error that the parser raised."""
        self.refuse(refusal.refuse_data(sys.exception(), self.latest))

    def refuse(self, refused: refusal.RefusedError) -> None:
        """Answer with a problem and close the connection, after the answers to earlier requests."""
        self.transport.unread = True
        answered = self.cycle is None or self.cycle.response_complete
        if not answered and (self.in_head or self.pipeline):
            self.cycle.keep_alive = False
            return
        if not answered:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        method = self.parser.get_method() if self.url else b""
        self.transport.write(refused.answer(with_body=method != b"HEAD"))
        self.transport.close()
        self.config.exchanges.record_refusal(refused, self.client_address(), method, self.url)
