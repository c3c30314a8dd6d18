"""Follows property paths: which nodes are reached, and on which sets of graphs each rests.

The support of a path is that of all ways along it at once, so none is preferred and none is lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from pyoxigraph import NamedNode

from graph.reasoning.facts.fact import Fact
from graph.reasoning.provenance import Provenance
from graph.reasoning.sets.combination import any_of
from graph.reasoning.sets.support import GIVEN, NOTHING, Support
from graph.sparql.syntax import Alternative, Inverse, NegatedSet, Path, Repeat, Sequence

Reached: TypeAlias = dict[int, Support]
"""The nodes that are reached, each with what reaching it rests on."""


@dataclass(frozen=True, slots=True)
class Walker:
    """Walks the triples of one context; `edge` gives the support that a triple has in it."""

    provenance: Provenance
    edge: Callable[[Fact], Support]

    def walk(self, start: int, path: Path, end: int) -> Support:
        """Return the support of there being a path from start to end."""
        return self.step(path, {start: GIVEN}, back=False).get(end, NOTHING)

    def step(self, path: Path, reached: Reached, *, back: bool) -> Reached:
        """Return what is reached along a path, or along it from its end to its start."""
        match path:
            case NamedNode() | NegatedSet():
                return self.cross(path, reached, back=back)
            case Inverse(inner):
                return self.step(inner, reached, back=not back)
            case Sequence(steps):
                for one in reversed(steps) if back else steps:
                    reached = self.step(one, reached, back=back)
                return reached
            case Alternative(branches):
                return merged(self.step(one, reached, back=back) for one in branches)
            case Repeat(inner, times):
                return self.repeat(inner, times, reached, back=back)

    def repeat(self, path: Path, times: str, reached: Reached, *, back: bool) -> Reached:
        """Return what is reached by a path taken as often as its sign allows.

        The engine lets a path of no step start and end only at a node that some triple names.
        """
        once = self.step(path, reached, back=back)
        if times == "+":
            return self.onward(path, once, back=back)
        stayed = {node: support & self.named(node) for node, support in reached.items()}
        if times == "?":
            return merged([stayed, once])
        return self.onward(path, merged([stayed, once]), back=back)

    def onward(self, path: Path, reached: Reached, *, back: bool) -> Reached:
        """Return what is reached by going on until nothing new is."""
        total, grown = reached, reached
        while grown:
            further = merged([total, self.step(path, grown, back=back)])
            grown = {node: one for node, one in further.items() if one != total.get(node)}
            total = further
        return total

    def cross(self, path: NamedNode | NegatedSet, reached: Reached, *, back: bool) -> Reached:
        """Return what is reached over one edge."""
        ways: dict[int, list[Support]] = defaultdict(list)
        for node, support in reached.items():
            for end, fact in self.edges(node, path, back=back):
                there = self.edge(fact)
                if there:
                    ways[end].append(support & there)
        return {end: any_of(found) for end, found in ways.items()}

    def edges(
        self, node: int, path: NamedNode | NegatedSet, *, back: bool
    ) -> Iterator[tuple[int, Fact]]:
        """Yield the edges of a node that a path of one step allows, each with its other end."""
        numbers, union = self.provenance.lexicon.numbers, self.provenance.union
        if isinstance(path, NamedNode):
            predicate = numbers.get(path)
            if predicate is not None:
                yield from (
                    (fact[0] if back else fact[2], fact)
                    for fact in union.matches(
                        *((-1, predicate, node) if back else (node, predicate, -1))
                    )
                )
            return
        onward, homeward = (path.backward, path.forward) if back else (path.forward, path.backward)
        for start, excluded, end in ((0, onward, 2), (2, homeward, 0)):
            if excluded:
                barred = {numbers.get(iri) for iri in excluded}
                for fact in self.provenance.union.mentions(node):
                    if fact[start] == node and fact[1] not in barred:
                        yield fact[end], fact

    def named(self, node: int) -> Support:
        """Return the support of some triple naming a node."""
        return any_of(map(self.edge, self.provenance.union.mentions(node)))


def merged(several: Iterable[Reached]) -> Reached:
    """Return what is reached by one way or another."""
    total: Reached = {}
    for reached in several:
        for node, support in reached.items():
            total[node] = total[node] | support if node in total else support
    return total
