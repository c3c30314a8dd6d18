"""Admission: limits on concurrent requests and memory, in all and by client.

The accounts count both over all fronts (graph/engine/account.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from graph.engine.account import Accounts, Holding
from graph.engine.engine_settings import EngineSettings
from graph.errors import OverloadedError, ShareError
from server.settings import Settings

CLIENT_PREFIX: Final = 64
"""The length of the IPv6 prefix of one client, in bits (RFC 6177)."""


@dataclass(slots=True)
class Admission:
    """Holds a place for each running request of one loop."""

    accounts: Accounts
    settings: Settings
    engine: EngineSettings
    refused_clients: int = 0
    refused_all: int = 0

    @contextmanager
    def admit(self, client: str) -> Iterator[None]:
        """Hold a place for a client's request; raises ShareError and OverloadedError."""
        self._require_room(client)
        self.accounts.add(client, Holding.REQUESTS, 1)
        try:
            yield
        finally:
            self.accounts.add(client, Holding.REQUESTS, -1)

    @property
    def load(self) -> float:
        """The load of the server."""
        return measure_load(self.accounts, self.settings, self.engine)

    def _require_room(self, client: str) -> None:
        """Raise ShareError or OverloadedError unless one more request fits."""
        settings, engine = self.settings, self.engine
        for holding, most, name in (
            (Holding.REQUESTS, settings.client_requests, "requests at once from one client"),
            (Holding.BYTES, engine.client_memory, "bytes of memory held by one client"),
        ):
            if self.accounts.holding(client, holding) >= most:
                self.refused_clients += 1
                raise ShareError(name, most)
        requests, held = self.accounts.total(Holding.REQUESTS), self.accounts.held_bytes()
        for value, most, name in (
            (requests, settings.concurrent_requests, "requests are under way"),
            (held, engine.memory_budget, "bytes of memory are held"),
        ):
            if value >= most:
                self.refused_all += 1
                raise OverloadedError(f"{most} {name}; try again")


def measure_load(accounts: Accounts, settings: Settings, engine: EngineSettings) -> float:
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
