"""A federation: this engine, and the other endpoints that its queries may ask."""

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
from graph.engine.federated_query import FederatedQuery, left
from graph.engine.guard import check_query
from graph.errors import DeadlineError, OverloadedError
from graph.service.bounds import ServiceBounds
from graph.service.counter import ServiceCounters
from graph.sparql.lenient_lexer import tokens

WORD: Final = re.compile("service", re.IGNORECASE)
NARROWED: Final = 2
"""The times that a query is tried narrowed, where writes come between."""


class Federation:
    """Answers queries, those with SERVICE from the endpoints that are allowed.

    `addresses` has the IRI of each, and the address at which it is asked.
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

        Where nothing is allowed, or nothing is asked, the engine has the query as it is.
        """
        if not (self.addresses and asks(query.text)):
            return await engine.answer(query)
        check_query(query.text, engine.settings.limits)
        seconds = engine.settings.deadline
        end = time.monotonic() + seconds
        try:
            return await self._joined(engine, query, end)
        except DeadlineError:
            raise DeadlineError(seconds) from None

    async def _joined(self, engine: Engine, query: Query, end: float) -> Answer:
        """Return the answer with what the endpoints answered.

        What is asked may be narrowed by one version of the dataset only, the one that answers.
        """
        for _ in range(NARROWED):
            answer, versions = await self._tried(engine, query, self.bounds, end)
            if versions <= {answer.version or engine.version}:
                return answer
        return (await self._tried(engine, query, replace(self.bounds, given=0), end))[0]

    async def _tried(
        self, engine: Engine, query: Query, bounds: ServiceBounds, end: float
    ) -> tuple[Answer, set[str]]:
        """Return an answer, and the versions of the dataset by which what it asks was narrowed."""
        errand = FederatedQuery(engine, query, self.addresses, bounds, self.counters, end)
        async with self._place(engine.settings.queue_time):
            filled = await errand.filled()
        answer = await engine.answer(replace(query, filled=filled), left(end))
        return answer, errand.versions

    @asynccontextmanager
    async def _place(self, seconds: float) -> AsyncIterator[None]:
        """Hold one of the places of those who wait; raises OverloadedError where none is free."""
        try:
            async with asyncio.timeout(seconds):
                await self._places.acquire()
        except TimeoutError:
            raise OverloadedError("too many queries wait for other endpoints") from None
        try:
            yield
        finally:
            self._places.release()


def asks(text: str) -> bool:
    """Whether a query has the word SERVICE outside its strings, IRIs and comments."""
    return WORD.search(text) is not None and any(
        token.kind == "word" and token.text.upper() == "SERVICE" for token in tokens(text)
    )
