"""Many facts that all have to hold: a least set of graphs in which they do."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Final

from graph.reasoning.facts.fact_index import JOINED, ONTOLOGY, TOGETHER
from graph.reasoning.facts.rulebook import END, PREDICATE
from graph.reasoning.many.standing import Standing
from graph.reasoning.many.vicinity import Vicinity
from graph.reasoning.provenance import Joint, Provenance
from graph.reasoning.sets.choice import needed_by
from graph.reasoning.sets.reduction import Holding, Reduction
from graph.reasoning.sets.support import EMPTY, Graphs, Support

NONE: Final = array("I")
"""No graph."""


class Multitude:
    """The facts of some places, and what else has to hold; each is of the closure.

    No graph that takes no part in the closure holds one of the facts. `sure` are graphs that are
    needed anyway, `others` the supports of what is no fact. Facts of a literal that may follow from
    others are left to their supports: it cannot be turned into a subject, not even on the way.
    """

    def __init__(
        self,
        provenance: Provenance,
        places: Iterable[int],
        sure: Graphs,
        others: Sequence[Support] = (),
    ) -> None:
        self.provenance = provenance
        self.sure = sure
        self.others = list(others)
        index, literals = provenance.union, provenance.assemblies.literals
        pairs = provenance.assemblies.rulebook.pairs
        settled = {graph << 1 | stated for graph in sure for stated in (0, 1)}
        self.places: dict[int, int] = {}
        self.facts: dict[int, Sequence[int]] = {}
        for place in places:
            fact = index.by_subject[place]
            holders = index.holders(place) if not index.marks[place] & TOGETHER else NONE
            if literals[fact & END] and pairs(fact >> PREDICATE):
                self.others.append(provenance.support_at(place))
            elif settled.isdisjoint(holders):
                self.places[fact], self.facts[fact] = place, [code >> 1 for code in holders]
        self.together = [fact for fact, graphs in self.facts.items() if not graphs]
        self.alone: defaultdict[int, list[int]] = defaultdict(list)
        for fact, graphs in self.facts.items():
            for graph in graphs:
                self.alone[graph].append(fact)

    def ones(self) -> Graphs:
        """Return the graphs of which each holds all."""
        if self.together or len(self.sure) > 1:
            return EMPTY
        needs = chain(map(frozenset, self.facts.values()), (one.ones for one in self.others))
        found = self.sure or next(needs, EMPTY)
        for need in needs:
            if not found:
                break
            found &= need
        return found

    def cover(self) -> Graphs:
        """Return graphs in which all hold, of which not each may be needed."""
        first = self.first()
        unmet = [fact for fact, alone in self.facts.items() if alone and first.isdisjoint(alone)]
        return frozenset(first | self.chosen(unmet))

    def least(self) -> Graphs:
        """Return graphs in which all hold and each of which is needed for that."""
        provenance = self.provenance
        rows, assemblies = provenance.rows, provenance.assemblies
        standing = Standing(rows, assemblies, self.facts, self.alone, self.first())
        unmet = [f for f, alone in self.facts.items() if alone and not standing.ways.get(f)]
        standing.add(self.chosen(unmet))
        graphs = frozenset(standing.graphs) - {ONTOLOGY}
        deep = self.deep(graphs)
        kept = self.sure | needed_by(self.others, graphs) | self.needed(standing, deep)
        vicinity = Vicinity(assemblies, provenance.depths, standing.graphs)
        falling = Falling(standing, kept, deep, partial(self.leaning, vicinity))
        uncounted = (fact for fact in self.facts if not standing.ways.get(fact))
        return falling.reduced([*self.others, *map(falling.thing, uncounted)])

    def first(self) -> set[int]:
        """Return graphs that are needed anyway, and the first sets of what needs several."""
        graphs = {code >> 1 for code in set(chain.from_iterable(self.sets(self.together)))}
        return graphs.union(self.sure, *(one.first(1)[0] for one in self.others))

    def sets(self, facts: Iterable[int]) -> Iterator[array[int]]:
        """Yield the codes of the first set of graphs that holds each of some facts."""
        return map(self.provenance.union.holders, map(self.places.__getitem__, facts))

    def needed(self, standing: Standing, deep: Set[int]) -> set[int]:
        """Return graphs without which a fact would not hold, since it does in one way only.

        Of the deep ones that is not known. The one way to what no graph holds alone is by the first
        set, where that has two graphs.
        """
        ways, facts = standing.ways, self.facts
        single = [fact for fact in facts if ways.get(fact) == 1 and fact not in deep]
        pairs = self.sets([fact for fact in single if not facts[fact]])
        codes = set(chain.from_iterable(codes for codes in pairs if len(codes) == 2))
        alone = standing.graphs.intersection(chain.from_iterable(map(facts.__getitem__, single)))
        return {code >> 1 for code in codes} | alone

    def chosen(self, facts: Sequence[int]) -> set[int]:
        """Return graphs that hold facts alone, such as hold many of them."""
        uses = Counter(chain.from_iterable(map(self.facts.__getitem__, facts)))
        found: set[int] = set()
        for fact in sorted(facts, key=lambda fact: len(self.facts[fact])):
            graphs = self.facts[fact]
            if found.isdisjoint(graphs):
                found.add(max(graphs, key=lambda graph: (uses[graph], -graph)))
        return found

    def deep(self, graphs: Graphs) -> set[int]:
        """Return the facts that may hold in some graphs in ways that are not counted."""
        marks, found = self.provenance.union.marks, set[int]()
        for predicate in {fact >> PREDICATE for fact in self.facts}:
            for way in self.provenance.depths.of(predicate):
                if not any(map(graphs.isdisjoint, way.by)):
                    found.update(
                        fact
                        for fact, place in self.places.items()
                        if fact >> PREDICATE == predicate
                        and marks[place] & JOINED
                        and way.may(fact)
                    )
        return found

    def leaning(self, vicinity: Vicinity, fact: int) -> Leaning:
        """Return a fact that may hold in ways that are not counted."""
        return Leaning(fact, vicinity, self.provenance.joint(self.places[fact]))


@dataclass(frozen=True, slots=True)
class Leaning:
    """A fact that may lean on others; `joint` tells where the vicinity does not."""

    fact: int
    vicinity: Vicinity
    joint: Joint

    def witness(self, graphs: Graphs, without: Set[int]) -> Graphs | None:
        """Return which of some graphs, without others, are enough to hold it, or None.

        What is left of them are the graphs of the vicinity.
        """
        found, sure = self.vicinity.witness(self.fact)
        return found if sure else self.joint.witness(graphs, without)


class Falling(Reduction):
    """A reduction that also keeps facts of which it is counted in how many ways they hold.

    Those that are `deep` may hold in other ways too; `thing` gives one as what is watched.
    """

    def __init__(
        self,
        standing: Standing,
        kept: Graphs,
        deep: Set[int],
        thing: Callable[[int], Holding],
    ) -> None:
        super().__init__(frozenset(standing.graphs) - {ONTOLOGY}, kept)
        self.standing = standing
        self.deep = deep
        self.thing = thing

    def goes(self, graph: int) -> bool:
        """Whether all facts hold without a graph as well."""
        lost = self.standing.take(graph, self.deep)
        if lost is None:
            return False
        if all(self.moves(self.thing(fact)) for fact in lost) and super().goes(graph):
            return True
        self.standing.put_back()
        return False
