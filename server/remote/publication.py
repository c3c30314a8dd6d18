"""A publication: the version, counts and checksums of a store, as triples in `graph:version`.

::

    graph:version  owl:versionInfo "2af21f66e4eaca46" .
    graph:evidence void:triples 1647 ; spdx:checksumValue "6e0c..." .    and so on, a graph each
    graph:union    void:triples 6065 ; spdx:checksumValue "10aa..." .    the default graph

The first of these is written last, when all else is verified, and removed first.

The checksum is of the canonical content of a graph, the same from every store. A store may write
`01` as `1`, `1.50` as `1.5`, an integer as the decimal of its value and `@zh-Hant` as `@zh-hant`:
their values are equal (XML Schema 1.1 Part 2, sections 2.3 and 3.4.13; RDF 1.1 Concepts,
section 3.3). RDFC-1.0 names blank nodes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Final, Self

from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Triple

from graph.dataset import canonicalise, graph_of, sort_n_quads
from ontology.namespace import GRAPH, VERSION_GRAPH
from ontology.terms import OWL, SPDX, VOID, XSD
from server.remote.store import RemoteStore

UNION: Final = GRAPH + "union"
"""The name of the default graph in a publication: the union of the named graphs."""

PUBLICATION: Final = NamedNode(VERSION_GRAPH)

ASK_VERSION: Final = (
    f"SELECT ?version {{ GRAPH <{VERSION_GRAPH}> {{ {PUBLICATION} {OWL.VERSION_INFO} ?version }} }}"
)


@dataclass(frozen=True, slots=True)
class GraphChecksum:
    """The number of triples of a graph, and their checksum."""

    triples: int
    checksum: str

    @classmethod
    def count(cls, triples: Collection[Triple]) -> Self:
        """Return the number and the checksum of the triples."""
        return cls(len(triples), hash_triples(triples))


@dataclass(frozen=True, slots=True)
class Publication:
    """A version, "" if it is incomplete, and the checksums of its graphs by their names."""

    version: str = ""
    parts: Mapping[str, GraphChecksum] = field(default_factory=dict)

    @property
    def quads(self) -> int:
        """The number of quads, those of the union included."""
        return sum(part.triples for part in self.parts.values())

    @property
    def graphs(self) -> tuple[str, ...]:
        """The named graphs."""
        return tuple(name for name in self.parts if name != UNION)

    def triples(self) -> Iterator[Triple]:
        """Yield the triples of the publication."""
        yield from self.version_triples()
        for name, part in self.parts.items():
            node = NamedNode(name)
            yield Triple(node, VOID.TRIPLES, Literal(part.triples))
            yield Triple(node, SPDX.CHECKSUM_VALUE, Literal(part.checksum))

    def version_triples(self) -> list[Triple]:
        """Return the triple of the version: one triple, so that a write of it is atomic."""
        return (
            [Triple(PUBLICATION, OWL.VERSION_INFO, Literal(self.version))] if self.version else []
        )

    @classmethod
    def read(cls, store: RemoteStore) -> Self:
        """Return the publication of a store; an empty one if it has none."""
        try:
            return cls.from_triples(store.graph(VERSION_GRAPH))
        except (KeyError, ValueError):
            raise store.error(f"has a <{VERSION_GRAPH}> that is not ours") from None

    @classmethod
    def from_triples(cls, triples: Iterable[Triple]) -> Self:
        """Return the publication that triples state; raises KeyError and ValueError for others."""
        values: dict[str, dict[str, str]] = {}
        for triple in triples:
            if isinstance(triple.subject, NamedNode) and isinstance(triple.object, Literal):
                values.setdefault(triple.subject.value, {})[triple.predicate.value] = (
                    triple.object.value
                )
        own = values.pop(VERSION_GRAPH, {})
        parts = {
            name: GraphChecksum(int(part[VOID.TRIPLES.value]), part[SPDX.CHECKSUM_VALUE.value])
            for name, part in values.items()
        }
        return cls(own.get(OWL.VERSION_INFO.value, ""), parts)


def read_version(store: RemoteStore) -> str:
    """Return the version that a store states, or ""."""
    return read_version_rows(store.solutions(ASK_VERSION))


def read_version_rows(answer: QuerySolutions) -> str:
    """Return the version in the answer to ASK_VERSION; "" if it has none, or several."""
    versions = {str(term.value) for row in answer for term in row if isinstance(term, Literal)}
    return versions.pop() if len(versions) == 1 else ""


def group_by_graph(quads: Collection[Quad]) -> dict[str, list[Triple]]:
    """Return the triples of each named graph, and of their union as `graph:union`."""
    graphs: dict[str, list[Triple]] = {UNION: list(dict.fromkeys(quad.triple for quad in quads))}
    for quad in quads:
        graphs.setdefault(graph_of(quad), []).append(quad.triple)
    return graphs


INTEGERS: Final = frozenset(
    XSD + name for name in ("integer", "int", "long", "short", "byte", "nonNegativeInteger")
)
BOOLEANS: Final = {"1": "true", "0": "false"}
BEYOND_32_BITS: Final = 2**31


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
            value = Decimal(text)
            is_whole = value.is_finite() and value == value.to_integral_value()
            return Literal(f"{value.normalize():f}", datatype=XSD.INTEGER if is_whole else kind)
    except (ValueError, InvalidOperation):
        return literal
    if kind == XSD.BOOLEAN:
        return Literal(BOOLEANS.get(text, text), datatype=kind)
    return literal


def restore_integer(quad: Quad) -> Quad:
    """Return a quad with an integer for a whole decimal beyond 32 bits.

    Virtuoso makes a decimal of such an integer, and no decimal of this graph is so large.
    """
    if isinstance(quad.object, Literal) and quad.object.datatype == XSD.DECIMAL:
        same = normalise_literal(quad.object)
        if same.datatype == XSD.INTEGER and abs(int(same.value)) >= BEYOND_32_BITS:
            return Quad(quad.subject, quad.predicate, same, quad.graph_name)
    return quad
