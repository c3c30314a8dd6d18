"""Finds the syntax of triple terms in a SPARQL text (SPARQL 1.2 Query, section 4.1.5)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from graph.sparql.prologue import Prologue
from graph.sparql.token import Token, scan_tokens

SIGNS: Final = frozenset({"<<", ">>", "{|", "|}", "~"})
"""The signs of triple terms, reified triples, annotations and reifiers."""

FUNCTIONS: Final = frozenset({"TRIPLE", "ISTRIPLE", "SUBJECT", "PREDICATE", "OBJECT"})
"""The functions on triple terms (section 17.4.6)."""

HINT: Final = re.compile(
    r"<<|>>|\{\||\|\}|~|(?:TRIPLE|SUBJECT|PREDICATE|OBJECT)\s*[(#]|VERSION", re.IGNORECASE
)
"""The pieces without which a text has no such syntax: few texts have to be scanned by tokens."""

VERSION: Final = "1.2"
"""The version that a text announces to be answered with triple terms."""


def uses_triple_terms(text: str) -> bool:
    """Return whether a query has the syntax of triple terms, or announces `VERSION "1.2"`.

    >>> uses_triple_terms("SELECT * { ?s ?p ?o {| ?q ?v |} }")
    True
    >>> uses_triple_terms("SELECT * { ?s ?p '<<' FILTER(?o < <http://example.org/~>) }")
    False
    """
    if not HINT.search(text):
        return False
    before = last = Token("", "", 0)
    for token in scan_tokens(text):
        if (
            (token.kind == "sign" and token.text in SIGNS)
            or (last.keyword in FUNCTIONS and token.text == "(")
            or (last.keyword == "VERSION" and token.text.strip("\"'") == VERSION)
            # `<<?s?p?o>>`: the scanner takes its middle for an IRI, the engine does not
            or (before.text == "<" and last.kind == "iri" and token.text == ">")
        ):
            return True
        before, last = last, token
    return False


def names_graph(text: str, name: str, prefixes: Mapping[str, str], base: str = "") -> bool:
    """Return whether a query mentions an IRI."""
    if name.rpartition("/")[2] not in text:
        return False
    prologue = Prologue(prefixes, base)
    for token in scan_tokens(text):
        if token.kind in {"iri", "name"} and prologue.resolve(token) == name:
            return True
        prologue.read(token)
    return False
