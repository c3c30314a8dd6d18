"""The round robin of a front: whose received bytes are parsed next.

A client with many connections waits for itself: between two slices of one client each other client
with unread bytes has one. So fairness begins with the first byte (Nagle, RFC 970).
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Final

READ_TIME: Final = 0.001
"""The seconds of parsing after which the loop turns."""

Read = Callable[[], object]


@dataclass(slots=True)
class RoundRobin:
    """The reads that wait in one loop, by their clients; the first client is next."""

    _waiting: dict[Hashable, deque[Read]] = field(default_factory=dict)
    _is_scheduled: bool = False

    def add(self, client: Hashable, read: Read) -> None:
        """Call `read` when it is the turn of a client, after its earlier reads."""
        self._waiting.setdefault(client, deque()).append(read)
        self._schedule()

    def _schedule(self) -> None:
        """Have the loop go on, if a read waits."""
        if self._waiting and not self._is_scheduled:
            self._is_scheduled = True
            asyncio.get_running_loop().call_soon(self._read_some)

    def _read_some(self) -> None:
        """Call the reads whose turn it is, for READ_TIME; a bug in one of them stops no other."""
        end = time.perf_counter() + READ_TIME
        self._is_scheduled = False
        try:
            while self._waiting and time.perf_counter() < end:
                self._take()()
        finally:
            self._schedule()

    def _take(self) -> Read:
        """Remove and return the next read; its client goes to the end."""
        client = next(iter(self._waiting))
        reads = self._waiting.pop(client)
        read = reads.popleft()
        if reads:
            self._waiting[client] = reads
        return read
