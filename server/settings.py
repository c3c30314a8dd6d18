"""The settings of the HTTP server, in seconds and bytes; the engine has its own."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Final, Self

from graph.service.endpoint import ServiceBounds
from server.front.log import LogFormat

MEBIBYTE: Final = 1 << 20
SERVICE: Final = ServiceBounds()
PROCESSORS: Final = len(os.sched_getaffinity(0))
"""The processors that the server may use."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The addresses, timeouts and limits of the server.

    `processes` counts the fronts, 0 means one a core. A wrong token waits `token_time` for its 401.
    After SIGTERM the server is not ready, and takes requests for `lame_duck`; then it finishes the
    running ones within `drain_time`. `agent_port` is that of the load agent, 0 means none.
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
    lame_duck: float = 0
    agent_port: int = 0
    max_header: int = 64 << 10
    max_fields: int = 100
    token_time: int = 1
    max_query: int = MEBIBYTE
    max_body: int = 64 * MEBIBYTE
    cache: int = 64 * MEBIBYTE
    log: LogFormat = "json"
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
        """The number of fronts."""
        return self.processes or PROCESSORS

    @property
    def concurrent_requests(self) -> int:
        """The maximum number of concurrent requests, an eighth less than the threads."""
        return max(1, self.threads - self.reserved_requests)

    @property
    def reserved_requests(self) -> int:
        """The number of concurrent requests of each front that take no place."""
        return max(1, self.threads // 8)

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Self:
        """Return the settings of a JSON object, where tuples are arrays."""
        allow, pairs = tuple(record["service_allow"]), tuple(map(tuple, record["service_map"]))
        return cls(**{**record, "service_allow": allow, "service_map": pairs})
