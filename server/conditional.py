"""Conditional requests: strong entity tags, and 304 for what the client has (RFC 9110, 13)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Final

from server.exchange import exchange
from server.link import links
from server.reply import Reply

SAFE: Final = frozenset({"GET", "HEAD"})
WORDS: Final = ("RAND", "NOW", "UUID", "BNODE", "SERVICE")
VOLATILE: Final = re.compile(rf"\b({'|'.join(WORDS)}|STRUUID)\b")
"""What makes the answer of a query another one each time."""


def digest(parts: Iterable[str]) -> str:
    """Return a digest of texts, of which no two sequences share one."""
    total = hashlib.sha256()
    for part in parts:
        raw = part.encode()
        total.update(f"{len(raw)}:".encode() + raw)
    return total.hexdigest()[:32]


def is_volatile(text: str) -> bool:
    """Return whether a query may answer differently while the data stay the same."""
    words = text.upper()
    return any(word in words for word in WORDS) and VOLATILE.search(words) is not None


def is_conditional() -> bool:
    """Return whether the client says which answers it has."""
    return "HTTP_IF_NONE_MATCH" in exchange().request.environ


def has_it(tag: str) -> bool:
    """Return whether the client says that it has the answer with this tag already."""
    request = exchange().request
    given = request.if_none_match
    return request.method in SAFE and not given.star_tag and given.contains_weak(tag)


def wants_new() -> bool:
    """Return whether the client wants an answer only where there is none yet: `*` for its tag."""
    request = exchange().request
    return is_conditional() and request.method in SAFE and request.if_none_match.star_tag


def not_modified(tag: str) -> Reply:
    """Return the 304 that says so, with the headers that the answer would have for a cache."""
    headers = [("ETag", f'"{tag}"'), ("Cache-Control", "no-cache"), *links()]
    return Reply(b"", headers, HTTPStatus.NOT_MODIFIED)
