"""The lanes: the idle workers, and the requests that have a worker, wait for one, or are parked.

A request starts on a *quick* worker. When it becomes long it leaves its place among the quick to a
new worker and takes one of the `long_workers` places; if none is free it is *parked*: its process
is stopped until a place is free or its deadline has come. So short requests never wait for long
ones, however many there are.

Clients take turns. No client has all quick workers, nor more than half of the places for long and
parked requests, which are counted over all fronts (graph/engine/account.py). A request without a
client has no such bounds.

The last worker that excluded sources is kept beside the idle ones, for the same exclusion.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from graph.engine.account import Accounts, Holding
from graph.engine.engine_settings import EngineSettings
from graph.engine.framing import Header
from graph.engine.pool.worker_handle import WorkerHandle, set_result
from graph.errors import OutOfMemoryError, OverloadedError, ShareError

PARKED_INTERVAL: Final = 0.05
"""The seconds between two attempts of a parked request: another front may have freed a place."""

CROWDED: Final = "too many long questions run already"
CLOSING: Final = "the server is closing"
OVER_BUDGET: Final = (
    "the questions that run need more memory than the server has for them; ask for less"
)


class Stage(Enum):
    """The stages of a request."""

    QUICK = auto()
    LONG = auto()
    PARKED = auto()


HOLDINGS: Final = {Stage.LONG: Holding.LONG, Stage.PARKED: Holding.PARKED}


TOTALS: Final = (
    *("requests", "deadlines", "deaths", "out_of_memory", "too_large", "overloads", "given_up"),
    *("worker_starts", "worker_ends", "long_requests", "parked_requests"),
)
"""The names of the totals since the start, for the metrics."""


@dataclass(slots=True)
class Place:
    """The place of a request in the lanes, and the bytes of it on the account of its client.

    They are those of a long or parked process, and of an answer that arrives.
    """

    client: str
    stage: Stage = Stage.QUICK
    bytes: int = 0
    answer_bytes: int = 0


Ticket = asyncio.Future["WorkerHandle | None"]
"""A place in a queue, whose result is a worker, or None at the end of the wait."""


class Lanes:
    """The workers and the queues of one front, in one loop."""

    def __init__(self, settings: EngineSettings, accounts: Accounts) -> None:
        self.counters = dict.fromkeys(TOTALS, 0)
        self.wanted = asyncio.Event()
        """Set if a worker may be missing."""
        self.closing = False
        self._settings = settings
        self._accounts = accounts
        self._epoch = 0
        self._idle: list[WorkerHandle] = []
        self._excluding: WorkerHandle | None = None
        self._places: dict[WorkerHandle, Place] = {}
        self._quick: Counter[str] = Counter()
        self._queues: OrderedDict[str, deque[Ticket]] = OrderedDict()
        self._emptied = asyncio.Event()

    async def acquire(self, client: str, exclusion: Header | None = None) -> WorkerHandle:
        """Return a worker for a request, which may exclude sources; the clients take turns.

        Raises OverloadedError, and ShareError if the client has used its processor time.
        """
        self._require_time(client)
        if self.closing:
            raise self._overload(CLOSING)
        if (
            self._excluding
            and exclusion == self._excluding.exclusion
            and self._may_take_quick(client)
        ):
            worker, self._excluding = self._excluding, None
            return self._assign(worker, client)
        if self._idle and self._may_take_quick(client):
            worker = self._assign(self._idle.pop(), client)
        else:
            worker = await self._wait_in_queue(client, self._queue(client))
        worker.exclusion = exclusion
        return worker

    async def _wait_in_queue(self, client: str, ticket: Ticket) -> WorkerHandle:
        """Return the worker of a ticket; raises OverloadedError at the end of the queue time."""
        loop = asyncio.get_running_loop()
        timer = loop.call_later(self._settings.queue_time, set_result, ticket, None)
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
            timer.cancel()
            self._leave_queue(client, ticket)

    def release(self, worker: WorkerHandle, *, kept: bool) -> None:
        """Take a worker back; end it unless it is `kept` and reads the current dataset."""
        self._move(worker, None)
        if not (kept and worker.alive and self._is_current(worker)):
            self.end(worker)
        elif worker.exclusion:
            self._keep_excluding(worker)
        else:
            self._idle.append(worker)
            if self.missing_workers() < 0:
                self.end(self._idle.pop(0))
        self._serve_queues()
        if not self._places:
            self._emptied.set()

    def _keep_excluding(self, worker: WorkerHandle | None) -> None:
        """Keep a worker that excluded sources, or None, and end the one kept before."""
        if self._excluding is not None:
            self.end(self._excluding)
        self._excluding = worker
        self.wanted.set()

    def add(self, worker: WorkerHandle, epoch: int) -> None:
        """Add a new worker, and end the idle ones of another epoch."""
        self.end_stale(epoch)
        worker.on_long_answer = self._charge_answer
        if self._is_current(worker):
            self._idle.append(worker)
            self._serve_queues()
        else:
            self.end(worker)

    def end_stale(self, epoch: int) -> None:
        """End the idle workers with a dataset from before an epoch."""
        self._epoch = max(self._epoch, epoch)
        if self._excluding and not self._is_current(self._excluding):
            self._keep_excluding(None)
        for worker in [worker for worker in self._idle if not self._is_current(worker)]:
            self._idle.remove(worker)
            self.end(worker)

    def end(self, worker: WorkerHandle) -> None:
        """End a worker that has no request; another may be wanted."""
        self.counters["worker_ends"] += 1
        self.wanted.set()
        worker.kill()
        worker.close()

    def forget(self, worker: WorkerHandle) -> None:
        """Remove a worker that died idle; the conversation of a busy one handles its death."""
        if worker is self._excluding:
            self._keep_excluding(None)
        if worker in self._idle:
            self._idle.remove(worker)
            self.end(worker)

    async def make_long(self, worker: WorkerHandle, end: float) -> None:
        """Move a request among the long ones; if no place is free it is parked until one is.

        Raises OverloadedError if it cannot be parked, or no place is free by the moment `end`.
        """
        self.counters["long_requests"] += 1
        if not self._try_move(worker, Stage.LONG):
            await self._park(worker, end)
        self.wanted.set()
        worker.lower_priority()

    async def _park(self, worker: WorkerHandle, end: float) -> None:
        """Stop a process until a place for its request is free, or it has died."""
        if not self._try_move(worker, Stage.PARKED):
            raise self._overload(CROWDED)
        self.counters["parked_requests"] += 1
        self.wanted.set()
        worker.pause()
        while worker.alive and not self._try_move(worker, Stage.LONG):
            if time.monotonic() >= end:
                raise self._overload(CROWDED)
            await asyncio.sleep(PARKED_INTERVAL)
        worker.resume()

    def missing_workers(self) -> int:
        """Return how many quick workers are missing; the number is negative if there are too many.

        There are too many when a worker returns from a long request: it was replaced meanwhile.
        """
        present = len(self._idle) + self._count(Stage.QUICK)
        return 0 if self.closing else self._settings.quick_workers - present

    def enforce_budgets(self) -> None:
        """Account for the memory of long and parked requests; past a budget, kill the largest one.

        The client that holds most loses it, with OutOfMemoryError.
        """
        for worker, place in self._places.items():
            if place.stage in HOLDINGS:
                growth = worker.memory() - place.bytes
                place.bytes += growth
                self._accounts.add(place.client, Holding.BYTES, growth)
        over = [
            worker for worker, place in self._places.items() if self._is_over_budget(place.client)
        ]
        if over:
            max(over, key=self._weight).kill(OutOfMemoryError(OVER_BUDGET))

    def _charge_answer(self, worker: WorkerHandle, size: int) -> None:
        """Charge a client for an answer that arrives; past a budget, kill its worker instead."""
        if (place := self._places.get(worker)) is not None:
            place.answer_bytes += size
            self._accounts.add(place.client, Holding.BYTES, size)
            if self._is_over_budget(place.client):
                worker.kill(OutOfMemoryError(OVER_BUDGET))

    def processes(self) -> list[int]:
        """Return the pids of the workers."""
        return [worker.process.pid for worker in (*self._idle, *self._places)]

    def end_heavy(self, sizes: Mapping[int, int], most: int) -> None:
        """End the idle workers whose process has more private memory than `most` bytes."""
        for worker in [w for w in self._idle if sizes.get(w.process.pid, 0) > most]:
            self._idle.remove(worker)
            self.end(worker)

    async def drain(self, seconds: float) -> None:
        """Refuse new requests, wait for those in flight, then end every worker."""
        self.closing = True
        for queue in self._queues.values():
            for ticket in queue:
                set_result(ticket, None)
        if self._places:
            self._emptied.clear()
            try:
                await asyncio.wait_for(self._emptied.wait(), seconds)
            except TimeoutError:
                for worker in self._places:
                    worker.kill()
        self._keep_excluding(None)
        while self._idle:
            self.end(self._idle.pop())

    def versions(self) -> set[str]:
        """Return the versions of the dataset that workers read."""
        return {worker.process.version for worker in (*self._idle, *self._places)}

    @property
    def has_workers(self) -> bool:
        """Whether there is a worker, idle or busy."""
        return bool(self._idle or self._places)

    def metrics(self) -> dict[str, int]:
        """Return the totals since the start, and the present numbers of workers and requests."""
        stages = {stage.name.lower(): self._count(stage) for stage in Stage}
        waiting = sum(map(len, self._queues.values()))
        return {**self.counters, "idle": len(self._idle), "queue": waiting, **stages}

    def _require_time(self, client: str) -> None:
        """Raise ShareError if a client has used its processor time of the last minute."""
        seconds = self._settings.client_seconds
        if client and seconds and self._accounts.processor_seconds(client) >= seconds:
            raise ShareError("seconds of processor time a minute of one client", int(seconds))

    def _queue(self, client: str) -> Ticket:
        """Return a ticket at the end of the client's queue; raises OverloadedError."""
        if sum(map(len, self._queues.values())) >= self._settings.queue_length:
            raise self._overload("too many questions wait already")
        ticket: Ticket = asyncio.get_running_loop().create_future()
        self._queues.setdefault(client, deque()).append(ticket)
        return ticket

    def _leave_queue(self, client: str, ticket: Ticket) -> None:
        """Take a ticket out of its queue, if it is there."""
        if ticket in (queue := self._queues.get(client, deque())):
            queue.remove(ticket)
            if not queue:
                del self._queues[client]

    def _serve_queues(self) -> None:
        """Give idle workers to queued requests; clients take turns."""
        for client in self._turns():
            queue = self._queues[client]
            ticket = queue.popleft()
            if not queue:
                del self._queues[client]
            if not ticket.done():
                ticket.set_result(self._assign(self._idle.pop(), client))

    def _turns(self) -> Iterator[str]:
        """Yield the next client that may have an idle worker; it goes to the end of the order."""
        while self._idle and (client := self._next_client()) is not None:
            self._queues.move_to_end(client)
            yield client

    def _next_client(self) -> str | None:
        """Return the client whose turn it is."""
        return next(filter(self._may_take_quick, self._queues), None)

    def _weight(self, worker: WorkerHandle) -> tuple[int, int]:
        """Return the bytes of the client of a request, and of the request alone."""
        place = self._places[worker]
        return self._accounts.holding(place.client, Holding.BYTES), place.bytes

    def _may_take_quick(self, client: str) -> bool:
        """Return whether a client may have another quick worker; one is reserved for others."""
        return not client or self._quick[client] < max(1, self._settings.quick_workers - 1)

    def _is_current(self, worker: WorkerHandle) -> bool:
        """Return whether a worker reads the current dataset, and may be kept."""
        return worker.process.epoch >= self._epoch and not self.closing

    def _assign(self, worker: WorkerHandle, client: str) -> WorkerHandle:
        """Assign a worker to a request of a client, and return it."""
        self._places[worker] = Place(client)
        self._quick[client] += 1
        return worker

    def _try_move(self, worker: WorkerHandle, stage: Stage) -> bool:
        """Move a request to a stage if a place is free there, and return whether one is."""
        client, holding = self._places[worker].client, HOLDINGS[stage]
        settings = self._settings
        places = settings.long_workers if stage is Stage.LONG else settings.parked_workers
        self._accounts.add(client, holding, 1)  # first: two fronts cannot both take the last place
        crowded = self._accounts.total(holding) > places
        greedy = client and self._accounts.holding(client, holding) > max(1, places // 2)
        self._accounts.add(client, holding, -1)
        if crowded or greedy or self._is_over_budget(client):
            return False
        self._move(worker, stage)
        self._serve_queues()
        return True

    def _move(self, worker: WorkerHandle, stage: Stage | None) -> None:
        """Move a request to a stage, or out of the lanes."""
        place = self._places[worker]
        if place.stage is Stage.QUICK:
            self._quick[place.client] -= 1
            self._quick += Counter()  # drops the clients with a count of 0
        else:
            self._accounts.add(place.client, HOLDINGS[place.stage], -1)
        if stage is None:
            self._accounts.add(place.client, Holding.BYTES, -place.bytes - place.answer_bytes)
            del self._places[worker]
        else:
            place.stage = stage
            self._accounts.add(place.client, HOLDINGS[stage], 1)

    def _is_over_budget(self, client: str) -> bool:
        """Return whether the memory of all clients, or of one, is over its budget."""
        return (
            self._accounts.held_bytes() > self._settings.memory_budget
            or self._accounts.holding(client, Holding.BYTES) > self._settings.client_memory
        )

    def _count(self, stage: Stage) -> int:
        """Return the number of requests at a stage."""
        return sum(place.stage is stage for place in self._places.values())

    def _overload(self, message: str) -> OverloadedError:
        """Count a refused request, and return its error."""
        self.counters["overloads"] += 1
        return OverloadedError(message)
