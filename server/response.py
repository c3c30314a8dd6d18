"""Responses: answers of the engine, from the cache or new, with their entity tags.

Conditional requests get 304 and 412 (RFC 9110, section 13).
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Final

from werkzeug.exceptions import PreconditionFailed

from graph.answering.evaluation import Answer, Query
from graph.answering.format import GraphFormat, ResultFormat
from graph.sparql.syntax import VOLATILE
from graph.sparql.token import Token, scan_tokens
from server.engine.front.reply import Reply
from server.exchange import exchange
from server.graph_engine import name_dataset
from server.link import file_name_header, links, missing_header, reason_header
from server.negotiate import Accept, choose_media_type
from server.request import EXCLUSION
from server.site import Site, current_site

SAFE: Final = frozenset({"GET", "HEAD"})
VOLATILE_WORDS: Final = (*sorted(VOLATILE), "SERVICE")
VOLATILE_WORD: Final = re.compile(rf"\b({'|'.join(VOLATILE_WORDS)})\b")
"""The keywords by which the same query may answer differently each time."""

BLANK_NODE_SIGNS: Final = frozenset({"[", "(", "{|", "<<", "~"})
"""The signs that begin a blank node: property list, collection, annotation, triple, reifier."""

TEMPLATE_LIMIT: Final = 64 << 10
"""The maximum length of a query in which a template is searched for blank nodes, in characters."""


def digest(parts: Iterable[str]) -> str:
    """Return a hash of a sequence of texts; lengths separate them, so no two sequences share it."""
    total = hashlib.sha256()
    for part in parts:
        raw = part.encode()
        total.update(f"{len(raw)}:".encode() + raw)
    return total.hexdigest()[:32]


def is_volatile(text: str) -> bool:
    """Return whether a query may answer differently while the data stay the same.

    A CONSTRUCT relabels the blank nodes of its template for each answer.
    """
    upper = text.upper()
    if "CONSTRUCT" in upper and (
        len(text) > TEMPLATE_LIMIT or has_blank_node(template_tokens(text))
    ):
        return True
    return any(word in upper for word in VOLATILE_WORDS) and VOLATILE_WORD.search(upper) is not None


def has_blank_node(template: Iterable[Token]) -> bool:
    """Return whether a template has a blank node, labelled or anonymous."""
    return any(
        token.kind == "blank" or (token.kind == "sign" and token.text in BLANK_NODE_SIGNS)
        for token in template
    )


def template_tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of the template of a CONSTRUCT, with its outermost braces."""
    depth, begun = 0, False
    for token in scan_tokens(text):
        begun = begun or (token.kind == "word" and token.text.upper() == "CONSTRUCT")
        if begun and token.kind == "sign":
            depth += (token.text == "{") - (token.text == "}")
        if depth:
            yield token
        elif begun and token.text == "}":
            return


def is_conditional() -> bool:
    """Return whether the request has an If-None-Match field."""
    return "HTTP_IF_NONE_MATCH" in exchange().request.environ


def has_precondition() -> bool:
    """Return whether the request has an If-Match or If-None-Match field."""
    return is_conditional() or "HTTP_IF_MATCH" in exchange().request.environ


def client_has(tag: str) -> bool:
    """Return whether a safe request names the entity tag in If-None-Match."""
    request = exchange().request
    if not is_conditional() or request.method not in SAFE:
        return False
    tags = request.if_none_match
    return not tags.star_tag and tags.contains_weak(tag)


def requires_absence() -> bool:
    """Return whether a safe request has `If-None-Match: *`, which any representation fails."""
    request = exchange().request
    return is_conditional() and request.method in SAFE and request.if_none_match.star_tag


def require_match(tags: Collection[str], *, existed: bool) -> None:
    """Raise PreconditionFailed unless a write's preconditions hold (RFC 9110, 13.1.1 and 13.1.2).

    `tags` are the entity tags of the current graph, one for each format.
    """
    request = exchange().request
    wanted, unwanted = request.if_match, request.if_none_match
    if "HTTP_IF_MATCH" in request.environ and not (existed and any(map(wanted.contains, tags))):
        raise PreconditionFailed("If-Match names no current entity tag: the graph has changed")
    if is_conditional() and existed and any(map(unwanted.contains_weak, tags)):
        raise PreconditionFailed("If-None-Match names a current entity tag: the graph exists")


def not_modified(tag: str) -> Reply:
    """Return the 304 reply, with the header fields of the 200 that caches need (15.4.5)."""
    headers = [("ETag", f'"{tag}"'), ("Cache-Control", "no-cache"), *links()]
    return Reply(b"", headers, HTTPStatus.NOT_MODIFIED)


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


def find_cached(site: Site, query: Query) -> Tagged | None:
    """Return the answer of the cache for the current version, or None."""
    start, tag = time.perf_counter(), tag_query(site.engine.version, query)
    answer = site.cache.get(tag)
    if answer is None:
        return None
    exchange().time("cache", start)
    return Tagged(answer, tag)


async def evaluate_async(site: Site, query: Query) -> Tagged:
    """Return the answer from the cache or from the engine; raises the errors of the engine.

    Concurrent clients of an equal query share one evaluation, if they found the same epoch: the
    version is the same before and after the dataset's move into memory. The tag is of the version
    that answered, which may be later than the one at the start.
    """
    epoch, start = site.engine.state.epoch, time.perf_counter()
    if (cached := find_cached(site, query)) is not None:
        return cached
    run = partial(site.federation.answer, site.engine, query)
    if is_volatile(query.text):
        answer = await run()
    else:
        key = tag_query(site.engine.version, query), epoch
        answer = await site.evaluations.answer(key, run)
    exchange().time("engine", start)
    if not answer.version or is_volatile(query.text):
        return Tagged(answer, None)
    tag = tag_query(name_dataset(answer.version), query)
    site.cache.put(tag, answer)
    return Tagged(answer, tag)


def evaluate(site: Site, query: Query) -> Tagged:
    """Return the answer of `evaluate_async` to a thread; a cached one waits for no event loop."""
    return find_cached(site, query) or site.engine.wait(evaluate_async(site, query))


async def respond(
    site: Site, query: Query, accept: Accept, name: str = "answer", unsaid: str = ""
) -> Reply:
    """Return the reply to a query, or 304; `name` is the file name to save the answer under.

    `unsaid` is the reason for an answer that is empty because no source says the thing.
    """
    if is_conditional() and not is_volatile(query.text):
        tag = tag_query(site.engine.version, query)
        if client_has(tag):
            return not_modified(tag)
    tagged = await evaluate_async(site, query)
    answer, form = tagged.answer, tagged.answer.format
    reply = send_body(site, answer.body, tagged.tag, write_content_type(accept, form))
    if tagged.tag is not None and reply.status == HTTPStatus.OK:
        reply.version = answer.version
    is_unsaid = unsaid and answer.empty.get("unsaid")
    empty = str(answer.empty.get("words", ""))
    reason = EXCLUSION.get().date_words(unsaid) if is_unsaid else empty
    reply.headers += [file_name_header(name, form.name), *missing_header(answer.missing)]
    reply.headers += reason_header(reason)
    return reply


def write_content_type(accept: Accept, form: ResultFormat | GraphFormat) -> str:
    """Return the Content-Type of an answer, with the charset of text formats."""
    name = choose_media_type(accept, form)
    return f"{name}; charset=utf-8" if name.startswith("text/") else name


def send_json(record: object, *parts: str, indent: int | None = 1) -> Reply:
    """Return a record as a reply in JSON, whose entity tag is of the parts and the text."""
    text = json.dumps(record, ensure_ascii=False, indent=indent) + "\n"
    tag = digest((*parts, text))
    return send_body(current_site(), text.encode(), tag, "application/json")


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
