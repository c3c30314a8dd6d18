"""Whether a text with SERVICE is a query: the engine judges it, and nobody is asked."""

from __future__ import annotations

from typing import Final

from pyoxigraph import Store

from graph.answering.evaluation import results
from graph.sparql.token import scan_tokens

UNASKED: Final = {"SERVICE": "GRAPH", "SILENT": ""}
"""What stands for the words of a SERVICE: GRAPH takes the same name and the same pattern."""


def require_query(text: str, base: str | None) -> None:
    """Raise QuerySyntaxError, with line and column, unless the engine takes the text for a query.

    The engine calls an endpoint as soon as it has read a query, so it gets to read another one, of
    which it is an error or not at the same places; it runs on an empty store.
    """
    results(Store(), unasked(text), base=base)


def unasked(text: str) -> str:
    """Return a query with GRAPH in the place of each SERVICE, and every place as it was."""
    pieces, end, before = [], 0, ""
    for token in scan_tokens(text):
        word = token.text.upper() if token.kind == "word" else ""
        if word == "SERVICE" or (word == "SILENT" and before == "SERVICE"):
            pieces += [text[end : token.start], UNASKED[word].ljust(len(word))]
            end = token.start + len(word)
        before = word
    return "".join(pieces) + text[end:]
