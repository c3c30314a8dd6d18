"""Parts of a dataset: some of its graphs and the ontology, with what follows from them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pyoxigraph import NamedNode, Quad, Store

from graph.reasoning.facts.fact import Fact
from graph.reasoning.provenance import Provenance
from graph.reasoning.sets.support import EMPTY, Graphs, Support
from ontology.namespace import INFERRED_GRAPH, ONTOLOGY_GRAPH

MOST_TRIPLES: Final = 20_000
"""The size up to which parts are made: to make one of its first graphs takes some milliseconds."""

MOST_PARTS: Final = 4
"""The parts that are at hand to be changed into others."""

MOST_CHANGES: Final = 500
"""How often a part is changed: the engine is slower to find what it had to remove and add again."""


@dataclass(frozen=True, slots=True)
class Written:
    """A fact as a quad of a graph, and as a quad of the union of all graphs."""

    fact: Fact
    quad: Quad
    united: Quad


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What may be inferred, with its support; not where a graph states it."""

    stating: Graphs
    support: Support
    written: Written

    def follows_in(self, graphs: Graphs) -> bool:
        """Whether it is inferred where these graphs are kept."""
        return self.stating.isdisjoint(graphs) and self.support.holds_in(graphs)


class Subsets:
    """The parts of one dataset, each made when it is asked for: of the one that is most like it."""

    def __init__(self, provenance: Provenance) -> None:
        self.provenance = provenance
        self.parts: list[Part] = []

    @cached_property
    def possible(self) -> bool:
        """Whether the dataset is small enough, and its provenance known to the last set."""
        if len(self.provenance.union) > MOST_TRIPLES:
            return False
        return all(one.support.exact for one in self.conclusions)

    @cached_property
    def given(self) -> list[Written]:
        """What the ontology states, which every part has."""
        provenance = self.provenance
        facts = (fact for fact in provenance.union if fact in provenance.given)
        return [self.written(fact, ONTOLOGY_GRAPH) for fact in facts]

    @cached_property
    def stated(self) -> Mapping[int, list[Written]]:
        """What each graph states."""
        provenance = self.provenance
        found: dict[int, list[Written]] = defaultdict(list)
        for fact in provenance.union:
            for graph in provenance.stating(fact):
                found[graph].append(self.written(fact, provenance.names[graph]))
        return found

    @cached_property
    def conclusions(self) -> list[Conclusion]:
        """What may be inferred."""
        provenance = self.provenance
        return [
            Conclusion(
                provenance.stating(fact) - provenance.apart,
                provenance.premise(fact),
                self.written(fact, INFERRED_GRAPH),
            )
            for fact in provenance.closed
            if fact not in provenance.given and provenance.is_said(fact)
        ]

    @cached_property
    def uses(self) -> Mapping[int, list[int]]:
        """The numbers of the conclusions for which it matters whether a graph is there."""
        found: dict[int, list[int]] = defaultdict(list)
        for number, one in enumerate(self.conclusions):
            for graph in one.stating.union(one.support.ones, *one.support.several):
                found[graph].append(number)
        return found

    def resting_on(self, graphs: Graphs) -> set[int]:
        """Return the numbers of the conclusions for which it matters whether graphs are there."""
        return set().union(*(self.uses.get(graph, ()) for graph in graphs))

    def prepare(self) -> None:
        """Find beforehand what every part is made of."""
        if self.possible:
            self.parts = [Part(self)]

    def written(self, fact: Fact, graph: str) -> Written:
        """Return a fact as it is written in a graph."""
        subject, predicate, value = self.provenance.triple(fact)
        return Written(
            fact,
            Quad(subject, predicate, value, NamedNode(graph)),
            Quad(subject, predicate, value),
        )

    def size(self, graphs: Iterable[int]) -> int:
        """Return how many triples some graphs state."""
        return sum(len(self.stated.get(graph, ())) for graph in graphs)

    def store(self, graphs: Graphs) -> Store:
        """Return the dataset that a set of graphs makes with the ontology.

        It is good until another is asked for, which may be made of it.
        """
        part = min(self.parts, key=lambda part: part.distance(graphs), default=None)
        if part is not None and part.changes >= MOST_CHANGES:
            self.parts.remove(part)
            part = None
        if part is None or part.distance(graphs) > len(self.given) + self.size(graphs):
            part = Part(self)
            self.parts = [part, *self.parts][:MOST_PARTS]
        part.change(graphs)
        return part.store


class Part:
    """A store of some graphs, and of what follows from them, that is changed into another.

    A graph that is empty is not there, as in a store into which none was written.
    """

    def __init__(self, subsets: Subsets) -> None:
        self.subsets = subsets
        self.store = Store()
        self.graphs = EMPTY
        self.inferred: set[int] = set()
        self.held: Counter[Fact] = Counter()
        self.changes = 0
        self.add(subsets.given)
        self.infer(EMPTY, range(len(subsets.conclusions)))

    def distance(self, graphs: Graphs) -> int:
        """Return how many triples this part and that of other graphs state, but not both."""
        return self.subsets.size(self.graphs ^ graphs)

    def change(self, graphs: Graphs) -> None:
        """Make this the part of other graphs."""
        stated = self.subsets.stated
        for graph in self.graphs - graphs:
            self.remove(stated.get(graph, ()))
            self.store.remove_graph(NamedNode(self.subsets.provenance.names[graph]))
        for graph in graphs - self.graphs:
            self.add(stated.get(graph, ()))
        self.infer(graphs, self.subsets.resting_on(self.graphs ^ graphs))
        self.graphs = graphs
        self.changes += 1

    def infer(self, graphs: Graphs, numbers: Iterable[int]) -> None:
        """Have each of some conclusions here if it follows in some graphs, and only then."""
        conclusions = self.subsets.conclusions
        different = [
            number
            for number in numbers
            if (number in self.inferred) != conclusions[number].follows_in(graphs)
        ]
        self.remove(conclusions[n].written for n in different if n in self.inferred)
        self.add(conclusions[n].written for n in different if n not in self.inferred)
        self.inferred.symmetric_difference_update(different)
        if not self.inferred:
            self.store.remove_graph(NamedNode(INFERRED_GRAPH))

    def add(self, written: Iterable[Written]) -> None:
        """Add facts as they are written in a graph; the first of the like joins the union."""
        quads: list[Quad] = []
        for one in written:
            self.held[one.fact] += 1
            quads += (one.quad, one.united) if self.held[one.fact] == 1 else (one.quad,)
        self.store.extend(quads)

    def remove(self, written: Iterable[Written]) -> None:
        """Remove facts as they are written in a graph; the last of the like leaves the union."""
        for one in written:
            self.held[one.fact] -= 1
            self.store.remove(one.quad)
            if not self.held[one.fact]:
                self.store.remove(one.united)
