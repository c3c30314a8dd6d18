"""The vicinity of a fact: graphs that hold it by facts that are looked up one after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain
from typing import Final

from graph.reasoning.assembling.assemblies import Assemblies
from graph.reasoning.assembling.assembly import Rows as Joined
from graph.reasoning.facts.depth import Depths
from graph.reasoning.facts.fact_index import JOINED, NOWHERE, ONTOLOGY
from graph.reasoning.facts.rulebook import END, PREDICATE, SUBJECT, Pair
from graph.reasoning.sets.support import EMPTY, Graphs

MOST_SEEN: Final = 256
"""Facts that are looked at for one: some milliseconds."""


class Vicinity:
    """Looks for what holds a fact in some graphs, from the fact to those on which it leans.

    A fact leans on another where it follows from that and a third, which a graph holds alone. Facts
    are packed. Graphs may go, and come back, between one look and the next; ONTOLOGY is one.
    """

    def __init__(self, assemblies: Assemblies, depths: Depths, graphs: set[int]) -> None:
        self.assemblies = assemblies
        self.depths = depths
        self.rows = depths.rows
        self.graphs = graphs
        self.first = frozenset(graphs) - {ONTOLOGY}
        self.reached: dict[int, set[int]] = {}

    @cached_property
    def joined(self) -> tuple[Joined, Joined]:
        """The ends of the facts that the graphs held alone at first, of those that are joined.

        First the objects by predicate and subject, then the subjects by predicate and object.
        """
        after, before = defaultdict[int, set[int]](set), defaultdict[int, set[int]](set)
        facts = self.assemblies.facts(self.first)
        for fact in chain(self.assemblies.axioms.held, facts):
            after[fact >> SUBJECT].add(fact & END)
            before[fact >> PREDICATE << SUBJECT | fact & END].add(fact >> SUBJECT & END)
        return after, before

    def witness(self, fact: int) -> tuple[Graphs | None, bool]:
        """Return which of the graphs hold a fact, None where none are found, and if it is sure."""
        place = self.rows.index.at(fact)
        found = self.alone(fact)
        if found is not None or place == NOWHERE or not self.rows.index.marks[place] & JOINED:
            return found, True
        found = self.paired(fact)
        if found is not None:
            return found, True
        waiting: list[tuple[int, tuple[int, ...]]] = [(fact, ())]
        seen = {fact}
        for one, thirds in waiting:
            for other, third in self.leaning(one):
                if other not in seen:
                    seen.add(other)
                    found = self.direct(other)
                    if found is not None:
                        return self.together(found, (*thirds, third))
                    waiting.append((other, (*thirds, third)))
            if len(seen) > MOST_SEEN:
                return None, False
        return None, self.depths.simple(fact >> PREDICATE)

    def together(self, graphs: Graphs, facts: Iterable[int]) -> tuple[Graphs | None, bool]:
        """Return graphs with such as hold some facts alone; if those are gone nothing is sure."""
        found = [self.alone(fact) for fact in facts]
        sets = [one for one in found if one is not None]
        return (graphs.union(*sets), True) if len(sets) == len(found) else (None, False)

    def direct(self, fact: int) -> Graphs | None:
        """Return graphs that hold a fact which is joined, by itself or from two of theirs.

        What is not even in all graphs together does not hold: it may have a literal as its subject.
        """
        if fact & END not in self.objects(fact >> PREDICATE):
            return None
        after, _ = self.joined
        found = self.alone(fact) if fact & END in after.get(fact >> SUBJECT, ()) else None
        if found is None:
            found = self.paired(fact)
        return None if self.rows.index.at(fact) == NOWHERE else found

    def objects(self, predicate: int) -> set[int]:
        """Return the objects of what graphs may have held at first, by themselves or two by two."""
        found = self.reached.get(predicate)
        if found is None:
            after, before = self.joined
            found = {row & END for row in before if row >> SUBJECT == predicate}
            for pair in self.depths.rulebook.pairs(predicate):
                rows, last = (after, pair.first) if pair.turned else (before, pair.second)
                found |= {row & END for row in rows if row >> SUBJECT == last}
            self.reached[predicate] = found
        return found

    def paired(self, fact: int) -> Graphs | None:
        """Return graphs that hold alone the two facts from which a fact follows."""
        after, before = self.joined
        for pair in self.depths.rulebook.pairs(fact >> PREDICATE):
            start, end = ends(fact, pair)
            nodes = after.get(pair.first << SUBJECT | start, EMPTY)
            for node in nodes & before.get(pair.second << SUBJECT | end, EMPTY):
                first = self.alone(packed(pair.first, start, node))
                second = None if first is None else self.alone(packed(pair.second, node, end))
                if first is not None and second is not None:
                    return first | second
        return None

    def leaning(self, fact: int) -> Iterator[tuple[int, int]]:
        """Yield the facts on which a fact may lean, each with the third, if none has gone."""
        after, before = self.joined
        for deep in self.depths.of(fact >> PREDICATE):
            if deep.pair and deep.may(fact):
                start, end = ends(fact, deep.pair)
                first, second, _ = deep.pair
                for node in before.get(second << SUBJECT | end, EMPTY) & deep.lefts:
                    yield packed(first, start, node), packed(second, node, end)
                for node in after.get(first << SUBJECT | start, EMPTY) & deep.rights:
                    yield packed(second, node, end), packed(first, start, node)

    def alone(self, fact: int) -> Graphs | None:
        """Return one of the graphs that holds a fact alone, none at all for ONTOLOGY, or None."""
        place = self.rows.index.at(fact)
        holders = () if place == NOWHERE else self.rows.holders(place)
        if self.graphs.isdisjoint(holders):
            return None
        return frozenset((min(self.graphs.intersection(holders)),)) - {ONTOLOGY}


def packed(predicate: int, subject: int, value: int) -> int:
    """Return a fact as one number."""
    return predicate << PREDICATE | subject << SUBJECT | value


def ends(fact: int, pair: Pair) -> tuple[int, int]:
    """Return from where to where the facts of a pair lead from which a fact follows."""
    subject, value = fact >> SUBJECT & END, fact & END
    return (value, subject) if pair.turned else (subject, value)
