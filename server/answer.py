"""Answers of the engine as responses: cached, tagged, dated, labelled truthfully."""

from __future__ import annotations

import time
from dataclasses import dataclass

from flask import Response, g, request

from graph.evaluation import Answer, Query
from graph.format import GraphFormat, ResultFormat
from server.conditional import digest, has_it, is_volatile, not_modified
from server.negotiate import Accept, label
from server.site import Site

LICENCE = "https://creativecommons.org/licenses/by/4.0/"


@dataclass(frozen=True, slots=True)
class Tagged:
    """An answer and its entity tag; the tag is None where the same request may get another one."""

    answer: Answer
    tag: str | None


def tag_of(site: Site, query: Query) -> str:
    """Return the entity tag of a query's answer: dataset version, query, dataset and formats."""
    forms = (query.result_format, query.graph_format)
    return digest(
        (
            site.engine.version,
            query.text,
            query.base or "",
            *(f"{name}={term}" for name, term in sorted(query.bindings.items())),
            "default",
            *query.default_graphs,
            "named",
            *query.named_graphs,
            *(form.name if form else "" for form in forms),
            *(["cite"] if query.cite else []),
        )
    )


def evaluate(site: Site, query: Query) -> Tagged:
    """Return the answer from the cache or from the engine; raises what the engine raises.

    A write that comes between leaves it open which version answered: then nothing is kept.
    """
    tag = tag_of(site, query)
    start = time.perf_counter()
    answer = site.cache.get(tag)
    if answer is None:
        answer = site.engine.query(query)
        if is_volatile(query.text) or tag_of(site, query) != tag or not answer.version:
            timed("engine", start)
            return Tagged(answer, None)
        site.cache.put(tag, answer)
        timed("engine", start)
    else:
        timed("cache", start)
    return Tagged(answer, tag)


def timed(name: str, start: float) -> None:
    """Note for Server-Timing how long a part took."""
    g.setdefault("timings", []).append((name, (time.perf_counter() - start) * 1000))


def respond(site: Site, query: Query, accept: Accept) -> Response:
    """Return the answer to a query as a response, or 304 where the client has it."""
    tag = tag_of(site, query)
    if has_it(tag) and not is_volatile(query.text):
        return with_links(not_modified(tag))
    tagged = evaluate(site, query)
    form = tagged.answer.format
    return send(site, tagged.answer.body, tagged.tag, labelled(accept, form))


def labelled(accept: Accept, form: ResultFormat | GraphFormat) -> str:
    """Return the Content-Type of an answer; text formats say that they are UTF-8."""
    name = label(accept, form)
    return f"{name}; charset=utf-8" if name.startswith("text/") else name


def send(site: Site, body: bytes, tag: str | None, content_type: str) -> Response:
    """Return a body as a response, tagged and dated where it has a tag."""
    response = Response(body, content_type=content_type)
    if tag is not None:
        response.set_etag(tag)
        response.last_modified = site.last_modified
        response.headers["Cache-Control"] = "no-cache"
        if request.if_none_match.star_tag and request.method in {"GET", "HEAD"}:
            return with_links(not_modified(tag))
    else:
        response.headers["Cache-Control"] = "no-store"
    return with_links(response)


def with_links(response: Response) -> Response:
    """Return the response with the links that every answer has (RFC 8288)."""
    response.vary.add("Accept")
    response.headers.add("Link", f'<{request.root_url}.well-known/void>; rel="describedby"')
    response.headers.add("Link", f'<{LICENCE}>; rel="license"')
    return response
