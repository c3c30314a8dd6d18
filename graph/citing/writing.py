"""The JSON of a cited answer: the one place that knows how it is written.

SPARQL 1.1 Query Results JSON with two more members (citations.schema.json). What stands in
many rows is written once, and all is joined at the end: a large answer is not copied on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from json import JSONEncoder
from json.encoder import encode_basestring
from typing import Any, Final, TypeAlias

from pyoxigraph import BlankNode, NamedNode, Triple

from graph.citing.solution import UNBOUND, Key, Term, Terms
from ontology.namespace import PREFIXES

XSD_STRING: Final = PREFIXES["xsd"] + "string"

quoted: Final = encode_basestring
"""Writes a text as JSON does, without a step of Python."""

Pieces: TypeAlias = list[bytes]
"""What is written, in pieces that are joined once, when all is there."""

encoder: Final = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def encoded(value: object) -> bytes:
    """Return a value as JSON without blanks."""
    return encoder(value).encode()


def woven(separator: bytes, *columns: Sequence[bytes] | bytes) -> Pieces:
    """Return the pieces of columns row by row, with a separator between the rows.

    The first column has a piece for each row; a single text stands in all of them.
    """
    size, width = len(columns[0]), len(columns) + 1
    pieces = [separator] * (size * width)
    for place, column in enumerate(columns, 1):
        pieces[place::width] = [column] * size if isinstance(column, bytes) else column
    pieces[:1] = []
    return pieces


def term_json(term: Term) -> dict[str, Any]:
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


class Cells(dict[int, bytes]):
    """The cells of one column: a member of a binding for each term, nothing where none is bound."""

    def __init__(self, variable: str, terms: Terms) -> None:
        super().__init__({UNBOUND: b""})
        self.member = quoted(variable).encode() + b":"
        self.terms = terms

    def __missing__(self, number: int) -> bytes:
        term = self.terms[number]
        if isinstance(term, NamedNode):  # nothing that an IRI holds is escaped (RFC 3987, 2.2)
            written = b'{"type":"uri","value":"%b"}' % term.value.encode()
        else:
            written = encoded(None if term is None else term_json(term))
        cell = self[number] = self.member + written
        return cell


def bindings(columns: Sequence[Cells], rows: Sequence[Key]) -> Pieces:
    """Return the rows of an answer; what is unbound is left out."""
    if not rows or not columns:
        return [b",".join([b"{}"] * len(rows))]
    cells: list[Sequence[bytes]] = []
    different: set[int] = set()
    for column, numbers in zip(columns, zip(*rows, strict=True), strict=True):
        different.update(numbers)
        cells.append(list(map(column.__getitem__, numbers)))
    if UNBOUND in different:
        bound = (filter(None, row) for row in zip(*cells, strict=True))
        return [b"{", b"},{".join(map(b",".join, bound)), b"}"]
    each: list[Sequence[bytes] | bytes] = [b","] * (2 * len(cells) - 1)
    each[::2] = cells
    return [b"{", *woven(b"},{", *each), b"}"]
