"""A dataset: the named graphs, and their set union as the default graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import DefaultGraph, Quad, Store

from ontology.namespace import BACKGROUND, EDITORIAL_GRAPH, EVIDENCE_GRAPH, ID, ONTOLOGY_GRAPH

FIXED: Final = frozenset({ONTOLOGY_GRAPH, EDITORIAL_GRAPH, EVIDENCE_GRAPH})


def with_union(quads: Iterable[Quad]) -> Iterator[Quad]:
    """Return each quad, and its triple in the default graph.

    The union is stored, since pyoxigraph's own is a bag: a triple in three graphs counts three
    times (https://github.com/oxigraph/oxigraph/issues/1919).
    """
    for quad in quads:
        yield quad
        yield Quad(quad.subject, quad.predicate, quad.object)


def graph_of(quad: Quad) -> str:
    """Return the name of the graph that a quad stands in, "" for the default graph."""
    return "" if isinstance(quad.graph_name, DefaultGraph) else quad.graph_name.value


def memory_store(quads: Iterable[Quad]) -> Store:
    """Return a store in memory that holds the quads and their union."""
    store = Store()
    store.extend(with_union(quads))
    return store


def takes_part(graph: str) -> bool:
    """Return whether a stated graph takes part in the closure (docs/data-model.md)."""
    return graph in FIXED or graph.startswith((ID, BACKGROUND))
