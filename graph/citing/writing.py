"""The JSON of a cited answer: the one place that knows how it is written.

SPARQL 1.1 Query Results JSON with two more members (docs/citations.schema.json). What stands in
many rows is written once and joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from json import JSONEncoder
from json.encoder import encode_basestring
from typing import Any, Final

from pyoxigraph import BlankNode, NamedNode, Triple

from graph.reasoning.axiom import Term
from ontology.namespace import PREFIXES

XSD_STRING: Final = PREFIXES["xsd"] + "string"

quoted: Final = encode_basestring
"""Writes a text as JSON does, without a step of Python."""

encoded: Final = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def term_json(term: Term | Triple) -> dict[str, Any]:
    """Return a term in SPARQL 1.1 Query Results JSON, section 3.2.2, and 1.2 for what that adds."""
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, Triple):
        ends = ("subject", term.subject), ("predicate", term.predicate), ("object", term.object)
        return {"type": "triple", "value": {name: term_json(end) for name, end in ends}}
    found = {"type": "literal", "value": term.value}
    if term.language:
        found["xml:lang"] = term.language
        if term.direction:
            found["its:dir"] = str(term.direction)
    elif term.datatype.value != XSD_STRING:
        found["datatype"] = term.datatype.value
    return found


def written(term: Term) -> str:
    """Return a term as text; most are IRIs."""
    if isinstance(term, NamedNode):
        return f'{{"type":"uri","value":{quoted(term.value)}}}'
    return encoded(term_json(term))


class Names(dict[str, str]):
    """The names of graphs, written."""

    def __missing__(self, name: str) -> str:
        found = self[name] = quoted(name)
        return found


class Cells(dict[Term | None, str]):
    """The cells of one column: a member of a binding for each term, nothing where none is bound."""

    def __init__(self, variable: str) -> None:
        super().__init__({None: ""})
        self.member = quoted(variable) + ":"

    def __missing__(self, term: Term) -> str:
        found = self[term] = self.member + written(term)
        return found


def bindings(variables: Sequence[str], rows: Sequence[Sequence[Term | None]]) -> str:
    """Return the rows of an answer; what is unbound is left out."""
    if not rows or not variables:
        return ",".join(["{}"] * len(rows))
    cells = [
        list(map(Cells(variable).__getitem__, column))
        for variable, column in zip(variables, zip(*rows, strict=True), strict=True)
    ]
    found: Iterable[Iterable[str]] = zip(*cells, strict=True)
    if any("" in column for column in cells):
        found = (filter(None, row) for row in found)
    return "{" + "},{".join(map(",".join, found)) + "}"
