"""Supports: the sets of named graphs that hold a fact by themselves, each shown to be minimal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain
from typing import Final

from graph.reasoning.alternatives import Alternatives, by_size, minimal
from graph.reasoning.closure import EMPTY, Closure, Graphs, premises
from graph.reasoning.rulebook import Fact
from graph.reasoning.search import Cone
from graph.reasoning.thresholds import Thresholds

MOST_KEPT: Final = 10_000
"""Graphs of which the terms are kept, and facts of which the near supports are."""


@dataclass(frozen=True, slots=True)
class Supports:
    """Supports of a fact, the smallest first, and whether there are or may be more.

    `sufficient` are those of them that hold the fact but were not shown to need each graph.
    """

    sets: tuple[Graphs, ...]
    more: bool
    sufficient: frozenset[Graphs] = frozenset()


@dataclass
class SupportSearch:
    """A search for the supports of facts in a closure and in statements that are apart from it.

    `by_graph` are the facts that each graph states itself, `by_source` those of its records. It is
    good until a write.
    """

    closure: Closure
    apart: dict[Fact, Graphs]
    by_graph: dict[int, dict[Fact, None]]
    by_source: dict[int, dict[Fact, None]]
    ontology: int
    thresholds: Thresholds

    def __post_init__(self) -> None:
        self.firsts: dict[Fact, Graphs] = {}
        self.terms = lru_cache(MOST_KEPT)(self.terms_of)
        self.near = lru_cache(MOST_KEPT)(partial(self.alternatives, self.thresholds.nearer()))

    def terms_of(self, graph: int) -> frozenset[int]:
        """Return the subjects and objects of what a graph and its records state."""
        facts = chain(self.by_graph.get(graph, ()), self.by_source.get(graph, ()))
        return frozenset(chain.from_iterable((subject, value) for subject, _, value in facts))

    def unmentioned(self, terms: Iterable[int], graphs: Iterable[int] = ()) -> frozenset[int]:
        """Return the terms that neither some graphs nor the ontology mention.

        Nothing follows of them.
        """
        return frozenset(terms).difference(self.terms(self.ontology), *map(self.terms, graphs))

    def first(self, fact: Fact) -> Graphs:
        """Return a support of a fact that holds: the leaves of its reason, shrunk once."""
        support = self.firsts.get(fact)
        if support is None:
            stated = self.closure.stated.get(fact) or self.apart.get(fact)
            if self.closure.is_given(fact):
                support = EMPTY
            elif stated:
                support = frozenset((min(stated),))
            else:
                support = self.shrunk(fact, reason_graphs(self.closure, fact))[0]
            self.firsts[fact] = support
        return support

    def shrunk(self, fact: Fact, graphs: Graphs) -> tuple[Graphs, bool]:
        """Return a set of graphs without those that a fact can do without, and if that is shown."""
        if len(graphs) <= 1:
            return graphs, True
        if len(graphs) > self.thresholds.graphs:
            return graphs, False
        ends = self.unmentioned(fact[::2])
        if all(ends.difference(*map(self.terms, graphs - {graph})) for graph in graphs):
            return graphs, True
        while (needed := self.needed(fact, graphs)) is not None:
            if needed == graphs:
                return graphs, True
            graphs -= {max(graphs - needed)}
        return graphs, False

    def needed(self, fact: Fact, graphs: Graphs) -> Graphs | None:
        """Return those of some graphs that hold a fact which it needs, None if that is unknown."""
        cone = self.whole(Cone.of(self.closure, fact, self.thresholds, within=graphs), graphs)
        return None if cone is None else cone.needed(graphs)

    def holds(self, fact: Fact, graphs: Graphs) -> bool | None:
        """Return whether a fact holds in some graphs of the closure, None if that is unknown."""
        closure = self.closure
        if closure.is_given(fact) or not closure.stated.get(fact, EMPTY).isdisjoint(graphs):
            return True
        if fact not in closure:
            return False
        if (near := self.near(fact)).exact:
            return near.holds_in(graphs)
        cone = Cone.of(closure, fact, self.thresholds, within=graphs)
        if fact in cone.order(graphs):
            return True
        whole = self.whole(cone, graphs)
        return None if whole is None else whole is not cone and fact in whole.order(graphs)

    def whole(self, cone: Cone, graphs: Graphs) -> Cone | None:
        """Return a cone within some graphs without the end of its search, None if they are many."""
        if not cone.cut:
            return cone
        if sum(len(self.by_graph.get(graph, ())) for graph in graphs) > self.thresholds.closed:
            return None
        part, closed = Closure(self.closure.rulebook, self.closure.base), self.closure.stated
        for graph in graphs:
            part.add(
                (fact, frozenset((graph,)))
                for fact in self.by_graph.get(graph, ())
                if graph in closed.get(fact, EMPTY)  # or else it takes no part in the closure
            )
        return Cone.of(part, cone.goal, self.thresholds.unbounded(), within=graphs)

    def all(self, fact: Fact, at_most: int) -> Supports:
        """Return the supports of a fact that holds, so many at most.

        The near search finds them of most facts; the far one is for the others.
        """
        if self.closure.is_given(fact):
            return Supports((EMPTY,), more=False)
        for search in (self.near, partial(self.alternatives, self.thresholds)):
            known = search(fact)
            sets = known.first(at_most)
            if known.exact:
                return Supports(sets, more=len(known) > len(sets))
            if len(known.alone) >= at_most:
                return Supports(sets, more=True)
        shrunk = dict(self.shrunk(fact, graphs) for graphs in sets or (self.first(fact),))
        unshown = frozenset(graphs for graphs, shown in shrunk.items() if not shown)
        return Supports(tuple(sorted(shrunk, key=by_size)), more=True, sufficient=unshown)

    def alternatives(self, thresholds: Thresholds, fact: Fact) -> Alternatives:
        """Return the sets of graphs that hold a fact, as far as a search goes."""
        closure, apart = self.closure, self.apart.get(fact, EMPTY)
        if fact not in closure:
            return Alternatives(apart)
        if not closure.rulebook.concluding(fact):
            return Alternatives(closure.stated[fact] | apart)
        most = thresholds.alternatives
        known = Cone.of(closure, fact, thresholds).supports(most)
        return minimal(known.alone | apart, known.several, most, known.exact)


def reason_graphs(closure: Closure, goal: Fact) -> Graphs:
    """Return graphs of which one states each stated fact that a fact rests on by its reason."""
    covered: set[int] = set()
    for graphs in sorted(reason_leaves(closure, goal), key=len):
        if covered.isdisjoint(graphs):
            covered.add(min(graphs))
    return frozenset(covered)


def reason_leaves(closure: Closure, goal: Fact) -> Iterator[Graphs]:
    """Yield the graphs that state each stated fact that a fact rests on by its reason."""
    seen, stack = {goal}, [goal]
    while stack:
        fact = stack.pop()
        if (graphs := closure.stated.get(fact)) is not None:
            yield graphs
        elif fact in closure.why:  # or else it is given
            for premise in premises(closure.why[fact]):
                if premise not in seen:
                    seen.add(premise)
                    stack.append(premise)
