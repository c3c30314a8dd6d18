"""Follows property paths: for each node that a path reaches, the triples of a shortest way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Store

from graph.citing.lineage import TermTriple
from graph.sparql.syntax import Alternative, Inverse, NegatedSet, Path, Repeat, Sequence
from ontology.terms import RdfTerm

Way: TypeAlias = tuple[TermTriple, ...]
"""The triples of a path from one node to another."""

Reached: TypeAlias = dict[RdfTerm, Way]
"""The nodes that a path reaches, each with a way of the fewest triples."""


@dataclass(frozen=True, slots=True)
class Walker:
    """Walks the triples of some graphs of a store, if they are `allowed`."""

    store: Store
    graphs: tuple[NamedNode | DefaultGraph, ...]
    allowed: Callable[[TermTriple], bool] = lambda _: True

    def follow(self, path: Path, reached: Reached, *, back: bool = False) -> Reached:
        """Return the nodes that a path reaches, or that reach it, each with a shortest way.

        Ways grow level by level, as in a breadth-first search, so the first way to a node has the
        fewest triples (SPARQL 1.1 Query, section 18.4, evaluates paths by node pairs, without
        ways).
        """
        match path:
            case NamedNode() | NegatedSet():
                return keep_shortest(
                    (end, (*way, triple))
                    for node, way in reached.items()
                    for end, triple in self.list_edges(node, path, back=back)
                )
            case Inverse(inner):
                return self.follow(inner, reached, back=not back)
            case Sequence(steps):
                for part in reversed(steps) if back else steps:
                    reached = self.follow(part, reached, back=back)
                return reached
            case Alternative(branches):
                ways = (self.follow(branch, reached, back=back) for branch in branches)
                return keep_shortest(pair for reached in ways for pair in reached.items())
            case Repeat(inner, times):
                return self.repeat(inner, times, reached, back=back)

    def repeat(self, path: Path, times: str, reached: Reached, *, back: bool) -> Reached:
        """Return the nodes that a repeated path reaches.

        The engine lets an empty path start and end only at a node that a triple names.
        """
        total = {} if times == "+" else {n: self.name_end(n, way) for n, way in reached.items()}
        grown = self.follow(path, reached, back=back)
        while grown := {node: way for node, way in grown.items() if node not in total}:
            total |= grown
            grown = {} if times == "?" else self.follow(path, grown, back=back)
        return total

    def list_edges(
        self, node: RdfTerm, path: NamedNode | NegatedSet, *, back: bool
    ) -> Iterator[tuple[RdfTerm, TermTriple]]:
        """Yield the edges of a node that a path of one step allows, each with its other end."""
        if isinstance(path, NamedNode):
            for triple in self.list_triples(node, path, back=back):
                yield triple[0 if back else 2], triple
        else:
            for excluded, reverse in ((path.forward, back), (path.backward, not back)):
                for triple in self.list_triples(node, None, back=reverse) if excluded else ():
                    if triple[1] not in excluded:
                        yield triple[0 if reverse else 2], triple

    def list_triples(
        self, node: RdfTerm, predicate: NamedNode | None, *, back: bool
    ) -> Iterator[TermTriple]:
        """Yield the triples with a node as subject, or as object."""
        if back or isinstance(node, NamedNode | BlankNode):
            ends = (None, node) if back else (node, None)
            for graph in self.graphs:
                for quad in self.store.quads_for_pattern(ends[0], predicate, ends[1], graph):  # type: ignore[arg-type]
                    triple = quad.subject, quad.predicate, quad.object
                    if self.allowed(triple):
                        yield triple

    def name_end(self, node: RdfTerm, way: Way) -> Way:
        """Return a way with a triple that names its end, if a triple does."""
        if way:
            return way
        for back in (False, True):
            for triple in self.list_triples(node, None, back=back):
                return (triple,)
        return way


def keep_shortest(pairs: Iterable[tuple[RdfTerm, Way]]) -> Reached:
    """Return the shortest way to each node, of several the first by its terms.

    So each store of the same triples has the same ways.
    """
    reached: Reached = {}
    for node, way in pairs:
        known = reached.get(node)
        is_alike = known is not None and len(way) == len(known)
        if known is None or len(way) < len(known) or (is_alike and str(way) < str(known)):
            reached[node] = way
    return reached
