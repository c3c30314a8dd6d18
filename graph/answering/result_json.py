"""Terms and rows in SPARQL 1.1 Query Results JSON; a term of many rows is encoded once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial
from json import JSONEncoder
from typing import Any, Final, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ontology.terms import XSD

Pieces: TypeAlias = list[bytes]
"""The pieces of a document, joined once at its end."""

encoder: Final = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def encode_json(value: object) -> bytes:
    """Return a value as JSON without blanks."""
    return encoder(value).encode()


def term_json(term: NamedNode | BlankNode | Literal | Triple) -> dict[str, Any]:
    """Return a term in SPARQL 1.1 Query Results JSON, section 3.2.2, or of 1.2."""
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


def write_bindings(variables: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """Return the rows of an answer; a row has no member for an unbound variable."""
    columns = list(zip(*rows, strict=True)) or [()] * len(variables)
    cells = [
        map(cache(partial(write_member, name)), column)
        for name, column in zip(variables, columns, strict=True)
    ]
    if not cells:
        return b",".join([b"{}"] * len(rows))
    members = map(b"".join, zip(*cells, strict=True))
    return b",".join([b"{%b}" % of_row[1:] for of_row in members])


def write_member(variable: str, term: NamedNode | BlankNode | Literal | Triple | None) -> bytes:
    """Return a member of a binding after a comma; nothing for an unbound variable."""
    return (
        b"" if term is None else b",%b:%b" % (encode_json(variable), encode_json(term_json(term)))
    )
