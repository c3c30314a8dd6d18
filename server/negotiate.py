"""Content negotiation: from what a client accepts to the format of its answer (RFC 9110, 12)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from werkzeug.datastructures import MIMEAccept

from graph.format import GraphFormat, ResultFormat

Form = TypeVar("Form", ResultFormat, GraphFormat)


def best_format(accept: MIMEAccept, formats: Sequence[Form]) -> Form | None:
    """Return the format that the client likes best, the first where it says nothing, or None."""
    if not accept:
        return formats[0]
    by_type = {form.media_type: form for form in formats}
    best = accept.best_match(list(by_type))
    return by_type[best] if best else None


def named_format(name: str, formats: Sequence[Form]) -> Form | None:
    """Return the format with that file suffix or media type, or None."""
    return next((form for form in formats if name in {form.name, form.media_type}), None)
