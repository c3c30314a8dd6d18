"""Provenance: for each triple, the smallest sets of named graphs that hold it by themselves.

A triple holds in a set of graphs when one of them states it, or when it follows from what they
state under the ontology. `graph:ontology` is taken as given, `graph:inferred` is never a reason.
The graphs that hold a triple alone are known of every triple; the sets of several are sought when
they are asked for, among so many inferences (MOST_WAYS).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from pyoxigraph import Quad, Store, Triple

from graph.axiom import Term
from graph.census import Census
from graph.dataset import takes_part
from graph.derivation import Derivation, derivations
from graph.fact import Fact, NumberedRule
from graph.fact_index import AXIOM, CLOSED, GIVEN_MARK, INFERRED
from graph.support import (
    EMPTY,
    GIVEN,
    LIMIT,
    NOTHING,
    Graphs,
    Support,
    all_of,
    any_of,
)
from ontology.namespace import INFERRED_GRAPH, ONTOLOGY_GRAPH

SMALL: Final = 20_000
"""The facts up to which as many sets are sought of each triple as are kept."""

MOST_WAYS: Final = 1024
"""Inferences that are looked at for one triple: some milliseconds."""

FEW_WAYS: Final = 8
"""Those that are looked at first where the dataset is large, and only they if they suffice."""

MOST_SOLVED: Final = 100_000
"""Supports that are kept for the next time."""


@dataclass(frozen=True, slots=True)
class Cone:
    """What a fact may rest on, with the ways to derive each; `cut` where that is not all."""

    ways: dict[Fact, list[Derivation]]
    cut: bool


class Provenance:
    """Where every triple of a dataset comes from."""

    def __init__(self, quads: Iterable[Quad] | Store) -> None:
        census = Census(quads)
        self.lexicon = census.lexicon
        self.names = census.names
        self.numbers = {name: number for number, name in enumerate(self.names)}
        self.parts = bytes(map(takes_part, self.names))
        self.apart = frozenset(n for n, part in enumerate(self.parts) if not part)
        self.union = census.index
        self.closed = self.union.view(CLOSED)
        self.given = self.union.view(GIVEN_MARK)
        self.inferred = self.union.view(INFERRED)
        self.rulebook = census.rulebook
        self.rules = census.rules
        small = len(self.union) <= SMALL
        self.ways, self.enough = (MOST_WAYS, LIMIT) if small else (FEW_WAYS, 1)
        self.most_pairs = 64 if small else 4
        self.solved: dict[Fact, Support] = {}
        self.single: dict[int, Support] = {}

    def graphs(self, numbers: Iterable[int]) -> tuple[str, ...]:
        """Return the names of some graphs, sorted."""
        return tuple(self.names[number] for number in sorted(numbers))

    def is_graph(self, name: str) -> bool:
        """Whether a graph of the dataset has this name."""
        return name in self.numbers

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
        if place < 0:
            return EMPTY
        return frozenset(code >> 1 for code in self.union.holders(place) if code & 1)

    def support(self, fact: Fact) -> Support:
        """Return the support of a fact in the union of all graphs."""
        place = self.union.place(fact)
        if place < 0:
            return NOTHING
        premise = self.premise_at(fact, place)
        if premise is GIVEN or not self.apart:
            return premise
        aside = self.apart.intersection(code >> 1 for code in self.union.holders(place))
        return any_of((premise, Support(aside))) if aside else premise

    def fuller_support(self, fact: Fact, enough: int) -> Support:
        """Return the support of a fact with at least so many sets, if there are that many."""
        support = self.support(fact)
        if support.exact or support.count >= enough:
            return support
        _, found = self.sketch(fact)
        return Support(support.ones, any_of((support, found[fact])).several, 1)

    def support_in(self, fact: Fact, graph: str) -> Support:
        """Return the support of a fact as a triple of one named graph."""
        if graph == INFERRED_GRAPH:
            return self.premise(fact) if fact in self.inferred else NOTHING
        if graph == ONTOLOGY_GRAPH:
            return GIVEN if fact in self.given else NOTHING
        number = self.numbers.get(graph, -1)
        return self.alone(number) if number in self.stating(fact) else NOTHING

    def alone(self, number: int) -> Support:
        """Return the support of what one graph holds."""
        found = self.single.get(number)
        if found is None:
            found = self.single[number] = Support(frozenset((number,)))
        return found

    def premise(self, fact: Fact) -> Support:
        """Return the support of a fact within the graphs that take part in the closure."""
        place = self.union.place(fact)
        return NOTHING if place < 0 else self.premise_at(fact, place)

    def premise_at(self, fact: Fact, place: int) -> Support:
        """Return the support of the fact of a place."""
        marks = self.union.marks[place]
        if marks & AXIOM:
            return GIVEN
        if not marks & CLOSED:
            return NOTHING
        if not self.rulebook.is_mixed(self.union.by_subject[place]):
            return self.ones_at(place)
        found = self.solved.get(fact)
        if found is None:
            if len(self.solved) > MOST_SOLVED:
                self.solved.clear()
            found = self.solved[fact] = self.solve(fact)
        return found

    def ones_at(self, place: int) -> Support:
        """Return the graphs that hold the fact of a place alone, as if no several did."""
        codes = self.union.holders(place)
        if len(codes) == 1 and self.parts[codes[0] >> 1]:
            return self.alone(codes[0] >> 1)
        return Support(frozenset([one >> 1 for one in codes if self.parts[one >> 1]]))

    def solve(self, goal: Fact) -> Support:
        """Return the support of a fact that may follow from several: the least fixed point.

        Where enough graphs hold it alone, the sets of several are not sought: many, or in a large
        dataset any.
        """
        ones = self.statement(goal)
        if len(ones.ones) >= self.enough:
            return Support(ones.ones, whole=1)
        if self.enough == 1 and (pair := self.pair(goal)):
            return Support(several=(pair,), whole=1)
        cone, found = self.sketch(goal)
        if cone.cut:
            return Support(found[goal].ones, found[goal].several, 1)
        self.solved.update(found)
        return found[goal]

    def pair(self, goal: Fact) -> Graphs:
        """Return two graphs that hold a fact which none holds alone, or no graph."""
        for way in islice(self.derivations(goal), FEW_WAYS):
            supports = [self.statement(premise) for premise in way.premises]
            if all(supports):
                pair = EMPTY.union(*(one.first(1)[0] for one in supports))
                if len(pair) == 2:
                    return pair
        return EMPTY

    def sketch(self, goal: Fact) -> tuple[Cone, dict[Fact, Support]]:
        """Return what a fact may rest on, no more than is needed, and the support of each."""
        most = self.ways
        cone = self.cone(goal, most)
        while not (found := self.supports(cone))[goal] and cone.cut and most < MOST_WAYS:
            most *= 8
            cone = self.cone(goal, most)
        return cone, found

    def supports(self, cone: Cone) -> dict[Fact, Support]:
        """Return the support of each fact of a cone, so far as the cone tells.

        Starting from what is stated and growing, no support ever leans on itself.
        """
        users: dict[Fact, set[Fact]] = defaultdict(set)
        for conclusion, ways in cone.ways.items():
            for way in ways:
                for premise in way.premises:
                    users[premise].add(conclusion)
        found = {fact: self.statement(fact) for fact in cone.ways}
        thinned = {fact: one.thinned() for fact, one in found.items()} if cone.cut else found
        waiting = dict.fromkeys(fact for fact, ways in cone.ways.items() if ways)
        while waiting:
            fact, _ = waiting.popitem()
            inferred = (
                all_of([thinned.get(one) or self.known(one, cone) for one in way.premises])
                for way in cone.ways[fact]
            )
            grown = any_of((found[fact], *inferred))
            if grown != found[fact]:
                found[fact] = grown
                thinned[fact] = grown.thinned() if cone.cut else grown
                waiting.update(dict.fromkeys(users[fact]))
        return found

    def known(self, fact: Fact, cone: Cone) -> Support:
        """Return the support of a fact that was solved before."""
        support = self.solved.get(fact, NOTHING)
        return support.thinned() if cone.cut else support

    def statement(self, fact: Fact) -> Support:
        """Return the support that a fact has from single graphs."""
        place = self.union.place(fact)
        return GIVEN if self.union.marks[place] & AXIOM else self.ones_at(place)

    def cone(self, goal: Fact, most: int) -> Cone:
        """Return what a fact may rest on and is not known yet, nearest first."""
        found: dict[Fact, list[Derivation]] = {}
        waiting, left = [goal], most
        for fact in waiting:
            if fact in found or (fact in self.solved and fact != goal):
                continue
            found[fact] = []
            place = self.union.place(fact)
            if self.union.marks[place] & AXIOM:
                continue
            if self.rulebook.is_mixed(self.union.by_subject[place]):
                found[fact] = list(islice(self.derivations(fact), max(left, 0)))
                left -= len(found[fact])
                waiting.extend(premise for way in found[fact] for premise in way.premises)
        return Cone(found, cut=left <= 0)

    def within(self, goal: Fact, graphs: Graphs) -> dict[Fact, list[Derivation]]:
        """Return what a fact rests on in some graphs, with the ways to derive each there."""
        nearby: dict[Fact, Support] = {}
        if len(graphs) > 1:
            _, nearby = self.sketch(goal)
        found: dict[Fact, list[Derivation]] = {}
        waiting = [goal]
        for fact in waiting:
            if fact in found:
                continue
            found[fact] = []
            if fact in self.given or not graphs.isdisjoint(self.stating(fact)):
                continue
            for way in self.derivations(fact):
                if all(self.holds(one, graphs, nearby) for one in way.premises):
                    found[fact].append(way)
                    waiting.extend(way.premises)
        return found

    def holds(self, fact: Fact, graphs: Graphs, nearby: Mapping[Fact, Support]) -> bool:
        """Whether a fact is known to hold in some graphs."""
        place = self.union.place(fact)
        if self.union.marks[place] & AXIOM or self.ones_at(place).holds_in(graphs):
            return True
        support = nearby.get(fact) or self.solved.get(fact)
        return support is not None and support.holds_in(graphs)

    def derivations(self, fact: Fact) -> Iterator[Derivation]:
        """Yield each way to conclude a fact in one step."""
        rules: Iterable[NumberedRule] = self.rules.get(fact[1], ())
        return derivations(self.closed, rules, fact)
