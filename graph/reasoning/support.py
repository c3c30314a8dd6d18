"""Supports: the sets of named graphs that hold a fact by themselves, each shown to be minimal."""

from __future__ import annotations

from dataclasses import dataclass

from graph.reasoning.alternatives import Alternatives, minimal
from graph.reasoning.bounds import Bounds
from graph.reasoning.closure import NONE, Closure, Graphs, premises
from graph.reasoning.rulebook import Fact
from graph.reasoning.search import Cone


@dataclass(frozen=True, slots=True)
class Supports:
    """Supports of a fact, the smallest first, and whether there are or may be more.

    `sufficient` are those of them that hold the fact but were not shown to need each graph.
    """

    sets: tuple[Graphs, ...]
    more: bool
    sufficient: frozenset[Graphs] = frozenset()


@dataclass(frozen=True, slots=True)
class SupportSearch:
    """A search for the supports of facts in a closure and in statements that are apart from it.

    `by_graph` are the facts that each graph states.
    """

    closure: Closure
    apart: dict[Fact, Graphs]
    by_graph: dict[int, dict[Fact, None]]
    bounds: Bounds

    def is_given(self, fact: Fact) -> bool:
        """Return whether a fact follows from the ontology alone."""
        return self.closure.base is not None and fact in self.closure.base

    def first(self, fact: Fact) -> Graphs:
        """Return a support of a fact that holds: the leaves of its reason, shrunk."""
        if self.is_given(fact):
            return NONE
        if fact not in self.closure:
            return frozenset((min(self.apart[fact]),))
        if stated := self.closure.stated.get(fact):
            return frozenset((min(stated),))
        return self.shrunk(fact, covering(leaves(self.closure, fact)))[0]

    def shrunk(self, fact: Fact, graphs: Graphs) -> tuple[Graphs, bool]:
        """Return a set of graphs without those that a fact can do without, and if that is shown."""
        if len(graphs) <= 1:
            return graphs, True
        if len(graphs) > self.bounds.graphs:
            return graphs, False
        shown = True
        for graph in sorted(graphs, reverse=True):
            rest = graphs - {graph}
            enough = self.holds(fact, rest)
            shown = shown and enough is not None
            graphs = rest if enough else graphs
        return graphs, shown

    def holds(self, fact: Fact, graphs: Graphs) -> bool | None:
        """Return whether a fact holds in some graphs of the closure, None if that is unknown."""
        stated = self.closure.stated.get(fact, NONE)
        if self.is_given(fact) or not stated.isdisjoint(graphs):
            return True
        if fact not in self.closure:
            return False
        cone = Cone.of(self.closure, fact, self.bounds, within=graphs)
        if cone.holds_in(graphs):
            return True
        if not cone.cut:
            return False
        facts = [(one, graph) for graph in graphs for one in self.by_graph.get(graph, ())]
        if len(facts) > self.bounds.closed:
            return None
        part = Closure(self.closure.rulebook, self.closure.base)
        part.add((one, frozenset((graph,))) for one, graph in facts)
        return fact in part

    def all(self, fact: Fact, at_most: int) -> Supports:
        """Return the supports of a fact that holds, so many at most.

        The near search finds them of most facts; the far one is for the others.
        """
        if self.is_given(fact):
            return Supports((NONE,), more=False)
        for bounds in (self.bounds.nearer(), self.bounds):
            known = self.alternatives(fact, bounds)
            sets = known.first(at_most)
            if known.exact:
                return Supports(sets, more=len(known) > len(sets))
            if len(known.alone) >= at_most:
                return Supports(sets, more=True)
        shrunk = dict(self.shrunk(fact, one) for one in sets or (self.first(fact),))
        ordered = sorted(shrunk, key=lambda one: (len(one), sorted(one)))
        unshown = frozenset(one for one, shown in shrunk.items() if not shown)
        return Supports(tuple(ordered), more=True, sufficient=unshown)

    def alternatives(self, fact: Fact, bounds: Bounds) -> Alternatives:
        """Return the sets of graphs that hold a fact, as far as a search goes."""
        closure, apart = self.closure, self.apart.get(fact, NONE)
        if fact not in closure:
            return Alternatives(apart)
        if not closure.rulebook.concluding(fact):
            return Alternatives(closure.stated[fact] | apart)
        known = Cone.of(closure, fact, bounds).supports(bounds)
        return minimal(known.alone | apart, known.several, bounds.alternatives, known.exact)


def leaves(closure: Closure, goal: Fact) -> list[Graphs]:
    """Return the graphs that state each of the stated facts that a fact rests on by its reason."""
    found: dict[Fact, Graphs] = {}
    seen, stack = {goal}, [goal]
    while stack:
        fact = stack.pop()
        if fact in closure.stated:
            found[fact] = closure.stated[fact]
        elif fact in closure.why:  # or else it is given
            unseen = [one for one in premises(closure.why[fact]) if one not in seen]
            seen.update(unseen)
            stack += unseen
    return list(found.values())


def covering(leaves: list[Graphs]) -> Graphs:
    """Return graphs of which one states each leaf, few of them."""
    covered: set[int] = set()
    for graphs in sorted(leaves, key=len):
        if covered.isdisjoint(graphs):
            covered.add(min(graphs))
    return frozenset(covered)
