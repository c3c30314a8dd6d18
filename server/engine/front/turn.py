"""The turns of the threads of a front: one computes at a time, in the order of their clients.

A thread that waits for a worker gives its turn away meanwhile. CPython executes one thread at a
time, and the loop of the front waits for each thread that computes, up to `sys.getswitchinterval()`
each time that it wakes: beside 64 pages /health took seconds.

A thread must not wait for the engine while it holds a lock: the thread whose turn it is may want
that lock. A request that is given up waits for no turn: it would hold its place meanwhile.
"""

from __future__ import annotations

import contextlib
import heapq
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import count
from threading import Lock
from typing import Final

from server.engine.account import Accounts
from server.engine.request import PENDING_RESULTS, PendingResults

TURN_TIME: Final = 10.0
"""The seconds after which a thread computes without a turn."""

Place = tuple[bool, float, int, Future[None]]
"""A waiting thread: above its share, processor seconds of its client, number, its turn."""


@dataclass(slots=True)
class Turns:
    """The turns of the threads of one front; clients that used less of the processor come first."""

    accounts: Accounts
    _is_taken: bool = False
    _waiting: list[Place] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)
    _lock: Lock = field(default_factory=Lock)

    def take(self, client: str) -> bool:
        """Wait for a turn; return whether it is one, and not the end of a long wait.

        Raises OverloadedError if the request of this thread is given up meanwhile.
        """
        place = self._enter(client)
        if place is None:
            return True
        try:
            PENDING_RESULTS.get(PendingResults()).wait_without_pause(place[-1], TURN_TIME)
        except TimeoutError:
            return not place[-1].cancel()  # unless it is given at this moment
        return True

    def give(self) -> None:
        """Give the turn to the first thread that still waits."""
        with self._lock:
            while self._waiting:
                turn = heapq.heappop(self._waiting)[-1]
                if turn.set_running_or_notify_cancel():
                    turn.set_result(None)
                    return
            self._is_taken = False

    def _enter(self, client: str) -> Place | None:
        """Take a free turn and return None, or return a place in the queue."""
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return None
            standing = self.accounts.is_above(client), self.accounts.processor_seconds(client)
            place = (*standing, next(self._numbers), Future[None]())
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
