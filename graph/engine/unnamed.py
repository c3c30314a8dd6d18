"""The graph of the unnamed: where a triple of no graph stands if the default graph is the union."""

from __future__ import annotations

from typing import Final

from pyoxigraph import DefaultGraph, NamedNode, Quad

from ontology.namespace import GRAPH

UNNAMED: Final = NamedNode(GRAPH + "default")


def named(quad: Quad) -> Quad:
    """Return a quad in a named graph: that of the unnamed, where it stands in none."""
    if isinstance(quad.graph_name, DefaultGraph):
        return Quad(quad.subject, quad.predicate, quad.object, UNNAMED)
    return quad
