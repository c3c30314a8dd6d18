"""A publication: what a store is said to hold, as triples in a graph of its own, `graph:version`.

::

    graph:version  owl:versionInfo "2af21f66e4eaca46" .
    graph:evidence void:triples 1647 ; spdx:checksumValue "6e0c..." .    and so on, a graph each
    graph:union    void:triples 6065 ; spdx:checksumValue "10aa..." .    the default graph

The first of these is written last, when all else is verified, and taken away first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Triple

from graph.dataset import graph_of
from graph.remote.content import checksum
from graph.remote.store import RemoteStore
from ontology.namespace import GRAPH, VERSION_GRAPH
from ontology.terms import OWL, SPDX, VOID

UNION: Final = GRAPH + "union"
"""What the default graph is called where it is counted: the union of the named graphs."""

PUBLICATION: Final = NamedNode(VERSION_GRAPH)

ASK_VERSION: Final = (
    f"SELECT ?version {{ GRAPH <{VERSION_GRAPH}> {{ {PUBLICATION} {OWL.VERSION_INFO} ?version }} }}"
)


@dataclass(frozen=True, slots=True)
class GraphChecksum:
    """What a graph holds: so many triples, and the checksum of them."""

    triples: int
    checksum: str

    @classmethod
    def of(cls, triples: Collection[Triple]) -> Self:
        """Return what a graph of these triples holds."""
        return cls(len(triples), checksum(triples))


@dataclass(frozen=True, slots=True)
class Publication:
    """A version, "" where none is whole, and its parts by the names of their graphs."""

    version: str = ""
    parts: Mapping[str, GraphChecksum] = field(default_factory=dict)

    @property
    def quads(self) -> int:
        """The quads of all parts, the union among them."""
        return sum(part.triples for part in self.parts.values())

    @property
    def graphs(self) -> tuple[str, ...]:
        """The named graphs."""
        return tuple(name for name in self.parts if name != UNION)

    def triples(self) -> Iterator[Triple]:
        """Yield the triples that say it."""
        yield from self.named()
        for name, part in self.parts.items():
            node = NamedNode(name)
            yield Triple(node, VOID.TRIPLES, Literal(part.triples))
            yield Triple(node, SPDX.CHECKSUM_VALUE, Literal(part.checksum))

    def named(self) -> list[Triple]:
        """Return the triple that says the version: one, so that it is there or not."""
        return (
            [Triple(PUBLICATION, OWL.VERSION_INFO, Literal(self.version))] if self.version else []
        )

    @classmethod
    def read(cls, store: RemoteStore) -> Self:
        """Return what a store is said to hold, nothing where nothing was published to it."""
        try:
            return cls.of(store.graph(VERSION_GRAPH))
        except (KeyError, ValueError):
            raise store.error(f"has a <{VERSION_GRAPH}> that is not ours") from None

    @classmethod
    def of(cls, triples: Iterable[Triple]) -> Self:
        """Return what triples say; raises KeyError and ValueError where they are others."""
        said: dict[str, dict[str, str]] = {}
        for triple in triples:
            if isinstance(triple.subject, NamedNode) and isinstance(triple.object, Literal):
                said.setdefault(triple.subject.value, {})[triple.predicate.value] = (
                    triple.object.value
                )
        own = said.pop(VERSION_GRAPH, {})
        parts = {
            name: GraphChecksum(int(told[VOID.TRIPLES.value]), told[SPDX.CHECKSUM_VALUE.value])
            for name, told in said.items()
        }
        return cls(own.get(OWL.VERSION_INFO.value, ""), parts)


def version_of(store: RemoteStore) -> str:
    """Return the version that a store says it holds, "" where it says none."""
    return version_in(store.solutions(ASK_VERSION))


def version_in(answer: QuerySolutions) -> str:
    """Return the one version in the answer to ASK_VERSION, "" where there is not one."""
    versions = {str(term.value) for row in answer for term in row if isinstance(term, Literal)}
    return versions.pop() if len(versions) == 1 else ""


def by_graph(quads: Collection[Quad]) -> dict[str, list[Triple]]:
    """Return the triples of each named graph, and those of all as `graph:union`."""
    graphs: dict[str, list[Triple]] = {UNION: list(dict.fromkeys(quad.triple for quad in quads))}
    for quad in quads:
        graphs.setdefault(graph_of(quad), []).append(quad.triple)
    return graphs
