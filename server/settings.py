"""The settings of the server, beside those of the engine; times are seconds, sizes bytes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Final, Self

from graph.service.bounds import ServiceBounds

MEBIBYTE: Final = 1 << 20
SERVICE: Final = ServiceBounds()


@dataclass(frozen=True, slots=True)
class Settings:
    """How the server speaks to its clients, and the bounds it keeps.

    `processes` are its fronts, 0 being one a core. A wrong token is answered after `token_time`.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    processes: int = 0
    threads: int = 96
    connections: int = 1000
    client_connections: int = 250
    client_requests: int = 64
    receive_time: int = 20
    send_time: int = 120
    idle_time: int = 60
    drain_time: int = 35
    max_header: int = 64 << 10
    max_fields: int = 100
    token_time: int = 1
    max_query: int = MEBIBYTE
    max_body: int = 64 * MEBIBYTE
    cache: int = 64 * MEBIBYTE
    trusted_proxy: str | None = None
    archive: str | None = None
    service_allow: tuple[str, ...] = ()
    service_map: tuple[tuple[str, str], ...] = ()
    service_rows: int = SERVICE.rows
    service_bytes: int = SERVICE.bytes
    service_given: int = SERVICE.given
    services_at_once: int = SERVICE.at_once

    @property
    def fronts(self) -> int:
        """Return how many fronts there are."""
        return self.processes or len(os.sched_getaffinity(0))

    @property
    def under_way(self) -> int:
        """Return how many requests may be under way: some threads are left for the others."""
        return max(1, self.threads - max(1, self.threads // 8))

    @classmethod
    def of(cls, told: dict[str, Any]) -> Self:
        """Return the settings that are told so in terms of JSON."""
        pairs = tuple((iri, address) for iri, address in told["service_map"])
        return cls(**{**told, "service_allow": tuple(told["service_allow"]), "service_map": pairs})
