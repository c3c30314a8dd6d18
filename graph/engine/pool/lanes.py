"""The lanes: which worker is idle, and which question has one, waits for one, or has it stopped.

A question starts on a *quick* worker. When it is long it gives its place among the quick to a new
worker and takes one of the `long_workers` places; where none is free it is *parked*: its process is
stopped until a place is free or its deadline has come. So long questions never keep short ones
waiting, whatever their number.

Clients take turns. No client has all quick workers, nor more than half of the places of long and
parked questions, which are counted over all fronts (graph/engine/account.py). A question without a
client has no share to keep.

The worker that struck sources last is kept beside the idle ones, for whoever strikes the same.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import Enum, auto
from typing import Final

from graph.engine.account import Accounts, Holding
from graph.engine.engine_settings import EngineSettings
from graph.engine.framing import Header
from graph.engine.pool.worker_handle import WorkerHandle, settle
from graph.errors import OutOfMemoryError, OverloadedError, ShareError

LOOK: Final = 0.05
"""The seconds between two looks for a place of a long question: another front may have left it."""

CROWDED: Final = "too many long questions run already"
CLOSING: Final = "the server is closing"
SPENT: Final = "the questions that run need more memory than the server has for them; ask for less"


class Stage(Enum):
    """How far a question has come."""

    QUICK = auto()
    LONG = auto()
    PARKED = auto()


HELD: Final = {Stage.LONG: Holding.LONG, Stage.PARKED: Holding.PARKED}


@dataclass(slots=True)
class LaneCounters:
    """Totals since the start, for the metrics."""

    requests: int = 0
    deadlines: int = 0
    deaths: int = 0
    out_of_memory: int = 0
    too_large: int = 0
    overloads: int = 0
    given_up: int = 0
    worker_starts: int = 0
    worker_ends: int = 0
    long_requests: int = 0
    parked_requests: int = 0


@dataclass(slots=True)
class Place:
    """The place of a question: how far it has come, for whom, and the bytes put on his account."""

    client: str
    stage: Stage = Stage.QUICK
    bytes: int = 0


Ticket = asyncio.Future["WorkerHandle | None"]
"""The place of one who waits in a queue; without a worker, he is not to wait any longer."""


class Lanes:
    """The workers and the queues of one front, in one loop."""

    def __init__(self, settings: EngineSettings, accounts: Accounts) -> None:
        self.counters = LaneCounters()
        self.wanted = asyncio.Event()
        """Set when a worker may be missing."""
        self.closing = False
        self._settings = settings
        self._accounts = accounts
        self._epoch = 0
        self._idle: list[WorkerHandle] = []
        self._struck: WorkerHandle | None = None
        self._places: dict[WorkerHandle, Place] = {}
        self._quick: Counter[str] = Counter()
        self._queues: OrderedDict[str, deque[Ticket]] = OrderedDict()
        self._emptied = asyncio.Event()

    async def acquire(self, client: str, strike: Header | None = None) -> WorkerHandle:
        """Return a worker that lives, for a question without some sources; the clients take turns.

        Raises OverloadedError, and ShareError where the client has used his processor time.
        """
        self._require_time(client)
        if self.closing:
            raise self._overload(CLOSING)
        if self._struck and strike == self._struck.strike and self._may_have(client):
            worker, self._struck = self._struck, None
            return self._give(worker, client)
        if self._idle and self._may_have(client):
            worker = self._give(self._idle.pop(), client)
        else:
            worker = await self._called(client, self._queue(client))
        worker.strike = strike
        return worker

    async def _called(self, client: str, ticket: Ticket) -> WorkerHandle:
        """Return the worker that a ticket is called for; raises OverloadedError if none in time."""
        loop = asyncio.get_running_loop()
        late = loop.call_later(self._settings.queue_time, settle, ticket, None)
        try:
            if (worker := await ticket) is None:
                raise self._overload(CLOSING if self.closing else "no worker was free in time")
        except asyncio.CancelledError:
            if not ticket.cancelled() and (worker := ticket.result()) is not None:
                self.release(worker, kept=True)
            raise
        else:
            return worker
        finally:
            late.cancel()
            self._leave(client, ticket)

    def release(self, worker: WorkerHandle, *, kept: bool) -> None:
        """Take a worker back; one that is not kept, or reads an older dataset, is ended."""
        self._move(worker, None)
        if not (kept and worker.alive and self._is_present(worker)):
            self.end(worker)
        elif worker.strike:
            self._keep(worker)
        else:
            self._idle.append(worker)
            if self.missing() < 0:
                self.end(self._idle.pop(0))
        self._call()
        if not self._places:
            self._emptied.set()

    def _keep(self, worker: WorkerHandle | None) -> None:
        """Keep a worker that struck sources, or none, in the place of the one before."""
        if self._struck is not None:
            self.end(self._struck)
        self._struck = worker
        self.wanted.set()

    def add(self, worker: WorkerHandle, epoch: int) -> None:
        """Make a new worker known; from now on idle ones of another epoch end."""
        self.follow(epoch)
        if self._is_present(worker):
            self._idle.append(worker)
            self._call()
        else:
            self.end(worker)

    def follow(self, epoch: int) -> None:
        """End the idle workers that read the dataset of before an epoch."""
        self._epoch = max(self._epoch, epoch)
        if self._struck and not self._is_present(self._struck):
            self._keep(None)
        for worker in [one for one in self._idle if not self._is_present(one)]:
            self._idle.remove(worker)
            self.end(worker)

    def end(self, worker: WorkerHandle) -> None:
        """End a worker that no question has; another may be wanted."""
        self.counters.worker_ends += 1
        self.wanted.set()
        worker.kill()
        worker.close()

    def lost(self, worker: WorkerHandle) -> None:
        """Let go of a worker that has died idle; that of a question is the question's."""
        if worker is self._struck:
            self._keep(None)
        if worker in self._idle:
            self._idle.remove(worker)
            self.end(worker)

    async def lengthen(self, worker: WorkerHandle, end: float) -> None:
        """Let a question be long; where there is no place it is parked until there is one.

        Raises OverloadedError where it cannot be parked, or there is none until the moment `end`.
        """
        self.counters.long_requests += 1
        if not self._moved(worker, Stage.LONG):
            await self._park(worker, end)
        self.wanted.set()
        worker.yield_to_others()

    async def _park(self, worker: WorkerHandle, end: float) -> None:
        """Stop a process until there is a place for it, or it is dead."""
        if not self._moved(worker, Stage.PARKED):
            raise self._overload(CROWDED)
        self.counters.parked_requests += 1
        self.wanted.set()
        worker.stop()
        while worker.alive and not self._moved(worker, Stage.LONG):
            if time.monotonic() >= end:
                raise self._overload(CROWDED)
            await asyncio.sleep(LOOK)
        worker.go_on()

    def missing(self) -> int:
        """Return how many quick workers are to be forked; it is less than none where some are over.

        A worker comes back from a long question, in whose place another was forked.
        """
        present = len(self._idle) + self._count(Stage.QUICK)
        return 0 if self.closing else self._settings.quick_workers - present

    def weigh(self) -> None:
        """Put the memory of long and parked questions on account; past a budget, end the heaviest.

        It is one of the client that holds most. The question is told that it ran out of memory.
        """
        for worker, place in self._places.items():
            if place.stage in HELD:
                grown = worker.memory() - place.bytes
                place.bytes += grown
                self._accounts.add(place.client, Holding.BYTES, grown)
        over = [worker for worker, place in self._places.items() if self._is_over(place.client)]
        if over:
            max(over, key=self._weight).kill(OutOfMemoryError(SPENT))

    async def drain(self, seconds: float) -> None:
        """Refuse new questions, wait for those in flight, then end every worker."""
        self.closing = True
        for queue in self._queues.values():
            for ticket in queue:
                settle(ticket, None)
        if self._places:
            self._emptied.clear()
            try:
                await asyncio.wait_for(self._emptied.wait(), seconds)
            except TimeoutError:
                for worker in self._places:
                    worker.kill()
        self._keep(None)
        while self._idle:
            self.end(self._idle.pop())

    def versions(self) -> set[str]:
        """Return the versions that workers read."""
        return {worker.forked.version for worker in (*self._idle, *self._places)}

    def values(self) -> dict[str, int]:
        """Return the totals since the start, and how many workers and questions are where now."""
        stages = {stage.name.lower(): self._count(stage) for stage in Stage}
        waiting = sum(map(len, self._queues.values()))
        return {**asdict(self.counters), "idle": len(self._idle), "queue": waiting, **stages}

    def _require_time(self, client: str) -> None:
        """Raise ShareError where a client has used his processor time of the last minute."""
        seconds = self._settings.client_seconds
        if client and seconds and self._accounts.spent(client) >= seconds:
            raise ShareError("seconds of processor time a minute of one client", int(seconds))

    def _queue(self, client: str) -> Ticket:
        """Return a ticket at the end of the client's queue; raises OverloadedError."""
        if sum(map(len, self._queues.values())) >= self._settings.queue_length:
            raise self._overload("too many questions wait already")
        ticket: Ticket = asyncio.get_running_loop().create_future()
        self._queues.setdefault(client, deque()).append(ticket)
        return ticket

    def _leave(self, client: str, ticket: Ticket) -> None:
        """Take a ticket out of its queue, if it is there."""
        if ticket in (queue := self._queues.get(client, deque())):
            queue.remove(ticket)
            if not queue:
                del self._queues[client]

    def _call(self) -> None:
        """Give idle workers to who waits: clients take turns, each in the order of his asking."""
        for client in self._turns():
            queue = self._queues[client]
            ticket = queue.popleft()
            if not queue:
                del self._queues[client]
            if not ticket.done():
                ticket.set_result(self._give(self._idle.pop(), client))

    def _turns(self) -> Iterator[str]:
        """Yield the clients that may have an idle worker; whose turn it was comes last."""
        while self._idle and (client := self._next()) is not None:
            self._queues.move_to_end(client)
            yield client

    def _next(self) -> str | None:
        """Return the client whose turn it is."""
        return next(filter(self._may_have, self._queues), None)

    def _weight(self, worker: WorkerHandle) -> tuple[int, int]:
        """Return how much the client of a question holds, and how much the question does."""
        place = self._places[worker]
        return self._accounts.held(place.client, Holding.BYTES), place.bytes

    def _may_have(self, client: str) -> bool:
        """Return whether a client may have one more quick worker: one is left for the others."""
        return not client or self._quick[client] < max(1, self._settings.quick_workers - 1)

    def _is_present(self, worker: WorkerHandle) -> bool:
        """Return whether a worker reads the present dataset, and may be kept."""
        return worker.forked.epoch == self._epoch and not self.closing

    def _give(self, worker: WorkerHandle, client: str) -> WorkerHandle:
        """Give a worker to a question of a client."""
        self._places[worker] = Place(client)
        self._quick[client] += 1
        return worker

    def _moved(self, worker: WorkerHandle, stage: Stage) -> bool:
        """Move a question to a stage where there is a place for it, and return whether there is."""
        client, what = self._places[worker].client, HELD[stage]
        settings = self._settings
        most = settings.long_workers if stage is Stage.LONG else settings.parked_workers
        self._accounts.add(client, what, 1)  # first: two fronts cannot both take the last place
        crowded = self._accounts.total(what) > most
        greedy = client and self._accounts.held(client, what) > max(1, most // 2)
        self._accounts.add(client, what, -1)
        if crowded or greedy or self._is_over(client):
            return False
        self._move(worker, stage)
        self._call()
        return True

    def _move(self, worker: WorkerHandle, stage: Stage | None) -> None:
        """Move a question to a stage, or off the lanes."""
        place = self._places[worker]
        if place.stage is Stage.QUICK:
            self._quick[place.client] -= 1
            self._quick += Counter()  # without those that are 0
        else:
            self._accounts.add(place.client, HELD[place.stage], -1)
        if stage is None:
            self._accounts.add(place.client, Holding.BYTES, -place.bytes)
            del self._places[worker]
        else:
            place.stage = stage
            self._accounts.add(place.client, HELD[stage], 1)

    def _is_over(self, client: str) -> bool:
        """Return whether more memory is held than there is a budget for, in all or by a client."""
        return (
            self._accounts.total(Holding.BYTES) > self._settings.memory_budget
            or self._accounts.held(client, Holding.BYTES) > self._settings.client_memory
        )

    def _count(self, stage: Stage) -> int:
        """Return how many questions are at a stage."""
        return sum(place.stage is stage for place in self._places.values())

    def _overload(self, message: str) -> OverloadedError:
        """Return the error of a request that finds no place."""
        self.counters.overloads += 1
        return OverloadedError(message)
