"""Conditional requests: strong entity tags, 304 for what the client has, 412 (RFC 9110, 13)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator
from http import HTTPStatus
from typing import Final

from werkzeug.exceptions import PreconditionFailed

from graph.sparql.lenient_lexer import Token, tokens
from server.front.exchange import exchange
from server.link import links
from server.reply import Reply

SAFE: Final = frozenset({"GET", "HEAD"})
WORDS: Final = ("RAND", "NOW", "UUID", "BNODE", "SERVICE")
VOLATILE: Final = re.compile(rf"\b({'|'.join(WORDS)}|STRUUID)\b")
"""What makes the answer of a query another one each time."""

NAMELESS: Final = frozenset({"[", "(", "{|", "<<", "~"})
"""What stands for a blank node in a template: its properties, a list, an annotation, a reifier."""

LONG: Final = 64 << 10
"""The characters of a query past which its template is not looked for."""


def digest(parts: Iterable[str]) -> str:
    """Return a digest of texts, of which no two sequences share one."""
    total = hashlib.sha256()
    for part in parts:
        raw = part.encode()
        total.update(f"{len(raw)}:".encode() + raw)
    return total.hexdigest()[:32]


def is_volatile(text: str) -> bool:
    """Return whether a query may answer differently while the data stay the same.

    A template with a blank node gives it another label each time.
    """
    words = text.upper()
    if "CONSTRUCT" in words and (len(text) > LONG or has_blank_node(template_of(text))):
        return True
    return any(word in words for word in WORDS) and VOLATILE.search(words) is not None


def has_blank_node(template: Iterable[Token]) -> bool:
    """Return whether a template writes a blank node, as a label or by what stands for one."""
    return any(
        token.text in NAMELESS or token.text.startswith("_:")
        for token in template
        if token.kind in {"sign", "name"}
    )


def template_of(text: str) -> Iterator[Token]:
    """Yield the tokens of the template of a CONSTRUCT, its outermost braces included."""
    depth, begun = 0, False
    for token in tokens(text):
        begun = begun or (token.kind == "word" and token.text.upper() == "CONSTRUCT")
        if begun and token.kind == "sign":
            depth += (token.text == "{") - (token.text == "}")
        if depth:
            yield token
        elif begun and token.text == "}":
            return


def is_conditional() -> bool:
    """Return whether the client says which answers it has."""
    return "HTTP_IF_NONE_MATCH" in exchange().request.environ


def is_required() -> bool:
    """Return whether a write is to be made only where something holds of what is there."""
    return is_conditional() or "HTTP_IF_MATCH" in exchange().request.environ


def has_it(tag: str) -> bool:
    """Return whether the client says that it has the answer with this tag already."""
    request = exchange().request
    if not is_conditional() or request.method not in SAFE:
        return False
    given = request.if_none_match
    return not given.star_tag and given.contains_weak(tag)


def wants_new() -> bool:
    """Return whether the client wants an answer only where there is none yet: `*` for its tag."""
    request = exchange().request
    return is_conditional() and request.method in SAFE and request.if_none_match.star_tag


def require_match(tags: Collection[str], *, existed: bool) -> None:
    """Raise PreconditionFailed where a write finds something else than its client takes it for.

    `tags` are those of what is there now, one for each format (RFC 9110, 13.1.1 and 13.1.2).
    """
    request = exchange().request
    wanted, unwanted = request.if_match, request.if_none_match
    if "HTTP_IF_MATCH" in request.environ and not (existed and any(map(wanted.contains, tags))):
        raise PreconditionFailed("what If-Match names is not there any more")
    if is_conditional() and existed and any(map(unwanted.contains_weak, tags)):
        raise PreconditionFailed("what If-None-Match names is there already")


def not_modified(tag: str) -> Reply:
    """Return the 304 that says so, with the headers that the answer would have for a cache."""
    headers = [("ETag", f'"{tag}"'), ("Cache-Control", "no-cache"), *links()]
    return Reply(b"", headers, HTTPStatus.NOT_MODIFIED)
