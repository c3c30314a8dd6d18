"""Provenance: for each triple, the smallest sets of named graphs that hold it by themselves.

A triple holds in a set of graphs when one of them states it, or when it follows from what they
state under the ontology. `graph:ontology` is taken as given, `graph:inferred` is never a reason.
The graphs that hold a triple alone are known of every triple; the sets of several are sought when
they are asked for, among so many inferences (MOST_WAYS).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from functools import cached_property
from itertools import chain
from typing import Final

from pyoxigraph import Quad, Store, Triple

from graph.dataset import takes_part
from graph.reasoning.assembling.assemblies import Assemblies
from graph.reasoning.cone import Cone
from graph.reasoning.derivation import Derivation, derivations
from graph.reasoning.facts.census import Census
from graph.reasoning.facts.depth import Depths
from graph.reasoning.facts.fact import Fact, NumberedRule
from graph.reasoning.facts.fact_index import (
    APART,
    AXIOM,
    CLOSED,
    GIVEN_MARK,
    INFERRED,
    JOINED,
    TOGETHER,
    UNION,
)
from graph.reasoning.relevance import is_worth_saying
from graph.reasoning.rules.axiom import Term
from graph.reasoning.sets.choice import Tested
from graph.reasoning.sets.combination import any_of
from graph.reasoning.sets.support import EMPTY, GIVEN, NOTHING, Graphs, Support, union
from ontology.namespace import INFERRED_GRAPH, ONTOLOGY_GRAPH

SMALL: Final = 20_000
"""The facts up to which as many sets are sought of each triple as are kept."""

MOST_WAYS: Final = 1024
"""Inferences that are looked at for one triple: some milliseconds."""

FEW_WAYS: Final = 8
"""Those that are looked at first where a few sets are enough."""

MOST_SOLVED: Final = 100_000
"""Supports that are kept for the next time."""


class Joint(Tested):
    """The support of a fact that several graphs may hold together."""

    def __init__(
        self, ones: Graphs, several: tuple[Graphs, ...], fact: int, assemblies: Assemblies
    ) -> None:
        super().__init__(ones, several, 1)
        self.fact = fact
        self.assemblies = assemblies

    def holds_in(self, graphs: Graphs) -> bool:
        """Whether it holds in these graphs."""
        return self.witness(graphs) is not None

    def needed(self, graphs: Graphs) -> Graphs:
        """Return those of some graphs in which it holds without which it would not."""
        alone = self.ones & graphs
        if len(alone) > 1:
            return EMPTY
        if alone:
            return alone if self.witness(graphs, alone) is None else EMPTY
        found = self.witness(graphs)
        assert found is not None  # noqa: S101 - it holds in these graphs
        for graph in found:
            found &= self.witness(graphs, frozenset((graph,))) or found
        return found

    def witness(self, graphs: Graphs, without: Set[int] = EMPTY) -> Graphs | None:
        """Return which of some graphs, without others, are enough to hold it, or None."""
        known = Support.witness(self, graphs, without)
        if known is not None:
            return known
        return self.assemblies.witness(self.fact, graphs, without)


class Provenance:
    """Where every triple of a dataset comes from."""

    def __init__(self, quads: Iterable[Quad] | Store) -> None:
        census = Census(quads)
        self.lexicon = census.lexicon
        self.names = census.names
        self.parts = bytes(map(takes_part, self.names))
        self.apart = frozenset(n for n, part in enumerate(self.parts) if not part)
        self.union = census.index
        self.closed = self.union.view(CLOSED)
        self.given = self.union.view(GIVEN_MARK)
        self.vocabulary = census.vocabulary
        self.inferred = self.union.view(INFERRED)
        self.rules = census.rules
        self.assemblies = Assemblies(self.union, census.rulebook, census.literals, self.parts)
        self.depths = Depths(self.union, self.parts, census.rulebook)
        self.as_stated = frozenset(self.standing_as_stated())
        self.small = len(self.union) <= SMALL
        self.whole = isinstance(quads, Store) and self.holds_all(quads, census.size)
        self.solved: dict[int, Support] = {}
        self.single: dict[int, Support] = {}

    @cached_property
    def missing(self) -> frozenset[Term]:
        """The predicates of triples that follow and are said where they do, but are not here."""
        union = self.union
        places = (p for p, marks in enumerate(union.marks) if marks & (CLOSED | UNION) == CLOSED)
        facts = (fact for fact in map(union.fact, places) if self.is_said(fact))
        return frozenset(map(self.lexicon.terms.__getitem__, {fact[1] for fact in facts}))

    def holds_all(self, store: Store, named: int) -> bool:
        """Whether a store has nothing but so many quads of named graphs, and their union.

        A quad with a triple in it is not counted.
        """
        return len(store) == named + sum(marks & UNION for marks in self.union.marks)

    def graphs(self, numbers: Iterable[int]) -> tuple[str, ...]:
        """Return the names of some graphs, sorted."""
        return tuple(map(self.names.__getitem__, sorted(numbers)))

    def triple(self, fact: Fact) -> Triple:
        """Return a fact as a triple."""
        subject, predicate, value = (self.lexicon.terms[number] for number in fact)
        return Triple(subject, predicate, value)  # type: ignore[arg-type]

    def fact(self, subject: Term, predicate: Term, value: Term) -> Fact | None:
        """Return a triple as a fact, or None where a term of it is nowhere in the dataset."""
        numbers = self.lexicon.numbers
        found = numbers.get(subject), numbers.get(predicate), numbers.get(value)
        return None if None in found else found  # type: ignore[return-value]

    def stating(self, fact: Fact) -> Graphs:
        """Return the graphs that state a fact."""
        place = self.union.place(fact)
        return EMPTY if place < 0 else self.stating_at(place)

    def stating_at(self, place: int) -> Graphs:
        """Return the graphs that state the fact of a place."""
        return frozenset(code >> 1 for code in self.union.holders(place) if code & 1)

    def is_said(self, fact: Fact) -> bool:
        """Return whether a fact is written to `graph:inferred` where it follows."""
        return fact[0] not in self.vocabulary and is_worth_saying(self.triple(fact))

    def support(self, fact: Fact) -> Support:
        """Return the support of a fact in the union of all graphs."""
        place = self.union.place(fact)
        return NOTHING if place < 0 else self.support_at(place)

    def support_at(self, place: int) -> Support:
        """Return the support of the fact of a place in the union of all graphs."""
        if place in self.as_stated:
            return Support(self.stating_at(place))
        return self.with_others(place, self.premise_at(place))

    def standing_as_stated(self) -> Iterator[int]:
        """Yield the places of facts that follow, but are in the union only as they are stated."""
        union = self.union
        for place, marks in enumerate(union.marks):
            if marks & (CLOSED | INFERRED | GIVEN_MARK) == CLOSED:
                follows = marks & (JOINED | AXIOM) or not all(c & 1 for c in union.holders(place))
                if follows and not self.is_said(union.fact(place)):
                    yield place

    def fuller_support(self, fact: Fact, enough: int) -> Support:
        """Return the support of a fact with at least so many sets, if there are that many."""
        place = self.union.place(fact)
        support, most = self.premise_at(place), FEW_WAYS
        while not support.exact and support.count < enough and most <= MOST_WAYS:
            support = self.search(place, most)
            most *= 8
        return self.with_others(place, support)

    def expect(self, places: Sequence[int], graphs: Graphs) -> None:
        """Have graphs assembled at once, with those that hold the facts of places, if any joins."""
        marks, starts, held = self.union.marks, self.union.starts, self.union.held

        def holders() -> Graphs:
            codes = chain.from_iterable(held[starts[place] : starts[place + 1]] for place in places)
            return graphs.union({code >> 1 for code in codes})

        if any(one & JOINED for one in {*map(marks.__getitem__, places)}):
            self.assemblies.expect(holders)

    def with_others(self, place: int, support: Support) -> Support:
        """Return a support with the graphs that state a fact and take no part in the closure."""
        if support is GIVEN or not self.union.marks[place] & APART:
            return support
        others = self.apart.intersection(code >> 1 for code in self.union.holders(place))
        return any_of((support, Support(others)))

    def support_in(self, place: int, graph: str) -> Support:
        """Return the support of the fact of a place, if any, as a triple of one named graph."""
        if place < 0:
            return NOTHING
        if graph == INFERRED_GRAPH:
            return self.premise_at(place) if self.union.marks[place] & INFERRED else NOTHING
        if graph == ONTOLOGY_GRAPH:
            return GIVEN if self.union.marks[place] & GIVEN_MARK else NOTHING
        number = self.names.number(graph)
        stated = (number << 1 | 1) in self.union.holders(place)
        return self.alone(number) if stated else NOTHING

    def alone(self, number: int) -> Support:
        """Return the support of what one graph holds."""
        found = self.single.get(number)
        if found is None:
            found = self.single[number] = Support(frozenset((number,)))
        return found

    def premise(self, fact: Fact) -> Support:
        """Return the support of a fact within the graphs that take part in the closure."""
        place = self.union.place(fact)
        return NOTHING if place < 0 else self.premise_at(place)

    def premise_at(self, place: int) -> Support:
        """Return the support of the fact of a place."""
        marks = self.union.marks[place]
        if not marks & CLOSED:
            return NOTHING
        if marks & AXIOM or not marks & JOINED:
            return self.known_at(place)
        found = self.solved.get(place)
        if found is None:
            if len(self.solved) > MOST_SOLVED:
                self.solved.clear()
            found = self.search(place, MOST_WAYS) if self.small else self.joint(place)
            self.solved[place] = found
        return found

    def known_at(self, place: int) -> Support:
        """Return what the index knows: the graphs that hold a fact alone, or a set that does."""
        marks = self.union.marks[place]
        if marks & AXIOM:
            return GIVEN
        graphs = [code >> 1 for code in self.union.holders(place) if self.parts[code >> 1]]
        if marks & TOGETHER:
            return Support(several=(frozenset(graphs),))
        return self.alone(graphs[0]) if len(graphs) == 1 else Support(frozenset(graphs))

    def joint(self, place: int, found: Support = NOTHING) -> Joint:
        """Return the support of a fact that may follow from several, of which sets were found."""
        known = self.known_at(place)
        found = union((found, known)) if found else known
        packed = self.union.by_subject[place]
        return Joint(found.ones, found.several, packed, self.assemblies)

    def search(self, place: int, most: int) -> Support:
        """Return the support of a fact that may follow from several, so many sets as are found."""
        goal = self.union.fact(place)
        cone = Cone.of(goal, self.statement, self.derivations, most)
        found = cone.supports()
        if not cone.cut:
            for fact in cone.ways:
                if found[fact].exact:
                    self.solved[self.union.place(fact)] = found[fact]
        return found[goal] if found[goal].exact else self.joint(place, found[goal])

    def statement(self, fact: Fact) -> tuple[Support, bool]:
        """Return the support of a fact by single graphs, and whether it may follow from several."""
        place = self.union.place(fact)
        solved = self.solved.get(place)
        if solved is not None and solved.exact:
            return solved, False
        marks = self.union.marks[place]
        support = NOTHING if marks & TOGETHER else self.known_at(place)
        return support, support is not GIVEN and bool(marks & JOINED)

    def within(self, goal: Fact, graphs: Graphs) -> dict[Fact, list[Derivation]]:
        """Return what a fact rests on in some graphs, with the ways to derive each there."""
        found: dict[Fact, list[Derivation]] = {}
        waiting = [goal]
        for fact in waiting:
            if fact in found:
                continue
            found[fact] = []
            if fact in self.given or not graphs.isdisjoint(self.stating(fact)):
                continue
            for way in self.derivations(fact):
                if all(self.premise(one).holds_in(graphs) for one in way.premises):
                    found[fact].append(way)
                    waiting.extend(way.premises)
        return found

    def derivations(self, fact: Fact) -> Iterator[Derivation]:
        """Yield each way to conclude a fact in one step."""
        rules: Iterable[NumberedRule] = self.rules.get(fact[1], ())
        return derivations(self.closed, rules, fact)
