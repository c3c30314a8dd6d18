"""A federation: this engine, and the other endpoints that its queries may ask."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import BoundedSemaphore
from typing import Final

from graph.engine import Engine, check_query
from graph.errors import DeadlineError, EndpointError, OverloadedError
from graph.evaluation import Answer, Query
from graph.federation.plan import Call, Plan
from graph.federation.relay import ask
from graph.sparql.lexer import tokens

WORD: Final = re.compile("service", re.IGNORECASE)
SHARE: Final = 0.75
"""Of the time that a query has left, what one endpoint may take: SILENT can still go on without."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one SERVICE may bring, and how many queries may wait for other endpoints at once."""

    rows: int = 10_000
    bytes: int = 4 << 20
    at_once: int = 16


class Federation:
    """Answers queries, those with SERVICE from the endpoints that are allowed.

    `addresses` has the IRI of each, and the address at which it is asked.
    """

    def __init__(
        self, addresses: Mapping[str, str] | None = None, bounds: Bounds | None = None
    ) -> None:
        self.addresses = dict(addresses or {})
        self.bounds = bounds or Bounds()
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
            with self._place(engine.settings.queue_time):
                filled = self._filled(engine, query, end)
            return engine.query(replace(query, filled=filled), left(end))
        except DeadlineError:
            raise DeadlineError(seconds) from None

    async def answer(self, engine: Engine, query: Query) -> Answer:
        """Return what `query` does; no thread waits for a query that asks nobody."""
        if self.addresses and WORD.search(query.text):
            return await asyncio.to_thread(self.query, engine, query)
        return await engine.answer(query)

    @contextmanager
    def _place(self, seconds: float) -> Iterator[None]:
        """Hold one of the places of those who wait; raises OverloadedError where none is free."""
        if not self._places.acquire(timeout=seconds):
            raise OverloadedError("too many queries wait for other endpoints")
        try:
            yield
        finally:
            self._places.release()

    def _filled(self, engine: Engine, query: Query, end: float) -> str:
        """Return the text of a query with what its endpoints answered."""
        header = {"base": query.base, "allowed": list(self.addresses), "rows": self.bounds.rows}
        text = query.text.encode(errors="replace")
        plan = Plan.of(engine.run("plan", header, text, left(end))[1])
        return plan.filled([self._values(engine, call, end) for call in plan.calls])

    def _values(self, engine: Engine, call: Call, end: float) -> str:
        """Return what an endpoint answered as VALUES, or with SILENT nothing of a failure."""
        try:
            address, seconds = self.addresses[call.endpoint], SHARE * left(end)
            body = ask(call.endpoint, address, call.text, seconds, self.bounds.bytes)
            header = {
                "endpoint": call.endpoint,
                "variables": call.variables,
                "rows": self.bounds.rows,
            }
            return engine.run("values", header, body, left(end))[1].decode()
        except EndpointError:
            if call.silent:
                return call.nothing()
            raise


def asks(text: str) -> bool:
    """Whether a query has the word SERVICE outside its strings, IRIs and comments."""
    return WORD.search(text) is not None and any(
        token.kind == "word" and token.text.upper() == "SERVICE" for token in tokens(text)
    )


def left(end: float) -> float:
    """Return the seconds until a moment of time.monotonic(); raises DeadlineError past it."""
    seconds = end - time.monotonic()
    if seconds <= 0:
        raise DeadlineError(0)
    return seconds
