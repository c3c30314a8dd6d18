"""The evidence of a dataset: which graphs give a triple, and a small store of some graphs."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from enum import Enum
from functools import cached_property
from itertools import chain
from typing import Final

from pyoxigraph import NamedNode, Store

from graph.citing.lineage import EMPTY, GIVEN, NOTHING, Fact, Graphs, Lineage
from graph.citing.part import Parts
from graph.citing.solution import Term
from graph.citing.source import Evidence
from graph.citing.thresholds import THRESHOLDS, Thresholds
from graph.reasoning.closure import Closure
from graph.reasoning.kernel import Kernel
from graph.reasoning.support import covering, leaves
from graph.reasoning.tree import Tree, tree

LARGE: Final = 256
"""Triples of a graph past which it is closed once, for whatever others it is closed with."""

MOST_CLOSURES: Final = 10_000
"""Sets of graphs of which the closures are kept."""


class Search(Enum):
    """How far supports are sought."""

    ALL = "all"
    QUICK = "quick"
    BASIS = "basis"


class EvidenceIndex:
    """The evidence of a dataset, over the kernel that follows its writes; a new one at each write.

    It `lacks` where triples that follow are not in the store.
    """

    def __init__(
        self,
        store: Store,
        kernel: Kernel | None = None,
        thresholds: Thresholds = THRESHOLDS,
        *,
        lacks: bool = False,
    ) -> None:
        self.store = store
        self.thresholds = thresholds
        self.kernel = kernel or Kernel(store)
        self.lacks = lacks or not (kernel or all(quad in store for quad in self.kernel.inferred()))
        self.evidence = Evidence(store)
        self.closures: dict[Graphs, Closure] = {}
        self.terms: dict[int, frozenset[int]] = {}
        self.trees: dict[tuple[tuple[int, int, int], Graphs], Tree | None] = {}

    @cached_property
    def parts(self) -> Parts:
        """The parts of the dataset, to verify proofs in."""
        return Parts(self.kernel)

    @property
    def graphs(self) -> Graphs:
        """All graphs that state something, but the ontology."""
        return frozenset(self.kernel.by_graph) - {self.kernel.ontology}

    def lineage(self, triple: Fact, most: int, search: Search) -> Lineage:
        """Return the lineage of a triple of the union: of all its supports, or of some.

        A quick search takes the graphs that state a triple, or else the support of the reason by
        which it was first found; one for a basis takes the graphs of that reason as they are.
        """
        fact, kernel = self.fact(triple), self.kernel
        if fact is None or fact not in kernel:
            return NOTHING
        if fact in kernel.given and (fact in kernel.given.stated or self.may_follow(fact)):
            return GIVEN
        stated = kernel.stating(fact)
        sets = tuple(map(kernel.singleton, sorted(stated)[:most]))
        if search is Search.BASIS:
            sets = sets or (covering(leaves(kernel.closure, fact)),)
            return Lineage(sets, complete=False, triples=(triple,))
        if not self.may_follow(fact):
            return Lineage(sets, complete=len(stated) <= most, triples=(triple,))
        if search is Search.QUICK:
            sets = sets or (kernel.support(fact) or EMPTY,)
            return Lineage(sets, complete=False, triples=(triple,))
        supports = kernel.supports(fact, most)
        return Lineage(supports.sets, complete=not supports.more, triples=(triple,))

    def fact(self, triple: Fact) -> tuple[int, int, int] | None:
        """Return a triple in the numbers of the kernel, None where nothing says it."""
        return self.kernel.fact(*triple)  # type: ignore[arg-type]

    def stating(self, triple: Fact) -> Graphs:
        """Return the graphs that state a triple."""
        fact = self.fact(triple)
        return EMPTY if fact is None else self.kernel.stating(fact)

    def may_follow(self, fact: tuple[int, int, int]) -> bool:
        """Whether a rule may conclude a triple that would be said where it follows."""
        return bool(self.kernel.rulebook.concluding(fact)) and self.kernel.is_said(fact)

    def alone(self, name: str) -> Lineage:
        """Return the lineage of a named graph that is there at all."""
        number = self.kernel.graph(name) if name else None
        if number is None or number not in self.kernel.by_graph:
            return NOTHING
        return Lineage((self.kernel.singleton(number),))

    def follows(self, triple: Fact, graphs: Graphs) -> bool:
        """Whether some graphs give a triple."""
        fact = self.fact(triple)
        if fact is None:
            return False
        if not self.kernel.stating(fact).isdisjoint(graphs):
            return True
        if not (self.mention(fact[0], graphs) and self.mention(fact[2], graphs)):
            return False
        return self.may_follow(fact) and fact in self.closure(graphs)

    def mention(self, term: int, graphs: Graphs) -> bool:
        """Whether some graphs, or the ontology, mention a term: nothing follows of any other."""
        given = (self.kernel.ontology,)
        return any(term in self.mentioned_by(graph) for graph in chain(graphs, given))

    def near(self, terms: Iterable[Term | None], most: int) -> Graphs:
        """Return so many graphs: all of them, or those that mention the most of some terms."""
        if len(self.graphs) <= most:
            return self.graphs
        numbers = self.kernel.lexicon.numbers
        known = {numbers.get(term) for term in terms} - {None}  # type: ignore[arg-type]
        counts = {graph: len(known & self.mentioned_by(graph)) for graph in self.graphs}
        nearest = heapq.nlargest(most, counts, key=lambda graph: (counts[graph], graph))
        return frozenset(graph for graph in nearest if counts[graph])

    def mentioned_by(self, graph: int) -> frozenset[int]:
        """Return the subjects and objects of what a graph states."""
        terms = self.terms.get(graph)
        if terms is None:
            facts = self.kernel.by_graph.get(graph, ())
            ends = chain.from_iterable((subject, value) for subject, _, value in facts)
            terms = self.terms[graph] = frozenset(ends)
        return terms

    def closure(self, graphs: Graphs) -> Closure:
        """Return what some graphs and the ontology state, and all that follows."""
        closure = self.closures.get(graphs)
        if closure is None:
            kernel = self.kernel
            large = frozenset(g for g in graphs if len(kernel.by_graph.get(g, ())) > LARGE)
            base = self.closure(large) if large and large != graphs else kernel.given
            closure = Closure(kernel.rulebook, base)
            closure.add(
                (fact, kernel.singleton(graph))
                for graph in (graphs - large or graphs)
                if kernel.takes_part(graph)
                for fact in kernel.by_graph.get(graph, ())
            )
            if len(self.closures) >= MOST_CLOSURES:
                self.closures.clear()
            self.closures[graphs] = closure
        return closure

    def tree(self, triple: Fact, graphs: Graphs) -> Tree | None:
        """Return how some graphs give a triple, in the fewest steps that are found, or None."""
        fact = self.fact(triple)
        if fact is None:
            return None
        key = fact, graphs
        if key not in self.trees:
            holds = fact in self.kernel.given or self.follows(triple, graphs)
            self.trees[key] = tree(self.kernel, fact, graphs) if holds else None
        return self.trees[key]

    def forget(self) -> None:
        """Let go of what was kept for one answer."""
        self.trees.clear()
        if len(self.terms) > MOST_CLOSURES:
            self.terms.clear()
        self.parts.trim()

    def closed(self, graphs: Graphs) -> Store:
        """Return the dataset of some graphs and the ontology, good until another is asked for."""
        return self.parts.store(graphs)

    def name(self, graph: int) -> str:
        """Return the name of a graph."""
        term = self.kernel.lexicon.term(graph)
        return term.value if isinstance(term, NamedNode) else ""

    def numbered(self, names: Iterable[str]) -> Graphs:
        """Return graphs by their names."""
        numbers = map(self.kernel.graph, names)
        return frozenset(number for number in numbers if number is not None)
