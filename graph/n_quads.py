"""N-Quads in an order that depends on their statements alone."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Quad,
    RdfFormat,
    Triple,
    serialize,
)


def canonicalise(quads: Iterable[Quad]) -> list[Quad]:
    """Return the quads, each once, with the canonical names of RDFC-1.0 for blank nodes.

    Only quads with blank nodes are canonicalised; nearly all others need no change.
    https://www.w3.org/TR/rdf-canon/
    """
    ground: list[Quad] = []
    with_blank_nodes = Dataset()
    for quad in dict.fromkeys(quads):
        if may_have_blank_node(quad):
            with_blank_nodes.add(quad)
        else:
            ground.append(quad)
    with_blank_nodes.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return [*ground, *with_blank_nodes]


def may_have_blank_node(quad: Quad) -> bool:
    """Return whether a quad has a blank node, or a triple term, which may have one."""
    return (
        isinstance(quad.subject, BlankNode)
        or isinstance(quad.object, BlankNode | Triple)
        or isinstance(quad.graph_name, BlankNode)
    )


def sort_n_quads(quads: Iterable[Quad]) -> bytes:
    """Return the quads as N-Quads, with sorted lines."""
    return b"".join(sort_lines(quads))


def sort_lines(quads: Iterable[Quad]) -> list[bytes]:
    """Return the lines of the quads in N-Quads, sorted."""
    lines = (serialize(quads, format=RdfFormat.N_QUADS) or b"").splitlines(keepends=True)
    lines.sort()
    return lines
