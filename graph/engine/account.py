"""The accounts: how much each client holds and has used, counted over all fronts of a server.

A client is named by its address. The accounts are in memory that the fronts share. Each front
writes its own part alone and reads all parts, so they need no lock, and the supervisor clears the
part of a front that has died. Clients whose names have the same hash share an account.
"""

from __future__ import annotations

import mmap
import os
import secrets
import time
from contextvars import ContextVar
from enum import IntEnum
from functools import lru_cache
from hashlib import blake2b
from typing import Final

CLIENT: Final[ContextVar[str]] = ContextVar("client", default="")
"""The client for whom this task or thread works."""

ACCOUNTS_PER_FRONT: Final = 8192
"""The first of them is the sum of the others."""

ACCOUNT_CELLS: Final = 8
CELL_BYTES: Final = 8
"""The numbers of an account, and the bytes of a number."""

PART_CELLS: Final = ACCOUNTS_PER_FRONT * ACCOUNT_CELLS
MINUTE: Final = 60.0
MICROSECONDS: Final = 1e6
KEY_BYTES: Final = 16
"""The key of the hashes of names, at the start of the memory; clients cannot choose collisions."""


class Holding(IntEnum):
    """The kinds of things that a client holds for a time."""

    REQUESTS = 0
    BYTES = 1
    LONG = 2
    PARKED = 3
    UNCHARGED = 4
    """The private memory of a front and its workers that is on no client's account, in bytes."""


THIS_MINUTE, LAST_MINUTE, MINUTE_NUMBER = 5, 6, 7
"""The cells of an account: microseconds used in this minute, in the last, and its number."""


class Accounts:
    """The accounts of one front and its view of all; only the reading is safe for threads."""

    def __init__(self, descriptor: int, front: int, fronts: int) -> None:
        """Map the memory of a descriptor; `front` is the index of one of its parts."""
        self.descriptor = descriptor
        self._memory = mmap.mmap(descriptor, memory_size(fronts))
        self._cells = memoryview(self._memory)[KEY_BYTES:].cast("q")
        self._start = front * PART_CELLS
        self._starts = [number * PART_CELLS for number in range(fronts)]
        key = self._memory[:KEY_BYTES]
        self._number = lru_cache(maxsize=4096)(lambda client: account_number(client, key))

    @classmethod
    def create(cls, fronts: int = 1) -> Accounts:
        """Return new accounts, with the supervisor's descriptor."""
        descriptor = os.memfd_create("accounts")
        os.truncate(descriptor, memory_size(fronts))
        os.pwrite(descriptor, secrets.token_bytes(KEY_BYTES), 0)
        return cls(descriptor, 0, fronts)

    def add(self, client: str, kind: Holding, amount: int) -> None:
        """Add to the holding of a client, or subtract a negative amount."""
        self._cells[self._start + self._number(client) * ACCOUNT_CELLS + kind] += amount
        self._cells[self._start + kind] += amount

    def holding(self, client: str, kind: Holding) -> int:
        """Return the holding of a client."""
        return self._sum(self._number(client) * ACCOUNT_CELLS + kind)

    def total(self, kind: Holding) -> int:
        """Return the sum of the holdings of all clients."""
        return self._sum(kind)

    def held_bytes(self) -> int:
        """Return the private memory of all fronts and workers, as the memory budget counts it."""
        return self.total(Holding.BYTES) + self.total(Holding.UNCHARGED)

    def set_private_memory(self, size: int) -> None:
        """Record the bytes of private memory of this front and its workers, as measured now.

        Later holdings count at once, the rest is corrected by the next measurement.
        """
        charged = self._cells[self._start + Holding.BYTES]
        self._cells[self._start + Holding.UNCHARGED] = max(0, size - charged)

    def spend(self, client: str, seconds: float) -> None:
        """Add to the processor time that a client has used."""
        account = self._start + self._number(client) * ACCOUNT_CELLS
        self._begin_minute(account, current_minute())
        self._cells[account + THIS_MINUTE] += int(seconds * MICROSECONDS)

    def processor_seconds(self, client: str) -> float:
        """Return the processor time of a client in the last sixty seconds.

        Its use in the last full minute is taken as even (the sliding window of a rate limiter).
        """
        now, account = current_minute(), self._number(client) * ACCOUNT_CELLS
        past = 1 - (time.monotonic() % MINUTE) / MINUTE
        total = 0.0
        for start in self._starts:
            this, last = self._minutes(start + account, now)
            total += this + last * past
        return total / MICROSECONDS

    def clear(self, front: int) -> None:
        """Zero the part of a front that has died."""
        start, size = KEY_BYTES + front * PART_CELLS * CELL_BYTES, PART_CELLS * CELL_BYTES
        self._memory[start : start + size] = bytes(size)

    def close(self) -> None:
        """Unmap the memory and close its descriptor."""
        self._cells.release()
        self._memory.close()
        os.close(self.descriptor)

    def _sum(self, offset: int) -> int:
        """Return the sum of a cell over the fronts."""
        return sum(self._cells[start + offset] for start in self._starts)

    def _begin_minute(self, account: int, now: int) -> None:
        """Shift the minutes of an account, unless it is in the current minute already."""
        if self._cells[account + MINUTE_NUMBER] != now:
            this, last = self._minutes(account, now)
            for number, value in ((THIS_MINUTE, this), (LAST_MINUTE, last), (MINUTE_NUMBER, now)):
                self._cells[account + number] = value

    def _minutes(self, account: int, now: int) -> tuple[int, int]:
        """Return the microseconds used in the current minute and in the last."""
        this, last, number = (
            self._cells[account + n] for n in (THIS_MINUTE, LAST_MINUTE, MINUTE_NUMBER)
        )
        return {0: (this, last), 1: (0, this)}.get(now - number, (0, 0))


def memory_size(fronts: int) -> int:
    """Return the bytes of the accounts of so many fronts."""
    return KEY_BYTES + fronts * PART_CELLS * CELL_BYTES


def account_number(client: str, key: bytes) -> int:
    """Return the index of a client's account, which is never 0: that one is the sum."""
    digest = blake2b(client.encode(), key=key, digest_size=8).digest()
    return 1 + int.from_bytes(digest) % (ACCOUNTS_PER_FRONT - 1)


def current_minute() -> int:
    """Return the number of the current minute since the system started."""
    return int(time.monotonic() // MINUTE)
