"""Admission: places for concurrent requests, and limits on them and on memory by client.

The ledger counts both over all fronts (server/engine/account.py). If all places are taken, a
request of a client with a better standing takes the place of a waiting request, as fair queueing
drops from the longest queue (McKenney 1991).
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final, cast

from graph.errors import OverloadedError, ShareError
from server.engine.account import SEAT, Accounts, Holding, Seat, current_minute
from server.engine.engine_settings import EngineSettings
from server.engine.front.front_settings import FrontSettings

CLIENT_PREFIX: Final = 64
"""The length of the IPv6 prefix of one client, in bits (RFC 6177)."""

TAKEN: Final = "an address that asks less took the place of this request; try again"

Standing = tuple[bool, int, bool, float]
"""Above its share; number of its places; not served in the last minute; seconds of that minute."""


REFUSAL_SECONDS: Final = 0.2
MOST_REFUSAL_SECONDS: Final = 5.0
"""Each refusal of a client in a minute waits so much longer than the one before, up to the most."""

MOST_REFUSED: Final = 4096
"""The clients whose refusals a front counts."""


@dataclass(slots=True)
class Refusals:
    """Counts the refused requests of the clients of one front in a minute."""

    minute: int = 0
    by_client: Counter[str] = field(default_factory=Counter)

    def delay(self, client: str) -> float:
        """Count a refusal of a client, and return the seconds that it waits."""
        if self.minute != (now := current_minute()) or len(self.by_client) > MOST_REFUSED:
            self.minute, self.by_client = now, Counter()
        self.by_client[client] += 1
        return min(MOST_REFUSAL_SECONDS, REFUSAL_SECONDS * (self.by_client[client] - 1))


@dataclass(slots=True)
class Admission:
    """Holds a place for each running request of one loop."""

    accounts: Accounts
    settings: FrontSettings
    engine: EngineSettings
    spared: int = 0
    """The requests that hold one of the reserved places."""
    refusals: Refusals = field(default_factory=Refusals)
    _seats: dict[Seat, None] = field(default_factory=dict)
    """The places of this front, in the order of their requests."""

    @contextmanager
    def spare(self, client: str) -> Iterator[None]:
        """Hold one of the reserved places of this front, on no account; `admit` if none is free."""
        if self.spared >= self.settings.reserved_requests:
            with self.admit(client):
                yield
            return
        self.spared += 1
        try:
            yield
        finally:
            self.spared -= 1

    @contextmanager
    def admit(self, client: str, *, writes: bool = False) -> Iterator[None]:
        """Hold a place for the request of this task; raises ShareError and OverloadedError.

        A request with a better standing may take the place of another that has no worker and does
        not write: it cancels the task, and raises OverloadedError in the place of CancelledError.
        """
        self._require_room(client)
        task = cast("asyncio.Task[object]", asyncio.current_task())
        seat = Seat(client, task.cancel, workers=int(writes))
        self._seats[seat] = None
        self.accounts.add(client, Holding.REQUESTS, 1)
        SEAT.set(seat)
        try:
            yield
        except asyncio.CancelledError:
            if seat in self._seats:  # the client has gone
                raise
            task.uncancel()
            raise OverloadedError(TAKEN) from None
        finally:
            self._seats.pop(seat, None)
            self.accounts.add(client, Holding.REQUESTS, -1)

    def settle(self, seat: Seat | None) -> None:
        """Take the answers of a request, which is over, off the account of its client."""
        if seat is not None and seat.answer_bytes is not None:
            self.accounts.add(seat.client, Holding.BYTES, -seat.answer_bytes)
            seat.answer_bytes = None

    @property
    def load(self) -> float:
        """The load of the server."""
        return measure_load(self.accounts, self.settings, self.engine)

    def _require_room(self, client: str) -> None:
        """Raise ShareError or OverloadedError unless one more request fits, or takes a place."""
        accounts, engine = self.accounts, self.engine
        for holding, most, name in (
            (Holding.REQUESTS, self.settings.client_requests, "requests at once from one client"),
            (Holding.BYTES, engine.client_memory, "bytes of memory held by one client"),
        ):
            if accounts.holding(client, holding) >= most:
                raise ShareError(name, most)
        room = engine.memory_budget - accounts.total(Holding.UNCHARGED)
        own = accounts.holding(client, Holding.BYTES) * accounts.count_active()
        if accounts.total(Holding.BYTES) >= room <= own:
            raise OverloadedError(f"{engine.memory_budget} bytes of memory are held; try again")
        if self._is_full() and not self._take_place(client):
            places = self.settings.concurrent_requests
            raise OverloadedError(f"{places} requests are under way; try again")

    def _is_full(self) -> bool:
        """Return whether all places are taken, and this front has its part of them."""
        places, taken = self.settings.concurrent_requests, Holding.REQUESTS
        part = places // self.settings.fronts
        return self.accounts.total(taken) >= places and self.accounts.total_here(taken) >= part

    def _take_place(self, client: str) -> bool:
        """Take the place of a waiting request for a client of better standing, if there is one."""
        waiting = [seat for seat in reversed(self._seats) if not seat.workers]
        standings = {name: self._standing(name) for name in {seat.client for seat in waiting}}
        worst = max(waiting, key=lambda seat: standings[seat.client], default=None)
        if worst is None or self._standing(client, more=1) >= standings[worst.client]:
            return False
        del self._seats[worst]
        worst.leave()
        return True

    def _standing(self, client: str, more: int = 0) -> Standing:
        """Return the standing of a client with so many more requests."""
        seconds = self.accounts.processor_seconds(client)
        places = self.accounts.holding(client, Holding.REQUESTS) + more
        return self.accounts.is_above(client), places, not seconds, seconds


def measure_load(accounts: Accounts, settings: FrontSettings, engine: EngineSettings) -> float:
    """Return the largest share in use of the places for requests and long queries, and of memory.

    It counts all fronts, and is 0 to 1.
    """
    shares = (
        (Holding.REQUESTS, settings.concurrent_requests),
        (Holding.LONG, engine.long_workers),
        (Holding.PARKED, engine.parked_workers),
        (Holding.BYTES, engine.memory_budget),
    )
    return min(1.0, max(accounts.total(holding) / most for holding, most in shares))


@lru_cache(maxsize=4096)
def client_of(address: str) -> str:
    """Return the client of an address: an IPv4 address, or the network of an IPv6 address.

    >>> client_of("192.0.2.7"), client_of("::ffff:192.0.2.7"), client_of("2001:db8:0:1::9")
    ('192.0.2.7', '192.0.2.7', '2001:db8:0:1::/64')
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ip_network((parsed, CLIENT_PREFIX), strict=False))
