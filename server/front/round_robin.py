"""The round robin of a front: whose received bytes are parsed next.

It is the scheduler of FQ-CoDel (RFC 8290, section 4.2), in slices in the place of bytes: a client
has one slice in a round, and one that comes after a round without bytes has its first slice at
once. So a client with many connections waits for itself, and one with few for hardly anyone.
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
Queues = dict[Hashable, deque[Read]]


@dataclass(slots=True)
class RoundRobin:
    """The reads that wait in one loop, by their clients."""

    _new: Queues = field(default_factory=dict)
    """The clients that come first."""
    _old: Queues = field(default_factory=dict)
    """The clients of the round, those included whose reads have ended since its last turn."""
    _size: int = 0
    _is_scheduled: bool = False

    def add(self, client: Hashable, read: Read) -> None:
        """Call `read` when it is the turn of a client, after its earlier reads."""
        queues = self._old if client in self._old else self._new
        queues.setdefault(client, deque()).append(read)
        self._size += 1
        self._schedule()

    def _schedule(self) -> None:
        """Have the loop go on, if a read waits."""
        if self._size and not self._is_scheduled:
            self._is_scheduled = True
            asyncio.get_running_loop().call_soon(self._read_some)

    def _read_some(self) -> None:
        """Call the reads whose turn it is, for READ_TIME; a bug in one of them stops no other."""
        end = time.perf_counter() + READ_TIME
        self._is_scheduled = False
        try:
            while self._size and time.perf_counter() < end:
                self._take()()
        finally:
            self._schedule()

    def _take(self) -> Read:
        """Remove and return the next read; its client goes to the end of the round."""
        while True:
            queues = self._new or self._old
            client = next(iter(queues))
            if reads := queues.pop(client):
                self._old[client] = reads
                self._size -= 1
                return reads.popleft()
