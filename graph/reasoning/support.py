"""Supports: the minimal sets of named graphs that entail a fact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain
from typing import Final

from graph.reasoning.alternatives import Alternatives, by_size, minimise
from graph.reasoning.closure import EMPTY, Closure, Graphs, premises
from graph.reasoning.rulebook import Fact
from graph.reasoning.search import Cone
from graph.reasoning.thresholds import Thresholds

MAX_CACHED: Final = 10_000
"""The size of the caches: graphs with their terms, and facts with their near supports."""


@dataclass(frozen=True, slots=True)
class Supports:
    """Supports of a fact, the smallest first; `more` tells whether there are or may be more.

    The sets of `sufficient` entail the fact, but the search did not show that they are minimal.
    """

    sets: tuple[Graphs, ...]
    more: bool
    sufficient: frozenset[Graphs] = frozenset()


@dataclass
class SupportSearch:
    """A search for the supports of facts in a closure and in the facts apart from it.

    `by_graph` and `by_source` map each graph to its own facts and to the facts of its records. The
    caches are valid until a write.
    """

    closure: Closure
    apart: dict[Fact, Graphs]
    by_graph: dict[int, dict[Fact, None]]
    by_source: dict[int, dict[Fact, None]]
    ontology: int
    thresholds: Thresholds

    def __post_init__(self) -> None:
        self.terms = lru_cache(MAX_CACHED)(self.terms_of)
        self.near = lru_cache(MAX_CACHED)(partial(self.alternatives, self.thresholds.reduce()))

    def terms_of(self, graph: int) -> frozenset[int]:
        """Return the subjects and objects of the facts of a graph and of its records."""
        facts = chain(self.by_graph.get(graph, ()), self.by_source.get(graph, ()))
        return frozenset(chain.from_iterable((subject, value) for subject, _, value in facts))

    def find_unmentioned(self, terms: Iterable[int], graphs: Iterable[int] = ()) -> frozenset[int]:
        """Return the terms that neither some graphs nor the ontology mention.

        No fact about them follows: every variable of a head occurs in the body.
        """
        return frozenset(terms).difference(self.terms(self.ontology), *map(self.terms, graphs))

    def shrink(self, fact: Fact, graphs: Graphs) -> tuple[Graphs, bool]:
        """Return a subset of graphs that entails a fact, and whether it is shown to be minimal."""
        if len(graphs) <= 1:
            return graphs, True
        if len(graphs) > self.thresholds.shrunk_graphs:
            return graphs, False
        ends = self.find_unmentioned(fact[::2])
        if all(ends.difference(*map(self.terms, graphs - {graph})) for graph in graphs):
            return graphs, True
        while (needed := self.find_needed(fact, graphs)) is not None:
            if needed == graphs:
                return graphs, True
            graphs -= {max(graphs - needed)}
        return graphs, False

    def find_needed(self, fact: Fact, graphs: Graphs) -> Graphs | None:
        """Return the graphs among some that a fact needs, or None if the search is too large."""
        cone = self.complete(
            Cone.search(self.closure, fact, self.thresholds, within=graphs), graphs
        )
        return None if cone is None else cone.find_needed(graphs)

    def holds(self, fact: Fact, graphs: Graphs) -> bool | None:
        """Return whether some graphs entail a fact, or None if the search is too large."""
        closure = self.closure
        if closure.is_in_base(fact) or not closure.stated.get(fact, EMPTY).isdisjoint(graphs):
            return True
        if fact not in closure:
            return False
        if (near := self.near(fact)).exact:
            return near.holds_in(graphs)
        cone = Cone.search(closure, fact, self.thresholds, within=graphs)
        if fact in cone.order(graphs):
            return True
        full = self.complete(cone, graphs)
        return None if full is None else full is not cone and fact in full.order(graphs)

    def complete(self, cone: Cone, graphs: Graphs) -> Cone | None:
        """Return a cone within some graphs without its cut, or None if the graphs are too large."""
        if not cone.cut:
            return cone
        if (
            sum(len(self.by_graph.get(graph, ())) for graph in graphs)
            > self.thresholds.closed_triples
        ):
            return None
        part, closed = Closure(self.closure.rulebook, self.closure.base), self.closure.stated
        for graph in graphs:
            part.add(
                (fact, frozenset((graph,)))
                for fact in self.by_graph.get(graph, ())
                if graph in closed.get(fact, EMPTY)  # a graph may take no part in the closure
            )
        return Cone.search(part, cone.goal, self.thresholds.lift_limits(), within=graphs)

    def all(self, fact: Fact, at_most: int) -> Supports:
        """Return at most so many supports of a fact that holds.

        The near search is enough for most facts; the far search follows if it is not.
        """
        if self.closure.is_in_base(fact):
            return Supports((EMPTY,), more=False)
        for search in (self.near, partial(self.alternatives, self.thresholds)):
            known = search(fact)
            sets = known.first(at_most)
            if known.exact:
                return Supports(sets, more=len(known) > len(sets))
            if len(known.alone) >= at_most:
                return Supports(sets, more=True)
        found = sets or (reason_graphs(self.closure, fact),)
        shrunk = dict(self.shrink(fact, graphs) for graphs in found)
        unshown = frozenset(graphs for graphs, shown in shrunk.items() if not shown)
        return Supports(tuple(sorted(shrunk, key=by_size)), more=True, sufficient=unshown)

    def alternatives(self, thresholds: Thresholds, fact: Fact) -> Alternatives:
        """Return the sets of graphs that entail a fact, within the thresholds of a search."""
        closure, apart = self.closure, self.apart.get(fact, EMPTY)
        if fact not in closure:
            return Alternatives(apart)
        if not closure.rulebook.rules_for(fact):
            return Alternatives(closure.stated[fact] | apart)
        most = thresholds.alternatives
        known = Cone.search(closure, fact, thresholds).supports(most)
        return minimise(known.alone | apart, known.several, most, known.exact)


def reason_graphs(closure: Closure, goal: Fact) -> Graphs:
    """Return a set of graphs that state the leaves of the justification of a fact."""
    covered: set[int] = set()
    for graphs in sorted(reason_leaves(closure, goal), key=len):
        if covered.isdisjoint(graphs):
            covered.add(min(graphs))
    return frozenset(covered)


def reason_leaves(closure: Closure, goal: Fact) -> Iterator[Graphs]:
    """Yield the graphs that state each leaf of the justification of a fact."""
    return (graphs for _, graphs in reason_statements(closure, goal))


def reason_statements(closure: Closure, goal: Fact) -> Iterator[tuple[Fact, Graphs]]:
    """Yield each leaf of the justification of a fact, with the graphs that state it."""
    seen, stack = {goal}, [goal]
    while stack:
        fact = stack.pop()
        if (graphs := closure.stated.get(fact)) is not None:
            yield fact, graphs
        elif fact in closure.why:  # a fact of the ontology has no graph
            for premise in premises(closure.why[fact]):
                if premise not in seen:
                    seen.add(premise)
                    stack.append(premise)
