"""The syntax of a query with SERVICE: the engine judges it without a call of an endpoint."""

from __future__ import annotations

from typing import Final

from pyoxigraph import Store

from graph.answering.evaluation import query_store
from graph.sparql.token import scan_tokens

REPLACEMENTS: Final = {"SERVICE": "GRAPH", "SILENT": ""}
"""The words in place of those of a SERVICE: GRAPH takes the same name and the same pattern."""


def require_query(text: str, base: str | None) -> None:
    """Raise QuerySyntaxError, with line and column, unless the engine accepts the query.

    The engine calls an endpoint as soon as it has parsed a query, so it parses the query with GRAPH
    in place of SERVICE: its errors have the same places. It runs on an empty store.
    """
    query_store(Store(), replace_services(text), base=base)


def replace_services(text: str) -> str:
    """Return a query with GRAPH in place of each SERVICE, every other character where it was."""
    pieces, end, before = [], 0, ""
    for token in scan_tokens(text):
        word = token.keyword
        if word == "SERVICE" or (word == "SILENT" and before == "SERVICE"):
            pieces += [text[end : token.start], REPLACEMENTS[word].ljust(len(word))]
            end = token.start + len(word)
        before = word
    return "".join(pieces) + text[end:]
