"""Corrections of a query: a prefix declared, a name as it was meant; and an ASK as a sentence."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from graph.answering.complaint import Correction, correct_query, replace_names
from graph.errors import CpecError, QuerySyntaxError
from graph.sparql.parser import read_asked_triple
from ontology.namespace import shorten
from server.site import current_site

CORRECTED_LENGTH: Final = 8000
"""The maximum length of a query that is corrected, in characters: its address has the whole."""

UNKNOWN: Final = "the graph does not know "
"""The beginning of the words of a cause of the kind `unknown`; the name follows."""

Pairs = Sequence[tuple[str, str]]
Link = tuple[str, str]


def correct_fault(text: str, error: CpecError, pairs: Pairs) -> list[Link]:
    """Return the words and the address of a query without its syntax error, none if none is known.

    The address has the parameters in `pairs` too.
    """
    is_known = isinstance(error, QuerySyntaxError) and len(text) <= CORRECTED_LENGTH
    correction = correct_query(text) if is_known else None
    return [write_link(correction, pairs)] if correction else []


def correct_names(text: str, empty: Mapping[str, Any], pairs: Pairs) -> list[Link]:
    """Return the queries with the names that were meant, for an answer that is empty without."""
    links = []
    for cause in empty.get("causes", ()) if len(text) <= CORRECTED_LENGTH else ():
        if cause["kind"] == "unknown" and cause.get("near"):
            unknown = cause["words"].removeprefix(UNKNOWN).partition(";")[0]
            correction = replace_names(text, unknown, shorten(cause["near"]))
            if correction.text != text:
                links.append(write_link(correction, pairs))
    return links


def write_link(correction: Correction, pairs: Pairs) -> Link:
    """Return the words of a correction, and the address of the corrected query."""
    return correction.words, f"/sparql?{urlencode([('query', correction.text), *pairs])}"


def write_asked(text: str) -> str:
    """Return the only triple of an ASK that holds as a sentence, "" for another query."""
    triple = read_asked_triple(text)
    if triple is None:
        return ""
    try:
        body, _ = current_site().engine.explain(tuple(map(str, triple)), "json")
    except CpecError:
        return ""
    return str(json.loads(body)["words"])
