"""The JSON of a cited answer: the one place that knows how it is written.

SPARQL 1.1 Query Results JSON with two more members (citations.schema.json). What stands in
many rows is written once and joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from json import JSONEncoder
from json.encoder import encode_basestring
from typing import Any, Final

from pyoxigraph import BlankNode, NamedNode, Triple

from graph.citing.following.solution import UNBOUND, Key, Numbering
from graph.reasoning.rules.axiom import Term
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


class Cells(dict[int, str]):
    """The cells of one column: a member of a binding for each term, nothing where none is bound."""

    def __init__(self, variable: str, terms: Numbering) -> None:
        super().__init__({UNBOUND: ""})
        self.member = quoted(variable) + ":"
        self.terms = terms

    def __missing__(self, number: int) -> str:
        found = self[number] = self.member + self.written(number)
        return found

    def written(self, number: int) -> str:
        """Return a term as text; most are IRIs."""
        iri = self.terms.iri(number)
        if iri is not None:
            return f'{{"type":"uri","value":{quoted(iri)}}}'
        term = self.terms.named[number]
        return encoded(None if term is None else term_json(term))


def bindings(columns: Sequence[Cells], rows: Sequence[Key]) -> str:
    """Return the rows of an answer; what is unbound is left out."""
    if not rows or not columns:
        return ",".join(["{}"] * len(rows))
    cells = [
        list(map(column.__getitem__, numbers))
        for column, numbers in zip(columns, zip(*rows, strict=True), strict=True)
    ]
    found: Iterable[Iterable[str]] = zip(*cells, strict=True)
    if any("" in column for column in cells):
        found = (filter(None, row) for row in found)
    return "{" + "},{".join(map(",".join, found)) + "}"
