"""The facts of a dataset in sorted arrays, each with the graphs that hold it by themselves.

A fact takes 17 bytes: it stands in order, packed into a number by its subject; beside it are its
place in the order by object, so that it is found from either end, a byte of marks, and where its
graphs begin. Each graph that holds it, alone or together with others, takes 4 bytes more.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from graph.reasoning.facts import columns
from graph.reasoning.facts.fact import Fact
from graph.reasoning.facts.rulebook import END, ENDS, PREDICATE, SUBJECT

UNION, CLOSED, GIVEN_MARK, AXIOM, INFERRED, JOINED, TOGETHER, APART = (
    1 << place for place in range(8)
)
"""In the dataset; in the closure; stated by the ontology; following from it; in its inferred;
following from several facts; held by no graph alone, but by those that are listed together;
stated by a graph that takes no part in the closure."""

ONTOLOGY: Final = -1
"""In place of the graph that holds a fact, the ontology: it is taken as given."""

NOWHERE: Final = -1
"""In place of the place of a fact that is not here."""

OPEN: Final = -1
"""In place of the number of a term, any term."""

DENSE: Final = 4
"""Facts for each that is looked for, up to which it is cheaper to list all that lie between."""


class FactIndex:
    """Facts, found by predicate and either end; only those that have a mark are seen."""

    def __init__(
        self,
        marks: Mapping[int, int],
        holders: Mapping[int, int | list[int]],
        predicates: list[int],
    ) -> None:
        self.predicates = predicates
        self.places = {number: place for place, number in enumerate(predicates)}
        self.by_subject = array("Q", sorted(marks))
        by_end = list(map(turned, self.by_subject))
        self.by_object = array("I", sorted(range(len(by_end)), key=by_end.__getitem__))
        self.marks = bytearray(map(marks.__getitem__, self.by_subject))
        self.starts = array("I", (0,))
        self.held = array("I")
        for packed in self.by_subject:
            found = holders.get(packed)
            if found is not None:
                if isinstance(found, int):
                    self.held.append(found)
                else:
                    self.held.extend(found)
            self.starts.append(len(self.held))
        self.seen = UNION

    def view(self, mark: int) -> FactIndex:
        """Return the same index, of which only the facts with a mark are seen."""
        other = FactIndex.__new__(FactIndex)
        other.__dict__.update(self.__dict__)
        other.seen = mark
        return other

    @property
    def bytes(self) -> int:
        """The memory that the arrays take."""
        return sum(
            map(
                sys.getsizeof, (self.by_subject, self.by_object, self.marks, self.starts, self.held)
            )
        )

    def __len__(self) -> int:
        return len(self.by_subject)

    def packed(self, fact: Fact) -> int:
        """Return a fact packed; -1 where its predicate is that of no fact."""
        place = self.places.get(fact[1], -1)
        return -1 if place < 0 else place << PREDICATE | fact[0] << SUBJECT | fact[2]

    def place(self, fact: Fact) -> int:
        """Return where a fact stands, or -1."""
        return self.at(self.packed(fact))

    def pack(
        self, subjects: Sequence[int], predicates: Sequence[int], values: Sequence[int]
    ) -> list[int]:
        """Return columns of facts packed; below zero where an end or the predicate is unknown."""
        found = {one: self.places.get(one, -1) << PREDICATE for one in set(predicates)}
        bases = map(found.__getitem__, predicates)
        ends = zip(bases, subjects, values, strict=True)
        return [base | subject << SUBJECT | value for base, subject, value in ends]

    def find(self, packed: Sequence[int]) -> Iterable[int]:
        """Return where packed facts stand, or NOWHERE."""
        facts = self.by_subject
        low = bisect_left(facts, min(packed, default=0))
        high = bisect_right(facts, max(packed, default=0), low)
        if high - low > DENSE * len(packed):
            return (self.at(one) for one in packed)
        places = dict(zip(facts[low:high], range(low, high), strict=True))
        return (places.get(one, NOWHERE) for one in packed)

    def at(self, packed: int) -> int:
        """Return where a packed fact stands, or NOWHERE."""
        facts = self.by_subject
        place = bisect_left(facts, packed)
        return place if place < len(facts) and facts[place] == packed else NOWHERE

    def fact(self, place: int) -> Fact:
        """Return the fact of a place."""
        one = self.by_subject[place]
        return one >> SUBJECT & END, self.predicates[one >> PREDICATE], one & END

    def subjects(self, places: Iterable[int]) -> list[int]:
        """Return the subjects of the facts of places."""
        return columns.subjects(self.by_subject, places)

    def predicates_of(self, places: Iterable[int]) -> list[int]:
        """Return the predicates of the facts of places."""
        facts, predicates = map(self.by_subject.__getitem__, places), self.predicates
        return [predicates[one >> PREDICATE] for one in facts]

    def objects(self, places: Iterable[int]) -> list[int]:
        """Return the objects of the facts of places."""
        return columns.objects(self.by_subject, places)

    def of_predicate(self, place: int) -> range:
        """Return the places of the facts of a predicate, by its place among the predicates."""
        return self.ranged(place << PREDICATE, 1 << PREDICATE)

    def row(self, row: int) -> range:
        """Return the places of the facts of a predicate and a subject, packed together."""
        return self.ranged(row << SUBJECT, 1 << SUBJECT)

    def ranged(self, low: int, width: int) -> range:
        """Return the places of so many packed facts from one on."""
        first = bisect_left(self.by_subject, low)
        return range(first, bisect_left(self.by_subject, low + width, first))

    def of_object(self, row: int) -> array[int]:
        """Return the places of the facts of a predicate and an object, packed together."""
        order, value, of = self.by_object, row & END, self.of_predicate(row >> SUBJECT)
        first = bisect_left(order, value, of.start, of.stop, key=self.object)
        return order[first : bisect_right(order, value, first, of.stop, key=self.object)]

    def object(self, place: int) -> int:
        """Return the object of the fact of a place."""
        return self.by_subject[place] & END

    def alone(self, place: int, parts: Sequence[int]) -> tuple[int, ...]:
        """Return those graphs that hold the fact of a place which are parts of the dataset."""
        codes = self.held[self.starts[place] : self.starts[place + 1]]
        return tuple([code >> 1 for code in codes if parts[code >> 1]])

    def marks_of(self, fact: Fact) -> int:
        """Return the marks of a fact, none where it is not here."""
        place = self.place(fact)
        return self.marks[place] if place >= 0 else 0

    def holders(self, place: int) -> array[int]:
        """Return the graphs that hold a fact by themselves, doubled, one more if they state it.

        Of a fact that has the mark TOGETHER they are the first set that was found to hold it.
        """
        return self.held[self.starts[place] : self.starts[place + 1]]

    def __contains__(self, fact: Fact) -> bool:
        return bool(self.marks_of(fact) & self.seen)

    def __iter__(self) -> Iterator[Fact]:
        return self.facts(range(len(self)))

    def facts(self, places: Iterable[int]) -> Iterator[Fact]:
        """Yield the facts of those places that are seen."""
        facts, marks, seen, predicates = self.by_subject, self.marks, self.seen, self.predicates
        for place in places:
            if marks[place] & seen:
                one = facts[place]
                yield one >> SUBJECT & END, predicates[one >> PREDICATE], one & END

    def matches(self, subject: int, predicate: int, value: int) -> Iterator[Fact]:
        """Yield the facts of a predicate; a number below zero leaves that end open."""
        place = self.places.get(predicate)
        if place is None:
            return iter(())
        return self.facts(self.candidates(max(subject, OPEN), place, max(value, OPEN)))

    def matching(self, subject: int, predicate: int, value: int) -> list[int]:
        """Return the places of the facts that match; either end may be OPEN.

        Any other number below zero is that of a term which is nowhere here.
        """
        place = self.places.get(predicate)
        if place is None or min(subject, value) < OPEN:
            return []
        return columns.marked(self.marks, self.seen, self.candidates(subject, place, value))

    def candidates(self, subject: int, place: int, value: int) -> Sequence[int]:
        """Return the places of facts, seen or not, by the place of the predicate."""
        row = place << SUBJECT
        if subject == OPEN:
            return self.of_predicate(place) if value == OPEN else self.of_object(row | value)
        if value == OPEN:
            return self.row(row | subject)
        at = self.at((row | subject) << SUBJECT | value)
        return () if at == NOWHERE else (at,)

    def count(self, subject: int, predicate: int, value: int) -> int:
        """Return how many facts match, seen or not; at most one where both ends are given."""
        place = self.places.get(predicate)
        if place is None or (subject >= 0 and value >= 0):
            return int(place is not None)
        return len(self.candidates(max(subject, OPEN), place, max(value, OPEN)))

    def mentions(self, node: int) -> Iterable[Fact]:
        """Yield the facts of which a node is the subject or the object."""
        for predicate in self.predicates:
            yield from self.matches(node, predicate, -1)
            for fact in self.matches(-1, predicate, node):
                if fact[0] != node:
                    yield fact


def turned(packed: int) -> int:
    """Return a packed fact with its ends turned."""
    return packed & ~ENDS | (packed & END) << SUBJECT | packed >> SUBJECT & END
