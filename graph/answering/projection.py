"""`SELECT *` gets the names of its variables in order of appearance: the engine sorts them."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from graph.errors import UnreadableQueryError
from graph.sparql.parser import parse_query
from graph.sparql.scope import select_columns
from graph.sparql.syntax import Select
from graph.sparql.token import scan_top_level

BEFORE: Final = ("SELECT", "DISTINCT", "REDUCED")
"""The words before the star of a SELECT."""


def name_columns(text: str, base: str | None = None) -> str:
    """Return a query with the names of its variables in place of an outermost `SELECT *`.

    Any other text is returned unchanged, and so is one beyond the parser.

    >>> name_columns("SELECT * { ?s ?p ?o }")
    'SELECT ?s ?p ?o { ?s ?p ?o }'
    """
    if "*" not in text:
        return text
    star = next(
        (
            token.start
            for before, token in pairwise(scan_top_level(text))
            if token.text == "*" and before.text.upper() in BEFORE
        ),
        None,
    )
    if star is None:
        return text
    try:
        form = parse_query(text, base).form
    except (UnreadableQueryError, RecursionError):
        return text
    if not isinstance(form, Select) or form.modifiers.group_by:
        return text
    return text[:star] + (" ".join(map(str, select_columns(form))) or "*") + text[star + 1 :]
