"""A federation: this engine, and the other endpoints that its queries may call by SERVICE.

This process parses neither a query nor an answer: workers plan the calls, narrow them and parse the
answers, which pass through here as bytes.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from graph.answering.evaluation import Answer, Query
from graph.errors import (
    DeadlineError,
    EndpointError,
    EndpointLimitError,
    OutOfMemoryError,
    OverloadedError,
    WorkerDiedError,
)
from graph.sparql.guard import check_query
from graph.sparql.token import scan_tokens
from server.engine.request import VERSIONS
from server.graph_engine import GraphEngine
from server.service.endpoint import COUNTS, ServiceBounds, name_failure
from server.service.plan import Plan, ServiceCall
from server.service.relay import ask_endpoint

ENDPOINT_SHARE: Final = 0.75
"""The part of a query's time left that one endpoint may take: SILENT can still go on without it."""

BINDINGS_SHARE: Final = 0.25
"""The part of that time that narrowing a call may take: the call works without it too."""


@dataclass(frozen=True, slots=True)
class Bindings:
    """The VALUES blocks that narrow a call.

    `empty`: no row here can join with an answer, so the call is spared. `beyond_limit`: there are
    too many rows to send.
    """

    values: tuple[str, ...] = ()
    empty: bool = False
    beyond_limit: bool = False


@dataclass(slots=True)
class FederatedQuery:
    """A query under way until the moment `end` of time.monotonic().

    `addresses` maps the IRI of each allowed endpoint to its address; `versions` has the versions of
    the dataset whose rows narrowed its calls.
    """

    engine: GraphEngine
    query: Query
    addresses: Mapping[str, str]
    bounds: ServiceBounds
    counters: Counter[str]
    end: float
    versions: set[str] = field(default_factory=set)

    async def resolve(self) -> str:
        """Return the text of the query with its endpoints' answers in the place of SERVICE."""
        plan, answers = await self._plan(), list[str]()
        marked = list[str]()
        for call in plan.calls:
            answer, failed = await self._call(call, answers)
            answers.append(answer)
            marked.append(call.mark(answer, failed=failed) if self.query.cite else answer)
        return plan.text.fill(marked)

    async def _plan(self) -> Plan:
        """Return the calls of endpoints that the query needs."""
        header, text = self.engine.request(self.query)
        limits = {"rows": self.bounds.rows, "given": self.bounds.given}
        header = {**header, **limits, "allowed": list(self.addresses)}
        return Plan.from_json(
            (await self.engine.ask("plan", header, text, seconds_left(self.end)))[1]
        )

    async def _call(self, call: ServiceCall, earlier: list[str]) -> tuple[str, bool]:
        """Return an endpoint's answer as VALUES, and whether it failed under SILENT."""
        bindings = await self._find_bindings(call, earlier)
        if bindings.empty:
            self.counters["spared"] += 1
            return call.unbound_solutions(0), False
        self.counters["asked"] += 1
        self.counters["narrowed"] += bool(bindings.values)
        try:
            return await self._ask(call, bindings), False
        except EndpointError as error:
            self.counters[name_failure(error)] += 1
            if call.silent:
                return call.unbound_solutions(1), True
            raise

    async def _ask(self, call: ServiceCall, bindings: Bindings) -> str:
        """Return an endpoint's answer as VALUES; raises EndpointError."""
        address, seconds = self.addresses[call.endpoint], ENDPOINT_SHARE * seconds_left(self.end)
        header = {"endpoint": call.endpoint, "variables": call.variables, "rows": self.bounds.rows}
        try:
            text = call.text(bindings.values)
            limit = self.bounds.bytes
            body = await asyncio.to_thread(
                ask_endpoint, call.endpoint, address, text, seconds, limit
            )
            self.counters["bytes"] += len(body)
            _, values = await self.engine.ask("values", header, body, seconds_left(self.end))
            return values.decode()
        except EndpointLimitError as error:
            given = self.bounds.given if bindings.beyond_limit else None
            raise EndpointLimitError(call.endpoint, error.limit, error.value, given) from None

    async def _find_bindings(self, call: ServiceCall, earlier: list[str]) -> Bindings:
        """Return the bindings of a call, as far as its queries are answered in time."""
        end = time.monotonic() + BINDINGS_SHARE * seconds_left(self.end)
        blocks, beyond_limit = [], False
        for query in call.binding_queries:
            rows, values = await self._rows(query.fill(earlier), end)
            if not rows:
                return Bindings(empty=True)
            blocks += [values] if values else []
            beyond_limit |= rows > self.bounds.given
        return Bindings(tuple(blocks), beyond_limit=beyond_limit)

    async def _rows(self, text: str, end: float) -> tuple[int, str]:
        """Return the number of rows that narrow a call, -1 if unknown, and their VALUES."""
        header, body = self.engine.request(replace(self.query, filled=text))
        try:
            header = {**header, "given": self.bounds.given}
            answer, values = await self.engine.ask("bindings", header, body, seconds_left(end))
        except (DeadlineError, OutOfMemoryError, WorkerDiedError):
            return -1, ""
        self.versions.add(answer["version"])
        return answer["rows"], values.decode()


def seconds_left(end: float) -> float:
    """Return the seconds until a moment of time.monotonic(); raises DeadlineError past it."""
    seconds = end - time.monotonic()
    if seconds <= 0:
        raise DeadlineError(0)
    return seconds


SERVICE: Final = re.compile("service", re.IGNORECASE)
MAX_BOUND_RUNS: Final = 2
"""The runs of a query with narrowed calls, before it runs without: writes may come between."""


class Federation:
    """Answers queries, and calls the endpoints of those with SERVICE.

    `addresses` maps the IRI of each allowed endpoint to the address at which it is called.
    """

    def __init__(self, addresses: Mapping[str, str], bounds: ServiceBounds) -> None:
        self.addresses = addresses
        self.bounds = bounds
        self.counters = Counter(dict.fromkeys(COUNTS, 0))
        self._places = asyncio.Semaphore(self.bounds.at_once)

    async def answer(self, engine: GraphEngine, query: Query) -> Answer:
        """Return the answer to a query; raises the errors of GraphEngine.answer, and EndpointError.

        Without SERVICE, or without allowed endpoints, the engine gets the query unchanged.
        """
        if not (self.addresses and has_service(query.text)):
            return await engine.answer(query)
        check_query(query.text, engine.settings.limits)
        seconds = engine.settings.deadline
        end = time.monotonic() + seconds
        try:
            return await self._answer(engine, query, end)
        except DeadlineError:
            raise DeadlineError(seconds) from None

    async def _answer(self, engine: GraphEngine, query: Query, end: float) -> Answer:
        """Return the answer of a federated query.

        Only the version of the dataset that answers may have narrowed the calls.
        """
        recorded = VERSIONS.get(set())
        before = set(recorded)
        for _ in range(MAX_BOUND_RUNS):
            answer, versions = await self._answer_once(engine, query, self.bounds, end)
            if versions <= {answer.version or engine.version}:
                return answer
            recorded.intersection_update(before)  # nothing is answered from the others
        return (await self._answer_once(engine, query, replace(self.bounds, given=0), end))[0]

    async def _answer_once(
        self, engine: GraphEngine, query: Query, bounds: ServiceBounds, end: float
    ) -> tuple[Answer, set[str]]:
        """Return an answer, and the versions of the dataset whose rows narrowed its calls."""
        federated = FederatedQuery(engine, query, self.addresses, bounds, self.counters, end)
        async with self._place(engine.settings.queue_time):
            text = await federated.resolve()
        answer = await engine.answer(replace(query, filled=text), seconds_left(end))
        return answer, federated.versions

    @asynccontextmanager
    async def _place(self, seconds: float) -> AsyncIterator[None]:
        """Hold a place for one query that waits for endpoints; raises OverloadedError."""
        try:
            async with asyncio.timeout(seconds):
                await self._places.acquire()
        except TimeoutError:
            raise OverloadedError("too many queries wait for other endpoints") from None
        try:
            yield
        finally:
            self._places.release()


def has_service(text: str) -> bool:
    """Return whether a query has the word SERVICE outside its strings, IRIs and comments."""
    return SERVICE.search(text) is not None and any(
        token.kind == "word" and token.text.upper() == "SERVICE" for token in scan_tokens(text)
    )
