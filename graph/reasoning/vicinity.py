"""The vicinity of a fact: graphs that hold it by facts that are looked up one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from graph.reasoning.assembly import GIVEN
from graph.reasoning.depth import Depths
from graph.reasoning.fact_index import JOINED, NOWHERE
from graph.reasoning.row import Holders, Row, Rows
from graph.reasoning.rulebook import END, PREDICATE, SUBJECT, Pair
from graph.reasoning.support import EMPTY, Graphs

MOST_SEEN: Final = 256
"""Facts that are looked at for one: some milliseconds."""


class Vicinity:
    """Looks for what holds a fact in some graphs, from the fact to those on which it leans.

    A fact leans on another where it follows from that and a third, which a graph holds alone. Facts
    are packed. The graphs may change between one look and the next; GIVEN is one of them.
    """

    def __init__(self, rows: Rows, depths: Depths, graphs: set[int]) -> None:
        self.rows = rows
        self.depths = depths
        self.graphs = graphs

    def witness(self, fact: int) -> tuple[Graphs | None, bool]:
        """Return which of the graphs hold a fact, None where none are found, and if it is sure."""
        found = self.direct(fact)
        if found is not None or not self.may_join(fact):
            return found, True
        waiting: list[tuple[int, Graphs]] = [(fact, EMPTY)]
        seen = {fact}
        for one, held in waiting:
            for other, holders in self.leaning(one):
                if other not in seen:
                    seen.add(other)
                    graphs, found = held | self.one_of(holders), self.direct(other)
                    if found is not None:
                        return graphs | found, True
                    waiting.append((other, graphs))
            if len(seen) > MOST_SEEN:
                return None, False
        return None, self.depths.simple(fact >> PREDICATE)

    def direct(self, fact: int) -> Graphs | None:
        """Return a graph that holds a fact alone, or two that hold the facts it follows from."""
        place = self.rows.index.at(fact)
        if place == NOWHERE:
            return None
        none, holders = self.graphs.isdisjoint, self.rows.holders(place)
        if not none(holders):
            return self.one_of(holders)
        if self.rows.index.marks[place] & JOINED:
            for pair in self.depths.rulebook.pairs(fact >> PREDICATE):
                firsts, seconds = self.leading(fact, pair)
                for node in firsts.keys() & seconds.keys():
                    if not none(firsts[node]) and not none(seconds[node]):
                        return self.one_of(firsts[node]) | self.one_of(seconds[node])
        return None

    def may_join(self, fact: int) -> bool:
        """Whether a fact follows from several in all graphs together."""
        place = self.rows.index.at(fact)
        return place != NOWHERE and bool(self.rows.index.marks[place] & JOINED)

    def leaning(self, fact: int) -> Iterator[tuple[int, Holders]]:
        """Yield the facts on which a fact may lean, each with the holders of the third."""
        none = self.graphs.isdisjoint
        for deep in self.depths.of(fact >> PREDICATE):
            if deep.pair and deep.may(fact):
                firsts, seconds = self.leading(fact, deep.pair)
                start, end = ends(fact, deep.pair)
                first, second = deep.pair.first << SUBJECT | start, deep.pair.second << SUBJECT
                for node in seconds.keys() & deep.nodes:
                    if not none(seconds[node]):
                        yield first << SUBJECT | node, seconds[node]
                for node in firsts.keys() & deep.nodes:
                    if not none(firsts[node]):
                        yield (second | node) << SUBJECT | end, firsts[node]

    def leading(self, fact: int, pair: Pair) -> tuple[Row, Row]:
        """Return the rows of the first and of the second facts that may lead to a fact."""
        start, end = ends(fact, pair)
        first, second = pair.first << SUBJECT | start, pair.second << SUBJECT | end
        return self.rows.after(first), self.rows.before(second)

    def one_of(self, holders: Holders) -> Graphs:
        """Return one of the graphs that is among some, which one is; none at all for GIVEN."""
        return frozenset((min(self.graphs.intersection(holders)),)) - {GIVEN}


def ends(fact: int, pair: Pair) -> tuple[int, int]:
    """Return from where to where the facts of a pair lead from which a fact follows."""
    subject, value = fact >> SUBJECT & END, fact & END
    return (value, subject) if pair.turned else (subject, value)
