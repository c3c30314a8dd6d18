"""The settings of the fronts, in seconds and bytes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final

MEBIBYTE: Final = 1 << 20
PROCESSORS: Final = len(os.sched_getaffinity(0))
"""The processors that the server may use."""


@dataclass(frozen=True, slots=True)
class FrontSettings:
    """The addresses, timeouts and limits of the fronts.

    `front` names the site's function that is a front, as `module:function`.
    `processes` counts the fronts, 0 means one a core. A wrong token waits `token_time` for its 401,
    a former one is taken for `token_overlap`.
    After SIGTERM the server is not ready, and takes requests for `lame_duck`; then it finishes the
    running ones within `drain_time`. `agent_port` is that of the load agent, 0 means none.
    """

    front: str
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
    token_overlap: int = 300
    max_query: int = MEBIBYTE
    max_body: int = 64 * MEBIBYTE
    cache: int = 64 * MEBIBYTE
    trusted_proxy: str | None = None

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
