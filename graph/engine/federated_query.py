"""An errand: one query with SERVICE, to the other endpoints and back.

Nothing that the query or an endpoint says is read in this process: a worker plans, narrows and
reads what comes, and what passes through here is sent on as it is.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from graph.answering.evaluation import Query
from graph.engine.engine import Engine
from graph.errors import (
    DeadlineError,
    EndpointError,
    EndpointLimitError,
    OutOfMemoryError,
    WorkerDiedError,
)
from graph.service.bounds import ServiceBounds
from graph.service.call import ServiceCall
from graph.service.counter import ServiceCounters, kind_of
from graph.service.plan import Plan
from graph.service.relay import ask

SHARE: Final = 0.75
"""Of the time that a query has left, what one endpoint may take: SILENT can still go on without."""

NARROWING: Final = 0.25
"""Of that time, what narrowing a call may take: it can be asked without."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What is sent along with a call: VALUES, and what was found on the way.

    `empty` is that no row here could be joined with an answer, `past` that there are too many.
    """

    values: tuple[str, ...] = ()
    empty: bool = False
    past: bool = False


@dataclass(slots=True)
class FederatedQuery:
    """A query under way until the moment `end` of time.monotonic().

    `addresses` has for each endpoint that may be asked where it is; `versions` are those of the
    dataset that narrowed what was asked.
    """

    engine: Engine
    query: Query
    addresses: Mapping[str, str]
    bounds: ServiceBounds
    counters: ServiceCounters
    end: float
    versions: set[str] = field(default_factory=set)

    async def filled(self) -> str:
        """Return the text of the query with what its endpoints answered."""
        plan, answers = await self._plan(), list[str]()
        for call in plan.calls:
            answers.append(await self._answer(call, answers))
        return plan.text.filled(answers)

    async def _plan(self) -> Plan:
        """Return what the query asks of whom."""
        header, text = self.engine.request(self.query)
        limits = {"rows": self.bounds.rows, "given": self.bounds.given}
        header = {**header, **limits, "allowed": list(self.addresses)}
        return Plan.of((await self.engine.ask("plan", header, text, left(self.end)))[1])

    async def _answer(self, call: ServiceCall, before: list[str]) -> str:
        """Return what an endpoint answered as VALUES, or with SILENT nothing of a failure."""
        narrowed = await self._narrowed(call, before)
        if narrowed.empty:
            self.counters.count("spared")
            return call.nothing()
        self.counters.count("asked")
        self.counters.count("narrowed", bool(narrowed.values))
        try:
            return await self._asked(call, narrowed)
        except EndpointError as error:
            self.counters.count(kind_of(error))
            if call.silent:
                return call.failed()
            raise

    async def _asked(self, call: ServiceCall, narrowed: Narrowed) -> str:
        """Return what an endpoint answers; raises EndpointError."""
        address, seconds = self.addresses[call.endpoint], SHARE * left(self.end)
        header = {"endpoint": call.endpoint, "variables": call.variables, "rows": self.bounds.rows}
        try:
            text = call.text(narrowed.values)
            most = self.bounds.bytes
            body = await asyncio.to_thread(ask, call.endpoint, address, text, seconds, most)
            self.counters.count("bytes", len(body))
            _, values = await self.engine.ask("values", header, body, left(self.end))
            return values.decode()
        except EndpointLimitError as error:
            given = self.bounds.given if narrowed.past else None
            raise EndpointLimitError(call.endpoint, error.limit, error.value, given) from None

    async def _narrowed(self, call: ServiceCall, before: list[str]) -> Narrowed:
        """Return what a call is narrowed by, as far as that is found in time."""
        end = time.monotonic() + NARROWING * left(self.end)
        found, past = [], False
        for narrowing in call.narrowings:
            rows, values = await self._rows(narrowing.filled(before), end)
            if not rows:
                return Narrowed(empty=True)
            found += [values] if values else []
            past |= rows > self.bounds.given
        return Narrowed(tuple(found), past=past)

    async def _rows(self, text: str, end: float) -> tuple[int, str]:
        """Return how many rows narrow a call, -1 where that is not known, and their VALUES."""
        header, body = self.engine.request(replace(self.query, filled=text))
        try:
            header = {**header, "given": self.bounds.given}
            answer, values = await self.engine.ask("narrow", header, body, left(end))
        except (DeadlineError, OutOfMemoryError, WorkerDiedError):
            return -1, ""
        self.versions.add(answer["version"])
        return answer["rows"], values.decode()


def left(end: float) -> float:
    """Return the seconds until a moment of time.monotonic(); raises DeadlineError past it."""
    seconds = end - time.monotonic()
    if seconds <= 0:
        raise DeadlineError(0)
    return seconds
