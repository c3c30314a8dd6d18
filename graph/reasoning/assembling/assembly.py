"""What some graphs hold together: the facts that each holds alone, and what follows from several.

The facts that the graphs hold alone are known, so only the rules that join facts are applied to
them, and what follows from that: a row at a time, which is what is said of a subject by a
predicate.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence, Set
from typing import Final, TypeAlias

from graph.reasoning.facts.rulebook import (
    ANY,
    END,
    OF_SUBJECT,
    PREDICATE,
    SAME,
    SUBJECT,
    SWAPPED,
    Rulebook,
)
from graph.reasoning.sets.support import EMPTY

Rows: TypeAlias = dict[int, set[int]]
"""Nodes by a predicate and the node at its other end, which are packed as in a fact."""

EVERY: Final = range(1 << 64 - PREDICATE)
"""The places of all predicates."""


class Assembly:
    """The joint closure of some graphs, from facts that are closed graph by graph already.

    What holds in `base` holds here too. Facts are packed, and `wanted` are the places of the
    predicates of those that are concluded (graph/reasoning/facts/rulebook.py).
    """

    def __init__(
        self,
        rulebook: Rulebook,
        literals: bytearray,
        base: Assembly | None = None,
        wanted: Container[int] = EVERY,
    ) -> None:
        self.rulebook = rulebook
        self.literals = literals
        self.base = base
        self.wanted = wanted
        self.held: dict[int, Sequence[int]] = {}
        self.onward: Rows = {}
        self.backward: Rows = {}
        self.concluded: Rows = {}
        self.waiting: defaultdict[int, set[int]] = defaultdict(set)
        self.met: set[int] = set(base.met) if base else set()

    def gather(self, held: Mapping[int, Sequence[int]]) -> None:
        """Take up facts, each with the graphs that hold it and all that follows from it alone."""
        for fact, graphs in held.items():
            self.held[fact] = (*graphs, *self.holders(fact))
            self.waiting[fact >> SUBJECT].add(fact & END)
        while self.waiting:
            rows, self.waiting = self.waiting, defaultdict(set)
            for row, objects in rows.items():
                new = objects - self.after(row)
                if new:
                    self.enter(row, new)
                    for head, ends in self.joined(row, new):
                        self.conclude(head, ends)

    def enter(self, row: int, objects: Set[int]) -> None:
        """Take up facts of a row, so that others are joined with them."""
        base, subject = row & ~END, row & END
        self.met.add(row >> SUBJECT)
        of_row = self.onward.get(row)
        if of_row is None:
            self.onward[row] = {*self.after(row), *objects}
        else:
            of_row |= objects
        for node in objects:
            subjects = self.backward.get(base | node)
            if subjects is None:
                self.backward[base | node] = {*self.before(base | node), subject}
            else:
                subjects.add(subject)

    def conclude(self, row: int, objects: Set[int]) -> None:
        """Take up that facts of a row follow from several, and what follows from them in turn."""
        known = self.concluded.get(row)
        if known is None:
            known = self.concluded[row] = set(self.concluded_of(row))
        new = objects - known
        if new:
            known |= new
            self.waiting[row] |= new
            self.follow(row, new)

    def follow(self, row: int, objects: Set[int]) -> None:
        """Take up what follows from facts of a row by the rules of one premise."""
        subject = row & END
        for (kind, base), key in self.rulebook.onward.get(row >> SUBJECT, ()):
            head = base >> PREDICATE << SUBJECT
            ends = objects if key == ANY else objects & {key}
            if not ends or head >> SUBJECT not in self.wanted:
                continue
            if kind == SAME:
                self.conclude(head | subject, ends)
            elif kind == OF_SUBJECT:
                self.conclude(head | subject, {base & END})
            else:
                value = {subject if kind == SWAPPED else base & END}
                for node in ends:
                    if not self.literals[node]:
                        self.conclude(head | node, value)

    def joined(self, row: int, objects: Set[int]) -> Iterator[tuple[int, Set[int]]]:
        """Yield what follows from facts of a row with those that were entered, row by row."""
        predicate, subject = row >> SUBJECT, row & END
        for (steps, head), place in self.rulebook.paths.get(predicate, ()):
            if head in self.wanted and self.met.issuperset(steps):
                ends = objects
                for step in steps[place + 1 :]:
                    ends = EMPTY.union(*[self.after(step << SUBJECT | node) for node in ends])
                starts: Set[int] = {subject} if ends else EMPTY
                for step in reversed(steps[:place]):
                    starts = EMPTY.union(*[self.before(step << SUBJECT | node) for node in starts])
                for start in starts:
                    yield head << SUBJECT | start, ends

    def after(self, row: int) -> Set[int]:
        """Return the objects of a row."""
        found = self.onward.get(row)
        if found is None:
            return self.base.after(row) if self.base else EMPTY
        return found

    def before(self, row: int) -> Set[int]:
        """Return the subjects of a predicate and an object."""
        found = self.backward.get(row)
        if found is None:
            return self.base.before(row) if self.base else EMPTY
        return found

    def concluded_of(self, row: int) -> Set[int]:
        """Return the objects of the facts of a row that may follow from several."""
        found = self.concluded.get(row)
        if found is None:
            return self.base.concluded_of(row) if self.base else EMPTY
        return found

    def holders(self, fact: int) -> Sequence[int]:
        """Return the graphs that hold a fact alone; ONTOLOGY is one of them."""
        found = self.held.get(fact)
        if found is None:
            return self.base.holders(fact) if self.base else ()
        return found
