"""The JSON of a cited answer: the one place that knows how it is written.

SPARQL 1.1 Query Results JSON with two more members (citations.schema.json). What stands in
many rows is written once, and all is joined at the end: a large answer is not copied on the way.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from json import JSONEncoder
from json.encoder import encode_basestring
from typing import Any, Final, TypeAlias

from pyoxigraph import BlankNode, NamedNode, Triple

from graph.citing.following.solution import UNBOUND, Key, Numbering
from graph.reasoning.rules.axiom import Term
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


class Cells(dict[int, bytes]):
    """The cells of one column: a member of a binding for each term, nothing where none is bound."""

    def __init__(self, variable: str, terms: Numbering) -> None:
        super().__init__({UNBOUND: b""})
        self.member = quoted(variable).encode() + b":"
        self.terms = terms

    def __missing__(self, number: int) -> bytes:
        found = self[number] = self.member + self.written(number)
        return found

    def written(self, number: int) -> bytes:
        """Return a term as text; those of the lexicon are written beforehand, but for a few."""
        term = self.terms.named[number]
        return encoded(None if term is None else term_json(term))

    def expect(self, numbers: Set[int]) -> None:
        """Write the cells of terms of the lexicon at once: there may be one in each row.

        Nothing that an IRI holds is escaped in JSON (RFC 3987, section 2.2).
        """
        known = [number for number in numbers if number >= 0]
        texts = dict(zip(known, self.terms.lexicon.terms.several(known), strict=True))
        start, end = self.member + b'{"type":"uri","value":"', b'"}'
        self.update({n: start + t[1:-1] + end for n, t in texts.items() if t.startswith(b"<")})
        for number in texts.keys() - self.keys():
            if literal := translated(texts[number]):
                self[number] = self.member + literal


def translated(written: bytes) -> bytes | None:
    r"""Return a literal of N-Triples in JSON as `term_json`; None where it has to be read first.

    What is escaped in its text is so in JSON, but for `\U`.
    """
    text, _, suffix = written.rpartition(b'"')
    if not text.startswith(b'"') or b"\\U" in text or b"--" in suffix:
        return None
    if not suffix:
        return b'{"type":"literal","value":%b"}' % text
    if suffix.startswith(b"@"):
        return b'{"type":"literal","value":%b","xml:lang":"%b"}' % (text, suffix[1:])
    return b'{"type":"literal","value":%b","datatype":"%b"}' % (text, suffix[3:-1])


def bindings(columns: Sequence[Cells], rows: Sequence[Key]) -> Pieces:
    """Return the rows of an answer; what is unbound is left out."""
    if not rows or not columns:
        return [b",".join([b"{}"] * len(rows))]
    cells: list[Sequence[bytes]] = []
    different: set[int] = set()
    for column, numbers in zip(columns, zip(*rows, strict=True), strict=True):
        column.expect({*numbers})
        different.update(numbers)
        cells.append(list(map(column.__getitem__, numbers)))
    if UNBOUND in different:
        found = (filter(None, row) for row in zip(*cells, strict=True))
        return [b"{", b"},{".join(map(b",".join, found)), b"}"]
    each: list[Sequence[bytes] | bytes] = [b","] * (2 * len(cells) - 1)
    each[::2] = cells
    return [b"{", *woven(b"},{", *each), b"}"]
