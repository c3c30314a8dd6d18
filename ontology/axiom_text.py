"""Axioms as texts that are the same however their blank nodes are called, so that they compare."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

DEEPEST: Final = 200
"""The blank nodes in one another up to which they are written out: a list of members is such."""

Parts = Mapping[BlankNode, list[Quad]]


def write_axioms(quads: Iterable[Quad]) -> dict[str, list[Quad]]:
    """Return the axioms of an ontology by their texts.

    An axiom is a statement about a name with the blank nodes that hang on its object, as a chain of
    properties does, or a blank node that nothing points to, as disjoint classes are.
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
            held = [quad]
            text = f"{quad.subject} {quad.predicate} {write_node(quad.object, parts, held)}"
            axioms[text] = held
    for node in parts.keys() - pointed:
        held = []
        axioms[write_node(node, parts, held)] = held
    return axioms


def write_node(
    node: NamedNode | BlankNode | Literal | Triple,
    parts: Parts,
    held: list[Quad],
    depth: int = 0,
) -> str:
    """Return the text of a node, and add what is stated of it and below it to `held`."""
    if not isinstance(node, BlankNode) or depth > DEEPEST:
        return str(node)
    below = parts.get(node, [])
    held.extend(below)
    stated = (
        f"{quad.predicate} {write_node(quad.object, parts, held, depth + 1)}" for quad in below
    )
    return f"[ {' ; '.join(sorted(stated))} ]"
