"""The text of an axiom without the labels of its blank nodes, so that axioms compare."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

DEEPEST: Final = 200
"""The most blank nodes in one another that a text writes out; an RDF list nests its cells."""

Parts = Mapping[BlankNode, list[Quad]]


def write_axioms(quads: Iterable[Quad]) -> dict[str, list[Quad]]:
    """Return the quads of each axiom of an ontology, by the text of the axiom.

    An axiom is a statement about a named term with the blank nodes below its object, such as a
    property chain, or a blank node that is no object, such as `owl:AllDisjointClasses`.
    """
    quads = list(quads)
    parts: dict[BlankNode, list[Quad]] = defaultdict(list)
    for quad in quads:
        if isinstance(quad.subject, BlankNode):
            parts[quad.subject].append(quad)
    pointed = {quad.object for quad in quads if isinstance(quad.object, BlankNode)}
    axioms: dict[str, list[Quad]] = {}
    for quad in quads:
        if not isinstance(quad.subject, BlankNode):
            members = [quad]
            text = f"{quad.subject} {quad.predicate} {write_node(quad.object, parts, members)}"
            axioms[text] = members
    for node in parts.keys() - pointed:
        members = []
        axioms[write_node(node, parts, members)] = members
    return axioms


def write_node(
    node: NamedNode | BlankNode | Literal | Triple,
    parts: Parts,
    members: list[Quad],
    depth: int = 0,
) -> str:
    """Return the text of a node; adds the quads of the node and the nodes below to `members`."""
    if not isinstance(node, BlankNode) or depth > DEEPEST:
        return str(node)
    below = parts.get(node, [])
    members.extend(below)
    stated = (
        f"{quad.predicate} {write_node(quad.object, parts, members, depth + 1)}" for quad in below
    )
    return f"[ {' ; '.join(sorted(stated))} ]"
