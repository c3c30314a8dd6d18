"""Conditional requests: strong entity tags, and 304 for what the client has (RFC 9110, 13)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Final

from flask import Response, request

VOLATILE: Final = re.compile(r"\b(RAND|NOW|UUID|STRUUID|BNODE|SERVICE)\b", re.IGNORECASE)
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
    return VOLATILE.search(text) is not None


def has_it(tag: str) -> bool:
    """Return whether the client says that it has the answer with this tag already."""
    given = request.if_none_match
    return request.method in {"GET", "HEAD"} and not given.star_tag and given.contains_weak(tag)


def not_modified(tag: str) -> Response:
    """Return the 304 that says so."""
    response = Response(status=304)
    response.set_etag(tag)
    return response
