"""A federation: this engine, and the other endpoints that its queries may call by SERVICE."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

from graph.answering.evaluation import Answer, Query
from graph.engine.engine import Engine
from graph.engine.federated_query import FederatedQuery, seconds_left
from graph.engine.guard import check_query
from graph.errors import DeadlineError, OverloadedError
from graph.service.endpoint import ServiceBounds, ServiceCounters
from graph.sparql.token import scan_tokens

SERVICE: Final = re.compile("service", re.IGNORECASE)
MAX_BOUND_RUNS: Final = 2
"""The runs of a query with narrowed calls, before it runs without: writes may come between."""


class Federation:
    """Answers queries, and calls the endpoints of those with SERVICE.

    `addresses` maps the IRI of each allowed endpoint to the address at which it is called.
    """

    def __init__(
        self, addresses: Mapping[str, str] | None = None, bounds: ServiceBounds | None = None
    ) -> None:
        self.addresses = dict(addresses or {})
        self.bounds = bounds or ServiceBounds()
        self.counters = ServiceCounters()
        self._places = asyncio.Semaphore(self.bounds.at_once)

    async def answer(self, engine: Engine, query: Query) -> Answer:
        """Return the answer to a query; raises the errors of Engine.answer, and EndpointError.

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

    async def _answer(self, engine: Engine, query: Query, end: float) -> Answer:
        """Return the answer of a federated query.

        Only the version of the dataset that answers may have narrowed the calls.
        """
        for _ in range(MAX_BOUND_RUNS):
            answer, versions = await self._answer_once(engine, query, self.bounds, end)
            if versions <= {answer.version or engine.version}:
                return answer
        return (await self._answer_once(engine, query, replace(self.bounds, given=0), end))[0]

    async def _answer_once(
        self, engine: Engine, query: Query, bounds: ServiceBounds, end: float
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
