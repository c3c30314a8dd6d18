"""Admission: how many requests may be under way, in all and from one client."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

from graph.errors import OverloadedError
from server.limit import TooManyAtOnce


@dataclass(slots=True)
class Admission:
    """Counts what is under way; shared by the threads.

    `most` is below the number of threads, so that one is left to say how the server is.
    """

    most: int
    most_of_client: int
    under_way: int = 0
    refused_clients: int = 0
    refused_all: int = 0
    _clients: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    @contextmanager
    def admitted(self, client: str) -> Iterator[None]:
        """Hold a place for a request; raises TooManyAtOnce and OverloadedError."""
        self._enter(client)
        try:
            yield
        finally:
            self._leave(client)

    def _enter(self, client: str) -> None:
        """Take a place, or refuse."""
        with self._lock:
            if self._clients[client] >= self.most_of_client:
                self.refused_clients += 1
                raise TooManyAtOnce(self.most_of_client)
            if self.under_way >= self.most:
                self.refused_all += 1
                raise OverloadedError(f"{self.most} requests are under way; try again")
            self._clients[client] += 1
            self.under_way += 1

    def _leave(self, client: str) -> None:
        """Give the place back."""
        with self._lock:
            self.under_way -= 1
            self._clients[client] -= 1
            if not self._clients[client]:
                del self._clients[client]
