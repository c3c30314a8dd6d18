"""The facts of a dataset row by row: what is said of a node by a predicate, and by which graphs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from graph.reasoning.assembly import GIVEN
from graph.reasoning.fact_index import AXIOM, CLOSED, TOGETHER, FactIndex, turned
from graph.reasoning.rulebook import END, SUBJECT

Held: TypeAlias = tuple[int, tuple[int, ...]]
"""A node at the other end, with the graphs that hold the fact alone; GIVEN is one."""

Row: TypeAlias = list[Held]

MOST_KEPT: Final = 100_000
"""The rows that are kept for the next time, and the nodes in them: some 25 MB."""


class Rows:
    """The rows of an index, each read when it is first needed; `parts` tells which graphs count."""

    def __init__(self, index: FactIndex, parts: bytes) -> None:
        self.index = index
        self.parts = parts
        self.onward: dict[int, Row] = {}
        self.backward: dict[int, Row] = {}
        self.kept = 0

    def after(self, row: int) -> Row:
        """Return the objects of a predicate and a subject."""
        found = self.onward.get(row)
        if found is None:
            places = self.index.row(row)
            read = [(self.index.by_subject[place] & END, place) for place in places]
            found = self.keep(self.onward, row, self.held(read))
        return found

    def before(self, row: int) -> Row:
        """Return the subjects of a predicate and an object."""
        found = self.backward.get(row)
        if found is None:
            facts = map(turned, self.index.turned_row(row))
            read = [(fact >> SUBJECT & END, self.index.at(fact)) for fact in facts]
            found = self.keep(self.backward, row, self.held(read))
        return found

    def keep(self, rows: dict[int, Row], row: int, found: Iterable[Held]) -> Row:
        """Return a row that was read, and keep it."""
        kept = list(found)
        self.kept += len(kept) + 1
        if self.kept > MOST_KEPT:
            self.kept = len(kept) + 1
            self.onward.clear()
            self.backward.clear()
        rows[row] = kept
        return kept

    def held(self, places: Iterable[tuple[int, int]]) -> Iterator[Held]:
        """Yield those of some nodes whose facts are held by graphs alone, with the graphs."""
        marks = self.index.marks
        for node, place in places:
            if marks[place] & AXIOM:
                yield node, (GIVEN,)
            elif marks[place] & (CLOSED | TOGETHER) == CLOSED:
                yield node, self.index.alone(place, self.parts)
