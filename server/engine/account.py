"""The ledger: how much each client holds and has used, counted over all fronts of a server.

A client is named by its address. Its account is in memory that the fronts share. Each front writes
its own part alone and reads all parts, so they need no lock, and the supervisor clears the part of
a front that has died.

A part is a set-associative table: the keyed hash of a name chooses a set, and each account in the
set has the hash as its tag. The number of accounts is bounded: a new account replaces the account
in its set that holds nothing and used the processor least recently. If all accounts of a set hold
something, the new client shares an account; clients cannot choose such a set.
"""

from __future__ import annotations

import mmap
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from hashlib import blake2b
from typing import Final

CLIENT: Final[ContextVar[str]] = ContextVar("client", default="")
"""The client for whom this task or thread works."""

SETS: Final = 512
WAYS: Final = 16
"""The number of sets of a part, and of accounts in a set.

With 1,000 clients in one front, a set has two on average; 17 in any set have a chance of 1 in 10^7.
"""

ACCOUNT_CELLS: Final = 10
CELL_BYTES: Final = 8
"""The numbers of an account, and the bytes of a number."""

SET_CELLS: Final = WAYS * ACCOUNT_CELLS
PART_CELLS: Final = ACCOUNT_CELLS + SETS * SET_CELLS
"""The numbers of a part: the account of the sums, and the sets."""

MINUTE: Final = 60.0
MICROSECONDS: Final = 1e6
KEY_BYTES: Final = 16
"""The key of the hashes of names, at the start of the memory; clients cannot choose collisions."""

PROCESSOR_SECONDS: Final = len(os.sched_getaffinity(0)) * MINUTE
"""The processors' seconds in a minute, which the clients share."""

CHECKS_PER_SECOND: Final = 10
"""How often it is computed anew whether a client is above its share."""


class Holding(IntEnum):
    """The kinds of things that a client holds for a time."""

    REQUESTS = 0
    BYTES = 1
    LONG = 2
    PARKED = 3
    UNCHARGED = 4
    """The private memory of a front and its workers that is on no client's account, in bytes."""


TAG, THIS_MINUTE, LAST_MINUTE, MINUTE_NUMBER, LATEST = 5, 6, 7, 8, 9
"""Other cells of an account: tag; microseconds used in this minute and in the last, its number; and
the microseconds of its latest request.
"""


@dataclass(slots=True, eq=False)
class Seat:
    """The place that a running request holds in its front.

    It waits while no worker works for it; `leave` then gives its place to another request.
    """

    client: str
    leave: Callable[[], object]
    workers: int = 0
    answer_bytes: int | None = 0
    """The bytes of its long answers on the account of its client; None once it is over."""


SEAT: Final[ContextVar[Seat | None]] = ContextVar("seat", default=None)
"""The place of the request for which this task or thread works."""


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
        self._tag = lru_cache(maxsize=4096)(lambda client: hash_name(client, key))
        self._active = lru_cache(maxsize=1)(self._count_tags)
        self._above = lru_cache(maxsize=4096)(
            lambda client, _check: self.processor_seconds(client) > self.share()
        )
        self._held: dict[str, int] = {}
        """The accounts of this front's part that hold something, by their clients."""

    @classmethod
    def create(cls, fronts: int = 1) -> Accounts:
        """Return new accounts, with the supervisor's descriptor."""
        descriptor = os.memfd_create("accounts")
        os.truncate(descriptor, memory_size(fronts))
        os.pwrite(descriptor, secrets.token_bytes(KEY_BYTES), 0)
        return cls(descriptor, 0, fronts)

    def add(self, client: str, kind: Holding, amount: int) -> None:
        """Add to the holding of a client, or subtract a negative amount."""
        account = self._held[client] = self._open(client)
        self._cells[account + kind] += amount
        self._cells[self._start + kind] += amount
        if not self._holds(account):
            del self._held[client]

    def holding(self, client: str, kind: Holding) -> int:
        """Return the holding of a client."""
        return sum(self._cells[account + kind] for account in self._accounts(client))

    def total(self, kind: Holding) -> int:
        """Return the sum of the holdings of all clients."""
        return sum(self._cells[start + kind] for start in self._starts)

    def total_here(self, kind: Holding) -> int:
        """Return the sum of the holdings of all clients in this front."""
        return self._cells[self._start + kind]

    def held_bytes(self) -> int:
        """Return the private memory of all fronts and workers, as the memory budget counts it."""
        return self.total(Holding.BYTES) + self.total(Holding.UNCHARGED)

    def set_private_memory(self, size: int) -> None:
        """Record the bytes of private memory of this front and its workers, as measured now.

        Later holdings count at once, the rest is corrected by the next measurement.
        """
        charged = self._cells[self._start + Holding.BYTES]
        self._cells[self._start + Holding.UNCHARGED] = max(0, size - charged)

    def keep_private_memory(self, size: int) -> None:
        """Count bytes that a request leaves to its worker until the next measurement."""
        self._cells[self._start + Holding.UNCHARGED] += size

    def spend(self, client: str, seconds: float) -> None:
        """Add to the processor time that a client has used."""
        account, now = self._open(client), current_minute()
        if self._cells[account + MINUTE_NUMBER] != now:
            this, last = self._minutes(account, now)
            for number, value in ((THIS_MINUTE, this), (LAST_MINUTE, last), (MINUTE_NUMBER, now)):
                self._cells[account + number] = value
        self._cells[account + THIS_MINUTE] += int(seconds * MICROSECONDS)

    def processor_seconds(self, client: str) -> float:
        """Return the processor time of a client in the last sixty seconds.

        Its use in the last full minute is taken as even (the sliding window of a rate limiter).
        """
        now, past = current_minute(), 1 - (time.monotonic() % MINUTE) / MINUTE
        minutes = [self._minutes(account, now) for account in self._accounts(client)]
        return sum(this + last * past for this, last in minutes) / MICROSECONDS

    def set_latest(self, client: str, seconds: float) -> None:
        """Record the processor time of the latest request of a client in this front."""
        self.spend(client, 0)  # it is active
        self._cells[self._open(client) + LATEST] = 1 + int(seconds * MICROSECONDS)

    def latest_seconds(self, client: str) -> float | None:
        """Return the processor time of a client's latest request, the longest of all fronts.

        None if it used no processor time in this minute or in the last.
        """
        latest = (self._cells[account + LATEST] for account in self._recent_accounts(client))
        return max(latest, default=0) / MICROSECONDS or None

    def count_active(self) -> int:
        """Return the number of clients that used processor time in this minute or in the last."""
        return self._active(int(time.monotonic()))

    def share(self) -> float:
        """Return the fair share of a client: the processors' seconds of a minute, by clients."""
        return PROCESSOR_SECONDS / self.count_active()

    def is_above(self, client: str) -> bool:
        """Return whether a client used more than its share in the last minute."""
        return bool(client) and self._above(client, int(time.monotonic() * CHECKS_PER_SECOND))

    def clear(self, front: int) -> None:
        """Zero the part of a front that has died."""
        start, size = KEY_BYTES + front * PART_CELLS * CELL_BYTES, PART_CELLS * CELL_BYTES
        self._memory[start : start + size] = bytes(size)

    def close(self) -> None:
        """Unmap the memory and close its descriptor."""
        self._cells.release()
        self._memory.close()
        os.close(self.descriptor)

    def _accounts(self, client: str) -> Iterator[int]:
        """Yield the accounts of a client in all parts."""
        known = self._held.get(client)
        for start in self._starts:
            own = known if start == self._start else None
            account = self._find(client, start) if own is None else own
            if account is not None:
                yield account

    def _recent_accounts(self, client: str) -> Iterator[int]:
        """Yield the accounts of a client with processor time in this minute or in the last."""
        now = current_minute()
        for account in self._accounts(client):
            if now - self._cells[account + MINUTE_NUMBER] < 2:
                yield account

    def _find(self, client: str, start: int) -> int | None:
        """Return the account of a client in a part, None if it has none."""
        tag = self._tag(client)
        ways = start + ACCOUNT_CELLS + tag % SETS * SET_CELLS
        tags = self._cells[ways + TAG : ways + SET_CELLS : ACCOUNT_CELLS].tolist()
        return ways + tags.index(tag) * ACCOUNT_CELLS if tag in tags else None

    def _open(self, client: str) -> int:
        """Return the account of a client in this front's part, a new one if it has none."""
        account = self._held.get(client)
        if account is None:
            account = self._find(client, self._start)
        if account is not None:
            return account
        tag = self._tag(client)
        ways = self._start + ACCOUNT_CELLS + tag % SETS * SET_CELLS
        account = min(range(ways, ways + SET_CELLS, ACCOUNT_CELLS), key=self._value)
        if not self._holds(account):
            self._cells[account + TAG] = tag
            for number in (THIS_MINUTE, LAST_MINUTE, MINUTE_NUMBER, LATEST):
                self._cells[account + number] = 0
        return account

    def _value(self, account: int) -> tuple[bool, int, int]:
        """Return the order in which accounts are replaced: first the oldest that holds nothing."""
        now = self._cells[account + MINUTE_NUMBER]
        return self._holds(account), now, sum(self._minutes(account, now))

    def _holds(self, account: int) -> bool:
        """Return whether an account holds anything."""
        return any(self._cells[account + kind] for kind in Holding)

    def _minutes(self, account: int, now: int) -> tuple[int, int]:
        """Return the microseconds used in the current minute and in the last."""
        this, last, number = self._cells[account + THIS_MINUTE : account + LATEST]
        return {0: (this, last), 1: (0, this)}.get(now - number, (0, 0))

    def _count_tags(self, _second: int) -> int:
        """Return the number of active clients, 1 or more, by the tags of all parts."""
        now, active = current_minute(), set[int]()
        for start in self._starts:
            first, end = start + ACCOUNT_CELLS, start + PART_CELLS
            numbers = self._cells[first + MINUTE_NUMBER : end : ACCOUNT_CELLS].tolist()
            tags = self._cells[first + TAG : end : ACCOUNT_CELLS].tolist()
            pairs = zip(tags, numbers, strict=True)
            active |= {tag for tag, number in pairs if tag and now - number < 2}
        return max(1, len(active))


def memory_size(fronts: int) -> int:
    """Return the bytes of the accounts of so many fronts."""
    return KEY_BYTES + fronts * PART_CELLS * CELL_BYTES


def hash_name(client: str, key: bytes) -> int:
    """Return the keyed hash of a client's name, 1 to 2^63 - 1."""
    digest = blake2b(client.encode(), key=key, digest_size=8).digest()
    return int.from_bytes(digest) >> 1 or 1


def current_minute() -> int:
    """Return the number of the current minute since the system started."""
    return int(time.monotonic() // MINUTE)
