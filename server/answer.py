"""Answers of the engine as responses: cached, tagged, dated, labelled truthfully."""

from __future__ import annotations

import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Self

from graph.answering.evaluation import Answer, Query
from graph.answering.format import GraphFormat, ResultFormat
from server.conditional import (
    client_has,
    digest,
    is_conditional,
    is_volatile,
    not_modified,
    requires_absence,
)
from server.front.exchange import exchange
from server.link import file_name_header, links, missing_header
from server.negotiate import Accept, label
from server.reply import Reply
from server.site import Site


@dataclass(frozen=True, slots=True)
class Tagged:
    """An answer and its entity tag; the tag is None where the same request may get another one."""

    answer: Answer
    tag: str | None


def tag_of(version: str, query: Query) -> str:
    """Return the entity tag of a query's answer: dataset version, query, dataset and formats."""
    forms = (query.result_format, query.graph_format)
    return digest(
        (
            version,
            query.text,
            query.base or "",
            *(f"{name}={term}" for name, term in sorted(query.bindings.items())),
            "default",
            *query.default_graphs,
            "named",
            *query.named_graphs,
            *(form.name if form else "" for form in forms),
            *(["cite"] if query.cite else []),
            *(["words"] if query.words else []),
        )
    )


@dataclass(frozen=True, slots=True)
class Asking:
    """A query that is asked of a site: first of its cache, then of its engine."""

    site: Site
    query: Query
    version: str
    tag: str
    start: float

    @classmethod
    def of(cls, site: Site, query: Query) -> Self:
        """Return a query that is asked now."""
        version = site.engine.version
        return cls(site, query, version, tag_of(version, query), time.perf_counter())

    def remembered(self) -> Tagged | None:
        """Return the answer that the cache has."""
        answer = self.site.cache.get(self.tag)
        if answer is None:
            return None
        exchange().time("cache", self.start)
        return Tagged(answer, self.tag)

    async def run(self) -> Answer:
        """Return the answer of the engine."""
        return await self.site.federation.answer(self.site.engine, self.query)

    def answered(self, answer: Answer) -> Tagged:
        """Return the answer of the engine, which the cache keeps.

        A write that comes between leaves it open which version answered: then nothing is kept.
        """
        exchange().time("engine", self.start)
        passing = self.site.engine.version != self.version or not answer.version
        if passing or is_volatile(self.query.text):
            return Tagged(answer, None)
        self.site.cache.put(self.tag, answer)
        return Tagged(answer, self.tag)


async def evaluated(site: Site, query: Query) -> Tagged:
    """Return the answer from the cache or from the engine; raises the errors of the engine.

    Who asks a question that is being answered waits for that answer.
    """
    asking = Asking.of(site, query)
    if (known := asking.remembered()) is not None:
        return known
    if is_volatile(query.text):
        return asking.answered(await site.federation.answer(site.engine, query))
    return asking.answered(await site.evaluations.answer(asking.tag, asking.run))


async def respond(site: Site, query: Query, accept: Accept, name: str = "answer") -> Reply:
    """Return the reply to a query of that name, or 304 where the client has the answer."""
    if (reply := unchanged(site, query)) is not None:
        return reply
    return reply_to(site, await evaluated(site, query), accept, name)


def evaluate(site: Site, query: Query) -> Tagged:
    """Return what `evaluated` does, to a thread."""
    return Asking.of(site, query).remembered() or site.engine.wait(evaluated(site, query))


def unchanged(site: Site, query: Query) -> Reply | None:
    """Return 304 where the client has the answer to a query."""
    if is_conditional() and not is_volatile(query.text):
        tag = tag_of(site.engine.version, query)
        if client_has(tag):
            return not_modified(tag)
    return None


def reply_to(site: Site, tagged: Tagged, accept: Accept, name: str) -> Reply:
    """Return an answer as a reply; the name is that of the file in which it is kept, if it is."""
    answer = tagged.answer
    reply = send(site, answer.body, tagged.tag, labelled(accept, answer.format))
    if tagged.tag is not None and reply.status == HTTPStatus.OK:
        reply.version = answer.version
    reply.headers += [file_name_header(name, answer.format.name), *missing_header(answer.missing)]
    return reply


def labelled(accept: Accept, form: ResultFormat | GraphFormat) -> str:
    """Return the Content-Type of an answer; text formats say that they are UTF-8."""
    name = label(accept, form)
    return f"{name}; charset=utf-8" if name.startswith("text/") else name


def send(site: Site, body: bytes, tag: str | None, content_type: str) -> Reply:
    """Return a body as a reply, tagged and dated where it has a tag; 304 to who has it."""
    if tag is not None and (client_has(tag) or requires_absence()):
        return not_modified(tag)
    headers = [("Content-Type", content_type), *links()]
    if tag is None:
        headers += [("Cache-Control", "no-store")]
    else:
        headers += [
            ("ETag", f'"{tag}"'),
            ("Last-Modified", site.last_modified),
            ("Cache-Control", "no-cache"),
        ]
    return Reply(body, headers)
