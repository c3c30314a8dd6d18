"""The fair queue: the requests of one front that wait for a worker, and whose turn it is.

Clients below their share of the last minute (server/engine/account.py) come before those above it.
Among them the order is weighted fair queueing with the virtual time of start-time fair queueing
(Goyal, Vin and Cheng, SIGCOMM 1996): the start tag of a request is the virtual time at its arrival,
or the processor time dealt to its client, if that is larger; the virtual time is the start tag of
the latest request with a worker. So nobody saves up for later. The first is the request with the
smallest finish tag, its start tag and its length. The length is unknown before; it is estimated by
the latest request of the client, as in the fair queueing of Kubernetes (KEP-1040), and corrected by
`settle`. So a client with short requests does not wait for a round of slices of all others.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

from server.engine.account import Accounts
from server.engine.pool.worker_handle import WorkerHandle, set_result

Ticket = asyncio.Future[WorkerHandle | None]
"""A place in the queue, whose result is a worker, or None at the end of the wait."""

MAX_TAGS: Final = 4096
"""The number of finish tags at which the expired ones are dropped."""


class FairQueue:
    """The tickets of the clients that wait, and the tags of all."""

    def __init__(self, accounts: Accounts, estimate: float) -> None:
        """Estimate the first request of a client at so many seconds of the processor."""
        self._accounts = accounts
        self.estimate = estimate
        self._waiting: dict[str, deque[Ticket]] = {}
        self._arrival: dict[str, float] = {}
        """The virtual times from which the clients wait."""
        self._finish: dict[str, float] = {}
        self._virtual = 0.0

    def __len__(self) -> int:
        """Return the number of tickets."""
        return sum(map(len, self._waiting.values()))

    def count_below(self) -> int:
        """Return the number of waiting clients below their share."""
        return sum(not self._accounts.is_above(client) for client in self._waiting)

    def add(self, client: str) -> Ticket:
        """Return a new ticket of a client, after its earlier ones."""
        ticket: Ticket = asyncio.get_running_loop().create_future()
        if client not in self._waiting:
            self._waiting[client], self._arrival[client] = deque(), self._virtual
        self._waiting[client].append(ticket)
        return ticket

    def remove(self, client: str, ticket: Ticket) -> None:
        """Remove a ticket, if it is there."""
        if ticket in (tickets := self._waiting.get(client, deque())):
            tickets.remove(ticket)
            self._arrival[client] = self._virtual
            if not tickets:
                del self._waiting[client], self._arrival[client]

    def take(self, may_be_served: Callable[[str], bool]) -> tuple[str, Ticket] | None:
        """Remove and return the next ticket with its client, None if no client may be served."""
        client = min(filter(may_be_served, self._waiting), key=self._rank, default=None)
        if client is None:
            return None
        ticket = self._waiting[client][0]
        self.remove(client, ticket)
        return client, ticket

    def end(self) -> None:
        """End the wait of every ticket."""
        for tickets in self._waiting.values():
            for ticket in tickets:
                set_result(ticket, None)

    def begin(self, client: str) -> float:
        """Advance the virtual time to a request that gets a worker; charge and return its length.

        The length is an estimate.
        """
        self._virtual = self._start(client)
        length = self._length(client)
        self._finish[client] = self._virtual + length
        if len(self._finish) > MAX_TAGS:
            self._finish = {name: tag for name, tag in self._finish.items() if tag > self._virtual}
        return length

    def settle(self, client: str, estimate: float, seconds: float) -> None:
        """Charge a request that ends or becomes long its seconds in the place of its estimate."""
        self.charge(client, seconds - estimate)
        self._accounts.set_latest(client, seconds)

    def charge(self, client: str, seconds: float) -> None:
        """Charge a client more seconds."""
        self._finish[client] = self._finish.get(client, self._virtual) + seconds

    def _length(self, client: str) -> float:
        """Return the expected processor time of the next request of a client."""
        return self._accounts.latest_seconds(client) or self.estimate

    def _start(self, client: str) -> float:
        """Return the start tag of the next request of a client."""
        return max(self._arrival.get(client, self._virtual), self._finish.get(client, 0.0))

    def _rank(self, client: str) -> tuple[bool, float]:
        """Return the order of a waiting client; clients of one rank are served as they came."""
        finish = self._start(client) + self._length(client)
        return self._accounts.is_above(client), finish
