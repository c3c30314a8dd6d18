"""A federation: this engine, and the other endpoints that its queries may ask."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from threading import BoundedSemaphore
from typing import Final

from graph.engine import Engine, check_query
from graph.engine.errand import Errand, left
from graph.errors import DeadlineError, OverloadedError
from graph.evaluation import Answer, Query
from graph.service.bounds import Bounds
from graph.service.counter import Counters
from graph.sparql.lenient_lexer import tokens

WORD: Final = re.compile("service", re.IGNORECASE)
NARROWED: Final = 2
"""The times that a query is tried narrowed, where writes come between."""


class Federation:
    """Answers queries, those with SERVICE from the endpoints that are allowed.

    `addresses` has the IRI of each, and the address at which it is asked.
    """

    def __init__(
        self, addresses: Mapping[str, str] | None = None, bounds: Bounds | None = None
    ) -> None:
        self.addresses = dict(addresses or {})
        self.bounds = bounds or Bounds()
        self.counters = Counters()
        self._places = BoundedSemaphore(self.bounds.at_once)

    def query(self, engine: Engine, query: Query) -> Answer:
        """Return the answer to a query; raises what Engine.query raises, and EndpointError.

        Where nothing is allowed, or nothing is asked, the engine has the query as it is.
        """
        if not (self.addresses and asks(query.text)):
            return engine.query(query)
        check_query(query.text, engine.settings.limits)
        seconds = engine.settings.deadline
        end = time.monotonic() + seconds
        try:
            return self._joined(engine, query, end)
        except DeadlineError:
            raise DeadlineError(seconds) from None

    async def answer(self, engine: Engine, query: Query) -> Answer:
        """Return what `query` does; no thread waits for a query that asks nobody."""
        if self.addresses and WORD.search(query.text):
            return await asyncio.to_thread(self.query, engine, query)
        return await engine.answer(query)

    def _joined(self, engine: Engine, query: Query, end: float) -> Answer:
        """Return the answer with what the endpoints answered.

        What is asked may be narrowed by one version of the dataset only, the one that answers.
        """
        for _ in range(NARROWED):
            answer, versions = self._tried(engine, query, self.bounds, end)
            if versions <= {answer.version or engine.version}:
                return answer
        return self._tried(engine, query, replace(self.bounds, given=0), end)[0]

    def _tried(
        self, engine: Engine, query: Query, bounds: Bounds, end: float
    ) -> tuple[Answer, set[str]]:
        """Return an answer, and the versions of the dataset by which what it asks was narrowed."""
        errand = Errand(engine, query, self.addresses, bounds, self.counters, end)
        with self._place(engine.settings.queue_time):
            filled = errand.filled()
        return engine.query(replace(query, filled=filled), left(end)), errand.versions

    @contextmanager
    def _place(self, seconds: float) -> Iterator[None]:
        """Hold one of the places of those who wait; raises OverloadedError where none is free."""
        if not self._places.acquire(timeout=seconds):
            raise OverloadedError("too many queries wait for other endpoints")
        try:
            yield
        finally:
            self._places.release()


def asks(text: str) -> bool:
    """Whether a query has the word SERVICE outside its strings, IRIs and comments."""
    return WORD.search(text) is not None and any(
        token.kind == "word" and token.text.upper() == "SERVICE" for token in tokens(text)
    )
