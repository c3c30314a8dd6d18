"""A connection of a client, with limits on connections, memory and time.

Uvicorn keeps the connection and writes answers. This class limits the connections of an address and
the time to read an answer, and cancels the request of a client that has gone.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from server.engine.account import Holding
from server.engine.front.admission import client_of
from server.engine.front.arrival import Arrival
from server.engine.front.outlet import Outlet

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application

REQUEST_BYTES: Final = 4 << 10
"""The assumed size of a waiting request in bytes."""

GRACE: Final = 1.0
"""The seconds that a request continues after its client has closed its side, or has gone."""


class Connection(Arrival):
    """A connection of uvicorn with limits."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.task: asyncio.Task[None] | None = None
        self.idle_since = time.monotonic()
        self.charged = 0
        """The bytes on the client's account."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Accept a connection; beyond the limit, close one."""
        outlet = Outlet(transport, self.bounds.send_time)
        super().connection_made(outlet)  # type: ignore[arg-type]
        self.accounts = self.config.accounts
        host = self.client[0] if self.client else ""
        self.client_name = client_of(host)
        if host and host != self.bounds.trusted_proxy:
            self.peer = self.client_name
        self.limit_idleness()
        peers = self.config.peers
        same = peers.setdefault(self.peer, {})
        same[self] = None
        if self.peer is not self and len(same) > self.bounds.client_connections:
            self.make_room(same)
        elif sum(map(len, peers.values())) > self.bounds.connections:
            most = max(map(len, peers.values()))
            self.make_room([c for same in peers.values() if len(same) == most for c in same])

    def limit_idleness(self) -> None:
        """Close the connection at the end of its idle time, which blank lines do not prolong."""
        seconds = self.idle_since + self.timeout_keep_alive - time.monotonic()
        self.timeout_keep_alive_task = self.loop.call_later(
            max(0, seconds), self.timeout_keep_alive_handler
        )

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection, unless received bytes wait for their turn."""
        self.timeout_keep_alive_task = None
        if not self.waits:
            super().timeout_keep_alive_handler()

    def make_room(self, among: Iterable[Connection]) -> None:
        """Close the longest idle connection, else one whose request is arriving, else this one.

        The client of the closed one may have gone already: the loop sees the end of one connection
        and the begin of another in any order.
        """
        self.config.exchanges.count_crowded_out()
        unasked = [other for other in among if other is not self and not other.is_asked()]
        first = min(
            unasked, key=lambda other: (not other.is_idle(), other.idle_since), default=self
        )
        first.transport.close()
        first.forget()

    def forget(self) -> None:
        """Count the connection no longer."""
        same = self.config.peers.get(self.peer, {})
        if same.pop(self, self) is None and not same:
            del self.config.peers[self.peer]

    def is_asked(self) -> bool:
        """Return whether a request is running."""
        return self.cycle is not None and not self.cycle.response_complete

    def is_idle(self) -> bool:
        """Return whether no request is arriving or running."""
        return not (self.in_message or self.is_asked())

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        for timer in (self.arrival, self.timeout_keep_alive_task):
            if timer is not None:
                timer.cancel()
        self.forget()
        self.transport.cancel_end()
        self.accounts.add(self.client_name, Holding.BYTES, -self.charged)
        self.charged = 0
        super().connection_lost(exc)
        if self.task is not None and not self.task.done():
            self.loop.call_later(GRACE, self.task.cancel)

    def eof_received(self) -> bool:  # type: ignore[override]
        """Return whether the connection stays, to answer a client that closed its side.

        Only a write shows whether such a client has gone.
        """
        if self.waits:
            self.read()
        asked = self.cycle is not None and not self.cycle.response_complete
        waits = asked and not self.in_message
        if waits:
            self.cycle.keep_alive = False
            self.transport.end_within(GRACE)
        return waits

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        """Start the task that answers a request."""
        self.task = self.loop.create_task(cycle.run_asgi(app))
        self.task.add_done_callback(self.tasks.discard)
        self.tasks.add(self.task)

    def read(self) -> None:
        """Read, and charge the client the time and the unread bytes."""
        if self.transport.is_closing():
            self.unread.clear()
            return
        start = time.perf_counter()
        super().read()
        self.accounts.spend(self.client_name, time.perf_counter() - start)
        self.charge()
        if self.is_idle() and self.timeout_keep_alive_task is None:
            self.limit_idleness()

    def charge(self) -> None:
        """Charge the client's account for buffered bytes, received and to be sent."""
        size = len(self.unread) + REQUEST_BYTES * len(self.pipeline)
        size += self.transport.held_bytes()
        if not self.is_idle():
            size += self.size
        if size != self.charged:
            self.accounts.add(self.client_name, Holding.BYTES, size - self.charged)
            self.charged = size

    def on_response_complete(self) -> None:
        """Read the next request, or close if data is discarded."""
        self.idle_since = time.monotonic()
        self.transport.flush()
        super().on_response_complete()
        if self.transport.unread and not self.pipeline:
            self.transport.close()
        self.read_on()
        self.charge()

    def pause_writing(self) -> None:
        """Wait until the client reads, up to `send_time`."""
        super().pause_writing()
        self.transport.end_within(self.bounds.send_time)
        self.charge()

    def resume_writing(self) -> None:
        """Continue to send."""
        super().resume_writing()
        self.transport.clear_pause()
        self.charge()
