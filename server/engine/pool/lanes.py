"""The lanes: the idle workers, and the requests that have a worker, wait for one, or are parked.

A request starts on a *quick* worker. After a slice of the processor it is long: it leaves its place
among the quick to a new worker and takes one of the `long_workers` places; if none is free it is
*parked*: its process is stopped until a place is free or its deadline has come. So short requests
never wait for long ones, however many there are. This is a feedback queue of two levels (Corbato,
1962), whose slices get shorter as clients wait.

The ledger (server/engine/account.py) counts over all fronts. The fair queue gives idle workers to
the clients that wait; the last two of them are kept for newcomers and for those with short
requests. One client has at most half of the places for long and parked requests. A client below its
share takes the place of one above it, or of one with more places: that one is parked, or refused. A
request without a client has no such bounds.

The last worker of a variant of the dataset, as without a source, is kept beside the idle ones.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from graph.errors import OutOfMemoryError, OverloadedError
from server.engine.account import Accounts, Holding
from server.engine.engine_settings import EngineSettings
from server.engine.framing import Header
from server.engine.pool.fair_queue import FairQueue, Ticket
from server.engine.pool.worker_handle import WorkerHandle, set_result

PARKED_INTERVAL: Final = 0.05
"""The seconds between two attempts of a parked request: another front may have freed a place."""

ANSWER_COPIES: Final = 2
"""The copies of an answer in a front while it is decoded: the received bytes and the body."""

SHORTEST: Final = 4
"""The number of times that a slice may be divided among the clients that wait."""

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
class LanePlace:
    """The place of a request in the lanes, and its bytes and seconds on the account of its client.

    `start` is the processor time of its worker before it, `estimate` the length that it was
    expected to have.
    The bytes are the memory of a long or parked process and of an answer that arrives.
    """

    client: str
    start: float
    estimate: float
    stage: Stage = Stage.QUICK
    bytes: int = 0
    answer_bytes: int = 0
    seconds: float = 0.0


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
        self._varied: WorkerHandle | None = None
        self._places: dict[WorkerHandle, LanePlace] = {}
        self._quick: Counter[str] = Counter()
        self._queue = FairQueue(accounts, settings.quick_time / SHORTEST)
        self._emptied = asyncio.Event()

    async def acquire(self, client: str, variant: Header | None = None) -> WorkerHandle:
        """Return a worker for a request, which may be of a variant; raises OverloadedError."""
        if self.closing:
            raise self._overload(CLOSING)
        if self._varied and variant == self._varied.variant and self._may_take_quick(client):
            worker, self._varied = self._varied, None
            return self._assign(worker, client)
        if self._idle and self._may_take_quick(client):
            worker = self._assign(self._idle.pop(), client)
        else:
            worker = await self._wait_in_queue(client, self._enqueue(client))
        worker.variant = variant
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
            self._queue.remove(client, ticket)

    def release(self, worker: WorkerHandle, *, kept: bool) -> None:
        """Take a worker back; end it unless it is `kept` and reads the current dataset."""
        if kept:
            self._accounts.keep_private_memory(self._places[worker].bytes)
        self._move(worker, None)
        if not (kept and worker.alive and self._is_current(worker)):
            self.end(worker)
        elif worker.variant:
            self._keep_variant(worker)
        else:
            self._idle.append(worker)
            if self.missing_workers() < 0:
                self.end(self._idle.pop(0))
        self._serve_queue()
        if not self._places:
            self._emptied.set()

    def _keep_variant(self, worker: WorkerHandle | None) -> None:
        """Keep a worker of a variant, or None, and end the one kept before."""
        if self._varied is not None:
            self.end(self._varied)
        self._varied = worker
        self.wanted.set()

    def add(self, worker: WorkerHandle, epoch: int) -> None:
        """Add a new worker, and end the idle ones of another epoch."""
        self.end_stale(epoch)
        worker.on_long_answer = self._charge_answer
        if self._is_current(worker):
            self._idle.append(worker)
            self._serve_queue()
        else:
            self.end(worker)

    def end_stale(self, epoch: int) -> None:
        """End the idle workers with a dataset from before an epoch."""
        self._epoch = max(self._epoch, epoch)
        if self._varied and not self._is_current(self._varied):
            self._keep_variant(None)
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
        if worker is self._varied:
            self._keep_variant(None)
        if worker in self._idle:
            self._idle.remove(worker)
            self.end(worker)

    def slice_time(self) -> float:
        """Return the processor time after which a quick request is long.

        The clients below their share that wait for a worker divide it.
        """
        return self._settings.quick_time / min(SHORTEST, 1 + self._queue.count_below())

    def charge(self, worker: WorkerHandle) -> None:
        """Charge the client of a request the processor time since the last charge."""
        place = self._places[worker]
        growth = worker.processor_seconds() - place.start - place.seconds
        if growth > 0:  # the clock of a dead process is 0
            place.seconds += growth
            self._accounts.spend(place.client, growth)
            if place.stage is not Stage.QUICK:
                self._queue.charge(place.client, growth)

    async def run_long(self, worker: WorkerHandle, end: float) -> None:
        """Return when a request that was quick, or was parked, has a place among the long ones.

        Raises OverloadedError if it cannot be parked, or no place is free by the moment `end`.
        """
        place = self._places[worker]
        if place.stage is Stage.QUICK:
            self.counters["long_requests"] += 1
            self.charge(worker)
            if not self._try_move(worker, Stage.LONG):
                self._park(worker)
            self.wanted.set()
            worker.lower_priority()
        if place.stage is Stage.PARKED:
            while worker.alive and not self._resume(worker):
                if time.monotonic() >= end:
                    raise self._overload(CROWDED)
                await asyncio.sleep(PARKED_INTERVAL)

    def _park(self, worker: WorkerHandle) -> None:
        """Stop a process until `_resume`; raises OverloadedError without a place for it.

        A client below its share takes the place of a rival, which is refused.
        """
        if not self._try_move(worker, Stage.PARKED):
            rival = self._find_rival(worker, Stage.PARKED)
            if rival is None:
                raise self._overload(CROWDED)
            rival.kill(self._overload(CROWDED))
            self._move(worker, Stage.PARKED)
            self._serve_queue()
        self.counters["parked_requests"] += 1
        worker.pause()

    def _resume(self, worker: WorkerHandle) -> bool:
        """Continue a parked request if it gets a place among the long, and return whether it does.

        A client below its share exchanges places with a rival.
        """
        if not self._try_move(worker, Stage.LONG):
            rival = self._find_rival(worker, Stage.LONG)
            if rival is None:
                return False
            rival.pause()
            rival.interrupt()
            self._move(worker, Stage.LONG)  # first: no other front sees a free place
            self._move(rival, Stage.PARKED)
        worker.resume()
        return True

    def _find_rival(self, worker: WorkerHandle, stage: Stage) -> WorkerHandle | None:
        """Return the request that took most time of those at a stage whose place a client may take.

        Its client is above its share, or would have more places left than the asking client then
        has: a newcomer need not wait until the others are above theirs. None if there is no such
        request, or the asking client is above its own share.
        """
        is_above, asking = self._accounts.is_above, self._places[worker].client
        if is_above(asking):
            return None
        counted = (Holding.LONG,) if stage is Stage.LONG else (Holding.LONG, Holding.PARKED)
        places = {
            client: sum(self._accounts.holding(client, holding) for holding in counted)
            for client in {place.client for place in self._places.values()}
        }
        rivals = [
            rival
            for rival, place in self._places.items()
            if place.stage is stage
            and rival.runs
            and (is_above(place.client) or places[place.client] > places[asking] + 1)
        ]
        return max(rivals, key=lambda rival: self._places[rival].seconds, default=None)

    def missing_workers(self) -> int:
        """Return how many quick workers are missing; the number is negative if there are too many.

        There are too many when a worker returns from a long request: it was replaced meanwhile.
        """
        present = len(self._idle) + self._count_quick()
        return 0 if self.closing else self._settings.quick_workers - present

    def enforce_budgets(self) -> None:
        """Charge time and memory of the requests; past a budget of memory, kill the largest one.

        The client that holds most loses it, with OutOfMemoryError.
        """
        for worker, place in self._places.items():
            self.charge(worker)
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
            place.answer_bytes += ANSWER_COPIES * size
            self._accounts.add(place.client, Holding.BYTES, ANSWER_COPIES * size)
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
        self._queue.end()
        if self._places:
            self._emptied.clear()
            try:
                await asyncio.wait_for(self._emptied.wait(), seconds)
            except TimeoutError:
                for worker in self._places:
                    worker.kill()
        self._keep_variant(None)
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
        return {**self.counters, "idle": len(self._idle), "queue": len(self._queue), **stages}

    def _enqueue(self, client: str) -> Ticket:
        """Return a ticket of a client; raises OverloadedError if the queue is full."""
        if len(self._queue) >= self._settings.queue_length:
            raise self._overload("too many questions wait already")
        return self._queue.add(client)

    def _serve_queue(self) -> None:
        """Give idle workers to queued requests, as long as their clients may have one."""
        while self._idle and (turn := self._queue.take(self._may_take_quick)) is not None:
            client, ticket = turn
            if not ticket.done():
                ticket.set_result(self._assign(self._idle.pop(), client))

    def _weight(self, worker: WorkerHandle) -> tuple[int, int]:
        """Return the bytes of the client of a request, and of the request alone."""
        place = self._places[worker]
        return self._accounts.holding(place.client, Holding.BYTES), place.bytes

    def _may_take_quick(self, client: str) -> bool:
        """Return whether a client may have a quick worker now."""
        return not client or self._count_quick() < self._quick_places(client)

    def _quick_places(self, client: str) -> int:
        """Return the number of quick workers among which a client may have one.

        All but two for a client above its share, with a long request, or whose latest was long; all
        but one for a newcomer, or for a client with another one in this front.
        """
        accounts = self._accounts
        latest = accounts.latest_seconds(client)
        has_long = any(accounts.holding(client, holding) for holding in HOLDINGS.values())
        if has_long or (latest or 0) >= self._queue.estimate or accounts.is_above(client):
            left = 2
        else:
            left = int(latest is None or self._quick[client] > 0)
        return max(1, self._settings.quick_workers - left)

    def _is_current(self, worker: WorkerHandle) -> bool:
        """Return whether a worker reads the current dataset, and may be kept."""
        return worker.process.epoch >= self._epoch and not self.closing

    def _assign(self, worker: WorkerHandle, client: str) -> WorkerHandle:
        """Assign a worker to a request of a client, and return it."""
        estimate = self._queue.begin(client)
        self._places[worker] = LanePlace(client, worker.processor_seconds(), estimate)
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
        self._serve_queue()
        return True

    def _move(self, worker: WorkerHandle, stage: Stage | None) -> None:
        """Move a request to a stage, or out of the lanes."""
        place = self._places[worker]
        if place.stage is Stage.QUICK:
            self._quick[place.client] -= 1
            self._quick += Counter()  # drops the clients with a count of 0
            self._queue.settle(place.client, place.estimate, place.seconds)
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

    def _count_quick(self) -> int:
        """Return the number of busy quick workers; a killed one does not count."""
        places = self._places.items()
        return sum(place.stage is Stage.QUICK and not w.killed for w, place in places)

    def _count(self, stage: Stage) -> int:
        """Return the number of requests at a stage."""
        return sum(place.stage is stage for place in self._places.values())

    def _overload(self, message: str) -> OverloadedError:
        """Count a refused request, and return its error."""
        self.counters["overloads"] += 1
        return OverloadedError(message)
