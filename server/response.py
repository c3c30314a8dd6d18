"""Responses: answers of the engine with entity tag, date and media type, from the cache or new."""

from __future__ import annotations

import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Self

from graph.answering.evaluation import Answer, Query
from graph.answering.format import GraphFormat, ResultFormat
from graph.engine.engine import name_dataset
from server.conditional import (
    client_has,
    digest,
    is_conditional,
    is_volatile,
    not_modified,
    requires_absence,
)
from server.front.exchange import exchange
from server.link import file_name_header, links, missing_header, reason_header
from server.negotiate import Accept, choose_media_type
from server.reply import Reply
from server.site import Site


@dataclass(frozen=True, slots=True)
class Tagged:
    """An answer and its entity tag, None if the same request may get another answer."""

    answer: Answer
    tag: str | None


def tag_query(version: str, query: Query) -> str:
    """Return the entity tag of an answer, a hash of version, query, dataset and formats."""
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
            query.why_empty,
            *(["own"] if query.is_own else []),
        )
    )


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The evaluation of a query, by the cache or by the engine."""

    site: Site
    query: Query
    tag: str
    start: float

    @classmethod
    def start_now(cls, site: Site, query: Query) -> Self:
        """Return an evaluation at the current version."""
        return cls(site, query, tag_query(site.engine.version, query), time.perf_counter())

    def find_cached(self) -> Tagged | None:
        """Return the answer of the cache, or None."""
        answer = self.site.cache.get(self.tag)
        if answer is None:
            return None
        exchange().time("cache", self.start)
        return Tagged(answer, self.tag)

    async def run(self) -> Answer:
        """Return the answer of the engine, without the cache."""
        return await self.site.federation.answer(self.site.engine, self.query)

    def finish(self, answer: Answer) -> Tagged:
        """Return the tagged answer of the engine, and put it into the cache.

        The tag is of the version that answered, which may be later than the one at the start.
        """
        exchange().time("engine", self.start)
        if not answer.version or is_volatile(self.query.text):
            return Tagged(answer, None)
        tag = tag_query(name_dataset(answer.version), self.query)
        self.site.cache.put(tag, answer)
        return Tagged(answer, tag)


async def evaluate_async(site: Site, query: Query) -> Tagged:
    """Return the answer from the cache or from the engine; raises the errors of the engine.

    Concurrent clients of an equal query share one evaluation, if they found the same epoch: the
    version is the same before and after the dataset's move into memory.
    """
    epoch = site.engine.epoch
    evaluation = Evaluation.start_now(site, query)
    if (cached := evaluation.find_cached()) is not None:
        return cached
    if is_volatile(query.text):
        return evaluation.finish(await site.federation.answer(site.engine, query))
    return evaluation.finish(await site.evaluations.answer((evaluation.tag, epoch), evaluation.run))


async def respond(
    site: Site, query: Query, accept: Accept, name: str = "answer", unsaid: str = ""
) -> Reply:
    """Return the reply to a query, or 304; `name` is the file name to save the answer under.

    `unsaid` is the reason for an answer that is empty because no source says the thing.
    """
    if (reply := reply_unchanged(site, query)) is not None:
        return reply
    tagged = await evaluate_async(site, query)
    reply = write_reply(site, tagged, accept, name)
    reply.headers += reason_header(choose_reason(tagged.answer, unsaid))
    return reply


def choose_reason(answer: Answer, unsaid: str) -> str:
    """Return the reason of an empty answer: `unsaid`, if any, where no source says the thing."""
    reason = str(answer.empty.get("words", ""))
    return unsaid if unsaid and answer.empty.get("unsaid") else reason


def evaluate(site: Site, query: Query) -> Tagged:
    """Return the answer of `evaluate_async` to a thread."""
    cached = Evaluation.start_now(site, query).find_cached()
    return cached or site.engine.wait(evaluate_async(site, query))


def reply_unchanged(site: Site, query: Query) -> Reply | None:
    """Return 304 if the client has the answer to a query, else None."""
    if is_conditional() and not is_volatile(query.text):
        tag = tag_query(site.engine.version, query)
        if client_has(tag):
            return not_modified(tag)
    return None


def write_reply(site: Site, tagged: Tagged, accept: Accept, name: str) -> Reply:
    """Return an answer as a reply; `name` is the file name to save it under."""
    answer = tagged.answer
    reply = send_body(site, answer.body, tagged.tag, write_content_type(accept, answer.format))
    if tagged.tag is not None and reply.status == HTTPStatus.OK:
        reply.version = answer.version
    reply.headers += [file_name_header(name, answer.format.name), *missing_header(answer.missing)]
    return reply


def write_content_type(accept: Accept, form: ResultFormat | GraphFormat) -> str:
    """Return the Content-Type of an answer, with the charset of text formats."""
    name = choose_media_type(accept, form)
    return f"{name}; charset=utf-8" if name.startswith("text/") else name


def send_body(site: Site, body: bytes, tag: str | None, content_type: str) -> Reply:
    """Return a body as a reply; with a tag, it has ETag and Last-Modified, or becomes a 304."""
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
