"""Rows that one proof is enough for: it is told at once, and kept as the numbers of its graphs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeAlias

from graph.citing.weighing.ledger import Ledger, Needed
from graph.reasoning.facts.fact_index import APART, AXIOM, CLOSED, JOINED, NOWHERE, TOGETHER
from graph.reasoning.sets.choice import MANY_NEEDS
from graph.reasoning.sets.support import EMPTY, Graphs

Brief: TypeAlias = tuple[int, ...]
"""The graphs of a proof, sorted, after MORE where there may be other proofs."""

MORE: Final = -1

WEIGHED: Final = CLOSED | AXIOM | TOGETHER | APART
"""The marks of a fact by which it rests on more than the graphs that hold it alone."""

ALONE: Final = WEIGHED | JOINED
"""Those by which it may rest on more than the one graph that holds it."""


class Briefing:
    """Tells the proof of rows that have a single solution, where that takes no weighing."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        index = ledger.supports.provenance.union
        self.starts, self.graphs, self.marks = index.starts, index.held, index.marks
        self.as_stated = ledger.supports.provenance.as_stated
        self.settled = ledger.multitudes.ground.settled
        self.ones = Ones(ledger)

    def briefs(self, rows: Iterable[Sequence[Needed]]) -> Iterator[Brief | None]:
        """Yield the proof of each row, None where it has to be weighed."""
        places, unsure = self.ledger.supports.places, self.ledger.unsure
        alone = self.ledger.supports.alone.graphs
        for solutions in rows:
            needed = solutions[0] if len(solutions) == 1 else ()
            if not needed or (unsure and not unsure.isdisjoint(needed)):
                yield None
            elif len(needed) > 1 and needed.count(needed[0]) < len(needed):
                yield self.chosen(needed)
            elif needed[0] in alone:
                yield (alone[needed[0]],)
            elif places[needed[0]] == NOWHERE:
                yield self.chosen(needed[:1])
            else:
                yield self.held(places[needed[0]])

    def scanned(self, places: Iterable[int]) -> list[Brief | None]:
        """Return the proofs of rows that rest on one fact each, by the places of the facts."""
        starts, graphs, marks, told = self.starts, self.graphs, self.marks, self.told
        return [
            (graphs[starts[place]] >> 1,)
            if marks[place] & ALONE == CLOSED and starts[place + 1] - starts[place] == 1
            else told(place)
            for place in places
        ]

    def told(self, place: int) -> Brief | None:
        """Return the proof of the fact of a place, None where its marks do not tell it."""
        return None if place in self.as_stated else self.held(place)

    def held(self, place: int) -> Brief | None:
        """Return the proof of the fact of a place: one graph, or two that hold it together."""
        graphs, first, marks = self.graphs, self.starts[place], self.marks[place]
        count, weighed = self.starts[place + 1] - first, marks & WEIGHED
        if weighed == CLOSED:
            if count > 1:
                return MORE, min(graphs[first : first + count]) >> 1
            one = graphs[first] >> 1
            return (MORE, one) if marks & JOINED else (one,)
        if weighed == CLOSED | TOGETHER and count == 2:
            one, other = graphs[first] >> 1, graphs[first + 1] >> 1
            return (MORE, one, other) if one < other else (MORE, other, one)
        return None

    def tallied(self, places: Sequence[int]) -> Brief | None:
        """Return the proof of all facts of some places, None where several are to be told.

        Where the first may follow from several, all are left to be weighed: most others may too.
        """
        if not places or self.marks[places[0]] & JOINED or not self.as_stated.isdisjoint(places):
            return None
        found, rest = self.settled(places)
        if not rest:
            return tuple(sorted(found))
        if len(found) + len(rest) <= MANY_NEEDS:
            return None
        met: set[int] = set()
        for place in rest:
            graphs = self.ledger.supports.holders(place)
            if self.marks[place] & ALONE != CLOSED or not met.isdisjoint(graphs):
                return None
            met |= graphs
            found.append(min(graphs))
        return MORE, *sorted(found)

    def chosen(self, needed: Needed) -> Brief | None:
        """Return the first choice of one graph for each need, as `Ledger.chosen` does."""
        needs = [self.ones[number] for number in needed if number]
        size, different = sum(map(len, needs)), EMPTY.union(*needs)
        if not needs or len(different) != size or not all(needs):
            return None
        joint = not self.ones.joint.isdisjoint(needed)
        more = joint or size > len(needs)
        if not more:
            return tuple(sorted(different))
        if joint and len(needs) > 2:
            return None
        return MORE, *sorted(map(min, needs))


class Ones(dict[int, Graphs]):
    """The graphs that meet each need alone; `joint` are the needs that several may meet."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__()
        self.supports = ledger.supports
        self.joint: set[int] = set()

    def __missing__(self, number: int) -> Graphs:
        found = self[number] = self.supports.single(number) or self.weighed(number)
        return found

    def weighed(self, number: int) -> Graphs:
        """Return the graphs that meet a need by its support."""
        support = self.supports[number]
        if support.several or not support.exact:
            self.joint.add(number)
        return support.ones
