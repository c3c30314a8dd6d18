"""The evidence of a dataset: which graphs give a triple, and a small store of some graphs."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from enum import Enum
from functools import cached_property
from itertools import chain
from typing import Final

from pyoxigraph import NamedNode, Store

from graph.citing.lineage import GIVEN, NOTHING, Lineage, TermTriple
from graph.citing.part import DatasetParts
from graph.citing.solution import Memo, Term
from graph.citing.source import Bibliography
from graph.reasoning.closure import EMPTY, Closure, Graphs
from graph.reasoning.kernel import Kernel
from graph.reasoning.rulebook import Fact
from graph.reasoning.support import reason_graphs
from graph.reasoning.tree import Tree, tree

LARGE: Final = 256
"""Triples of a graph past which it is closed once, for whatever others it is closed with."""

MOST_KEPT: Final = 10_000
"""Graphs of which the terms are kept, and sets of which the closures and trees are."""


class Search(Enum):
    """How far supports are sought."""

    ALL = "all"
    QUICK = "quick"
    BASIS = "basis"


class EvidenceIndex:
    """The evidence of a dataset, over the kernel that follows its writes; a new one at each write.

    It `lacks` where triples that follow are not in the store.
    """

    def __init__(self, store: Store, kernel: Kernel | None = None, *, lacks: bool = False) -> None:
        self.store = store
        self.kernel = kernel or Kernel(store)
        self.thresholds = self.kernel.thresholds
        self.lacks = lacks or not (kernel or all(quad in store for quad in self.kernel.inferred()))
        self.evidence = Bibliography(store)
        self.terms = Memo(self.terms_of, MOST_KEPT)
        self.closures = Memo(self.closure_of, MOST_KEPT)
        self.trees = Memo(self.tree_of, MOST_KEPT)

    @cached_property
    def parts(self) -> DatasetParts:
        """The parts of the dataset, to verify proofs in."""
        return DatasetParts(self.kernel)

    @property
    def graphs(self) -> Graphs:
        """All graphs that state something, but the ontology."""
        return frozenset(self.kernel.by_graph) - {self.kernel.ontology}

    def lineage(self, triple: TermTriple, most: int, search: Search) -> Lineage:
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
            sets = sets or (reason_graphs(kernel.closure, fact),)
            return Lineage(sets, complete=False, triples=(triple,))
        if not self.may_follow(fact):
            return Lineage(sets, complete=len(stated) <= most, triples=(triple,))
        if search is Search.QUICK:
            sets = sets or (kernel.support(fact) or EMPTY,)
            return Lineage(sets, complete=False, triples=(triple,))
        supports = kernel.supports(fact, most)
        return Lineage(supports.sets, complete=not supports.more, triples=(triple,))

    def fact(self, triple: TermTriple) -> Fact | None:
        """Return a triple in the numbers of the kernel, None where nothing says it."""
        return self.kernel.fact(*triple)  # type: ignore[arg-type]

    def stating(self, triple: TermTriple) -> Graphs:
        """Return the graphs that state a triple."""
        fact = self.fact(triple)
        return EMPTY if fact is None else self.kernel.stating(fact)

    def may_follow(self, fact: Fact) -> bool:
        """Whether a rule may conclude a triple that would be said where it follows."""
        return bool(self.kernel.tbox.rulebook.concluding(fact)) and self.kernel.is_said(fact)

    def alone(self, name: str) -> Lineage:
        """Return the lineage of a named graph that is there at all."""
        number = self.kernel.graph(name) if name else None
        if number is None or number not in self.kernel.by_graph:
            return NOTHING
        return Lineage((self.kernel.singleton(number),))

    def follows(self, triple: TermTriple, graphs: Graphs) -> bool:
        """Whether some graphs give a triple."""
        fact = self.fact(triple)
        if fact is None:
            return False
        if not self.kernel.stating(fact).isdisjoint(graphs):
            return True
        if not (self.mention(fact[0], graphs) and self.mention(fact[2], graphs)):
            return False
        return self.may_follow(fact) and fact in self.closures[graphs]

    def mention(self, term: int, graphs: Graphs) -> bool:
        """Whether some graphs, or the ontology, mention a term: nothing follows of any other."""
        given = (self.kernel.ontology,)
        return any(term in self.terms[graph] for graph in chain(graphs, given))

    def near(self, terms: Iterable[Term | None], most: int) -> Graphs:
        """Return so many graphs: all of them, or those that mention the most of some terms."""
        if len(self.graphs) <= most:
            return self.graphs
        known = self.numbers(terms)
        counts = {graph: len(known & self.terms[graph]) for graph in self.graphs}
        nearest = heapq.nlargest(most, counts, key=lambda graph: (counts[graph], graph))
        return frozenset(graph for graph in nearest if counts[graph])

    def numbers(self, terms: Iterable[Term | None]) -> set[int]:
        """Return those of some terms that the dataset mentions, in the numbers of the kernel."""
        numbers = self.kernel.lexicon.numbers
        return {numbers[term] for term in terms if term in numbers}  # type: ignore[index]

    def terms_of(self, graph: int) -> frozenset[int]:
        """Return the subjects and objects of what a graph states."""
        facts = self.kernel.by_graph.get(graph, ())
        return frozenset(chain.from_iterable((subject, value) for subject, _, value in facts))

    def closure_of(self, graphs: Graphs) -> Closure:
        """Return what some graphs and the ontology state, and all that follows."""
        kernel = self.kernel
        large = frozenset(graph for graph in graphs if len(kernel.by_graph.get(graph, ())) > LARGE)
        base = self.closures[large] if large and large != graphs else kernel.given
        closure = Closure(kernel.tbox.rulebook, base)
        closure.add(kernel.stated_by(filter(kernel.takes_part, graphs - large or graphs)))
        return closure

    def tree_of(self, triple_and_graphs: tuple[TermTriple, Graphs]) -> Tree | None:
        """Return how some graphs give a triple, in the fewest steps that are found, or None."""
        triple, graphs = triple_and_graphs
        fact = self.fact(triple)
        return None if fact is None else tree(self.kernel, fact, graphs)

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
