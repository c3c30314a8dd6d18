"""The accounts: how much each client holds and has used, counted over all fronts of a server.

A client is a name, as of its address. The accounts stand in memory that the fronts share. Each
front writes its own part alone and reads them all, so no lock is needed, and the supervisor clears
the part of a front that has died. Clients whose names have one hash share an account.
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

SLOTS: Final = 8192
"""The accounts of a front; the first is the sum of the others."""

WIDTH: Final = 8
CELL: Final = 8
"""The numbers of an account, and the bytes of a number."""

PART: Final = SLOTS * WIDTH
MINUTE: Final = 60.0
MICROSECONDS: Final = 1e6
KEY: Final = 16
"""The bytes of the key of the hashes, at the start of the memory."""


class Holding(IntEnum):
    """The things that a client holds for a time."""

    REQUESTS = 0
    BYTES = 1
    LONG = 2
    PARKED = 3


THIS_MINUTE, LAST_MINUTE, OF_MINUTE = 5, 6, 7
"""The processor time of this minute and of the one before, in microseconds, and which minute."""


class Accounts:
    """The accounts as one front keeps them; not safe for threads, but for the reading."""

    def __init__(self, descriptor: int, front: int, fronts: int) -> None:
        """Map the memory behind a descriptor; the front has one of `fronts` parts."""
        self.descriptor = descriptor
        self._memory = mmap.mmap(descriptor, size_for(fronts))
        self._cells = memoryview(self._memory)[KEY:].cast("q")
        self._start = front * PART
        self._starts = [number * PART for number in range(fronts)]
        key = self._memory[:KEY]
        self._slot = lru_cache(maxsize=4096)(lambda client: slot_of(client, key))

    @classmethod
    def create(cls, fronts: int = 1) -> Accounts:
        """Return new accounts, as the supervisor has them."""
        descriptor = os.memfd_create("accounts")
        os.truncate(descriptor, size_for(fronts))
        os.pwrite(descriptor, secrets.token_bytes(KEY), 0)
        return cls(descriptor, 0, fronts)

    def add(self, client: str, what: Holding, amount: int) -> None:
        """Note that a client holds so much more, or less."""
        self._cells[self._start + self._slot(client) * WIDTH + what] += amount
        self._cells[self._start + what] += amount

    def held(self, client: str, what: Holding) -> int:
        """Return how much a client holds."""
        return self._sum(self._slot(client) * WIDTH + what)

    def total(self, what: Holding) -> int:
        """Return how much all clients hold."""
        return self._sum(what)

    def spend(self, client: str, seconds: float) -> None:
        """Note that a client has used so much processor time."""
        account = self._start + self._slot(client) * WIDTH
        self._turn(account, minute())
        self._cells[account + THIS_MINUTE] += int(seconds * MICROSECONDS)

    def spent(self, client: str) -> float:
        """Return the processor time that a client has used in the last minute, in seconds.

        It is taken as spread evenly over the minute before this one.
        """
        now, place = minute(), self._slot(client) * WIDTH
        past = 1 - (time.monotonic() % MINUTE) / MINUTE
        total = 0.0
        for start in self._starts:
            this, last = self._minutes(start + place, now)
            total += this + last * past
        return total / MICROSECONDS

    def clear(self, front: int) -> None:
        """Forget the part of a front that has died."""
        start = KEY + front * PART * CELL
        self._memory[start : start + PART * CELL] = bytes(PART * CELL)

    def close(self) -> None:
        """Let go of the memory."""
        self._cells.release()
        self._memory.close()
        os.close(self.descriptor)

    def _sum(self, offset: int) -> int:
        """Return the sum of a number over the fronts."""
        return sum(self._cells[start + offset] for start in self._starts)

    def _turn(self, account: int, now: int) -> None:
        """Begin a new minute of an account, if it is one."""
        if self._cells[account + OF_MINUTE] != now:
            this, last = self._minutes(account, now)
            for number, value in ((THIS_MINUTE, this), (LAST_MINUTE, last), (OF_MINUTE, now)):
                self._cells[account + number] = value

    def _minutes(self, account: int, now: int) -> tuple[int, int]:
        """Return what was used in this minute and in the one before."""
        this, last, of = (self._cells[account + n] for n in (THIS_MINUTE, LAST_MINUTE, OF_MINUTE))
        return {0: (this, last), 1: (0, this)}.get(now - of, (0, 0))


def size_for(fronts: int) -> int:
    """Return the bytes of the accounts of so many fronts."""
    return KEY + fronts * PART * CELL


def slot_of(client: str, key: bytes) -> int:
    """Return the account of a client, which is never the first."""
    digest = blake2b(client.encode(), key=key, digest_size=8).digest()
    return 1 + int.from_bytes(digest) % (SLOTS - 1)


def minute() -> int:
    """Return the number of the present minute."""
    return int(time.monotonic() // MINUTE)
