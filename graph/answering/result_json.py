"""Terms and rows in SPARQL 1.1 Query Results JSON; what stands in many rows is written once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial
from json import JSONEncoder
from typing import Any, Final, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ontology.terms import XSD

Pieces: TypeAlias = list[bytes]
"""What is written, in pieces that are joined once, when all is there."""

encoder: Final = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def encoded(value: object) -> bytes:
    """Return a value as JSON without blanks."""
    return encoder(value).encode()


def term_json(term: NamedNode | BlankNode | Literal | Triple) -> dict[str, Any]:
    """Return a term in SPARQL 1.1 Query Results JSON, section 3.2.2, and 1.2 for what that adds."""
    if isinstance(term, NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, Triple):
        ends = ("subject", term.subject), ("predicate", term.predicate), ("object", term.object)
        return {"type": "triple", "value": {name: term_json(end) for name, end in ends}}
    written = {"type": "literal", "value": term.value}
    if term.language:
        written["xml:lang"] = term.language
        if term.direction:
            written["its:dir"] = str(term.direction)
    elif term.datatype != XSD.STRING:
        written["datatype"] = term.datatype.value
    return written


def bindings(variables: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """Return the rows of an answer; what is unbound is left out."""
    columns = list(zip(*rows, strict=True)) or [()] * len(variables)
    cells = [
        map(cache(partial(member, name)), column)
        for name, column in zip(variables, columns, strict=True)
    ]
    if not cells:
        return b",".join([b"{}"] * len(rows))
    members = map(b"".join, zip(*cells, strict=True))
    return b",".join([b"{%b}" % of_row[1:] for of_row in members])


def member(variable: str, term: NamedNode | BlankNode | Literal | Triple | None) -> bytes:
    """Return a member of a binding after a comma, nothing where no term is bound."""
    return b"" if term is None else b",%b:%b" % (encoded(variable), encoded(term_json(term)))
