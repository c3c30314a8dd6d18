"""A connection: one client from its coming to its going, with bounds on what it can hold.

Uvicorn keeps the connection and writes answers. Added here: one address has a number of
connections, and an answer a time in which to be taken; who goes is not answered for long.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from graph.engine.account import Holding
from server.front.admission import client_of
from server.front.arrival import Arrival
from server.front.outlet import Outlet

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application

REQUEST: Final = 4 << 10
"""The bytes that a request takes which waits for those before it."""

GRACE: Final = 1.0
"""The seconds that a question goes on whose client has ended its side, or is gone."""


class Connection(Arrival):
    """A connection as uvicorn has it, bounded."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.task: asyncio.Task[None] | None = None
        self.idle_since = time.monotonic()
        self.charged = 0
        """The bytes that are on the client's account."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection; where there are as many as there may be, one of them ends."""
        outlet = Outlet(transport, self.bounds.send_time)
        super().connection_made(outlet)  # type: ignore[arg-type]
        self.accounts = self.config.accounts
        self.client_name = client_of(self.client[0] if self.client else "")
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )
        present = [one for one in self.connections if isinstance(one, Connection) and one.stays()]
        same = [one for one in present if one.address() == self.address()]
        if self.address() and len(same) > self.bounds.client_connections:
            self.make_room(same)
        elif len(present) > self.bounds.connections:
            self.make_room(present)

    def make_room(self, among: Sequence[Connection]) -> None:
        """Close the connection that has been idle longest, or this one where all are at work.

        Its client may have gone already: the loop reads of that in no order with who comes.
        """
        self.config.exchanges.site.metrics.crowded_out += 1
        idle = [one for one in among if one is not self and one.is_idle()]
        min(idle, key=lambda one: one.idle_since, default=self).transport.close()

    def stays(self) -> bool:
        """Return whether the connection is not being closed."""
        return not self.transport.is_closing()

    def is_idle(self) -> bool:
        """Return whether no request arrives or is answered."""
        return not self.in_message and (self.cycle is None or self.cycle.response_complete)

    def address(self) -> str | None:
        """Return the address of the client; those of the trusted proxy are not one client's."""
        host = self.client[0] if self.client else None
        return None if host == self.bounds.trusted_proxy else host

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        for timer in (self.arrival, self.timeout_keep_alive_task):
            if timer is not None:
                timer.cancel()
        self.transport.ended()
        self.accounts.add(self.client_name, Holding.BYTES, -self.charged)
        super().connection_lost(exc)
        if self.task is not None and not self.task.done():
            self.loop.call_later(GRACE, self.task.cancel)

    def eof_received(self) -> bool:  # type: ignore[override]
        """Return whether the connection stays: who has asked may end, and wait for a moment.

        Whether a client has ended its side alone or is gone cannot be told before it is written to.
        """
        asked = self.cycle is not None and not self.cycle.response_complete
        waits = asked and not self.in_message
        if waits:
            self.cycle.keep_alive = False
            self.transport.end_within(GRACE)
        return waits

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        """Begin to answer a request."""
        self.task = self.loop.create_task(cycle.run_asgi(app))
        self.task.add_done_callback(self.tasks.discard)
        self.tasks.add(self.task)

    def read(self) -> None:
        """Read on, and note what is held of it."""
        super().read()
        self.charge()

    def charge(self) -> None:
        """Put the bytes on the client's account that are held for him: sent by him, or to him."""
        held = len(self.unread) + REQUEST * len(self.pipeline)
        if not self.transport.is_closing():
            held += self.transport.get_write_buffer_size()
        if not self.is_idle():
            held += self.size
        if held != self.charged:
            self.accounts.add(self.client_name, Holding.BYTES, held - self.charged)
            self.charged = held

    def on_response_complete(self) -> None:
        """Go on with the next request, or end where what comes is thrown away."""
        self.idle_since = time.monotonic()
        self.transport.flush()
        super().on_response_complete()
        if self.transport.unread and not self.pipeline:
            self.transport.close()
        elif self.unread:
            self.loop.call_soon(self.read)
        self.charge()

    def pause_writing(self) -> None:
        """Wait until the client takes what is sent."""
        super().pause_writing()
        self.transport.paused()
        self.charge()

    def resume_writing(self) -> None:
        """Go on sending."""
        super().resume_writing()
        self.transport.resumed()
        self.charge()
