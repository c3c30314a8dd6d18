"""Conditional requests: strong entity tags, 304 and 412 (RFC 9110, section 13)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator
from http import HTTPStatus
from typing import Final

from werkzeug.exceptions import PreconditionFailed

from graph.sparql.syntax import VOLATILE
from graph.sparql.token import Token, scan_tokens
from server.front.exchange import exchange
from server.link import links
from server.reply import Reply

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
