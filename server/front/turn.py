"""The turns of the threads of a front: one computes at a time, in the order of their clients.

A thread that waits for a worker gives its turn away meanwhile. CPython executes one thread at a
time, and the loop of the front waits for each thread that computes, up to `sys.getswitchinterval()`
each time that it wakes: beside 64 pages /health took seconds.

A thread must not wait for the engine while it holds a lock: the thread whose turn it is may want
that lock.
"""

from __future__ import annotations

import contextlib
import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from threading import Event, Lock
from typing import Final

from graph.engine.account import Accounts

TURN_TIME: Final = 10.0
"""The seconds after which a thread computes without a turn."""

Place = tuple[bool, float, int, Event]
"""A waiting thread: above its share, processor seconds of its client, number, its signal."""


@dataclass(slots=True)
class Turns:
    """The turns of the threads of one front; clients that used less of the processor come first."""

    accounts: Accounts
    _is_taken: bool = False
    _waiting: list[Place] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)
    _lock: Lock = field(default_factory=Lock)

    def take(self, client: str) -> bool:
        """Wait for a turn; return whether it is one, and not the end of a long wait."""
        place = self._enter(client)
        if place is None or place[-1].wait(TURN_TIME):
            return True
        with self._lock:
            if place not in self._waiting:  # given at this moment
                return True
            self._waiting.remove(place)
            heapq.heapify(self._waiting)
            return False

    def give(self) -> None:
        """Give the turn to the first waiting thread."""
        with self._lock:
            if self._waiting:
                heapq.heappop(self._waiting)[-1].set()
            else:
                self._is_taken = False

    def _enter(self, client: str) -> Place | None:
        """Take a free turn and return None, or return a place in the queue."""
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return None
            standing = self.accounts.is_above(client), self.accounts.processor_seconds(client)
            place = (*standing, next(self._numbers), Event())
            heapq.heappush(self._waiting, place)
            return place


@dataclass(slots=True)
class Turn:
    """The turn of one thread: taken at the start, given at the end and while it waits."""

    turns: Turns
    client: str
    _is_held: bool = False

    def __enter__(self) -> Turn:
        self._is_held = self.turns.take(self.client)
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_held:
            self.turns.give()

    @contextlib.contextmanager
    def pause(self) -> Iterator[None]:
        """Give the turn away in this block."""
        self.__exit__()
        try:
            yield
        finally:
            self.__enter__()
