"""The canonical content of a graph, the same from every store, and its checksum.

A store may write `01` as `1`, `1.50` as `1.5` and `@zh-Hant` as `@zh-hant`: their values are equal
(XML Schema 1.1 Part 2, section 2.3; RDF 1.1 Concepts, section 3.3). RDFC-1.0 names blank nodes.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Final

from pyoxigraph import Literal, Quad, Triple

from graph.snapshot import canonicalise, sort_n_quads
from ontology.terms import XSD

INTEGERS: Final = frozenset(
    XSD + name for name in ("integer", "int", "long", "short", "byte", "nonNegativeInteger")
)
BOOLEANS: Final = {"1": "true", "0": "false"}


def hash_triples(triples: Iterable[Triple]) -> str:
    """Return the SHA-256 of the canonical N-Triples of a graph, sorted."""
    return sha256(sort_n_quads(canonicalise(map(normalise_triple, triples)))).hexdigest()


def normalise_triple(triple: Triple) -> Quad:
    """Return a triple with a canonical literal, as a quad of the default graph."""
    value = triple.object
    same = normalise_literal(value) if isinstance(value, Literal) else value
    return Quad(triple.subject, triple.predicate, same)


def normalise_literal(literal: Literal) -> Literal:
    """Return a literal in the canonical form of its value; an invalid one unchanged."""
    if literal.language is not None:
        return Literal(literal.value, language=literal.language.lower())
    kind, text = literal.datatype, literal.value
    try:
        if kind.value in INTEGERS:
            return Literal(str(int(text)), datatype=kind)
        if kind == XSD.DECIMAL:
            return Literal(f"{Decimal(text).normalize():f}", datatype=kind)
    except (ValueError, InvalidOperation):
        return literal
    if kind == XSD.BOOLEAN:
        return Literal(BOOLEANS.get(text, text), datatype=kind)
    return literal
