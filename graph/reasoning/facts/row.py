"""The facts of a dataset row by row: what is said of a node by a predicate, and by which graphs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from graph.reasoning.facts.fact_index import AXIOM, CLOSED, ONTOLOGY, TOGETHER, FactIndex
from graph.reasoning.facts.rulebook import END, SUBJECT

Holders: TypeAlias = tuple[int, ...]
"""The graphs that hold a fact alone; ONTOLOGY is one."""

Row: TypeAlias = dict[int, Holders]
"""Who holds the facts of a row, by their other ends; not those that no graph holds alone."""

ALONE: Final = CLOSED | TOGETHER
"""The marks that tell whether a graph holds a fact alone: it has the first, and not the second."""

MOST_KEPT: Final = 100_000
"""The rows that are kept for the next time, and the nodes in them: some 20 MB."""


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
            facts = self.index.by_subject
            places = {facts[place] & END: place for place in self.index.row(row)}
            found = self.keep(self.onward, row, places)
        return found

    def before(self, row: int) -> Row:
        """Return the subjects of a predicate and an object."""
        found = self.backward.get(row)
        if found is None:
            facts = self.index.by_subject
            places = {facts[place] >> SUBJECT & END: place for place in self.index.of_object(row)}
            found = self.keep(self.backward, row, places)
        return found

    def keep(self, rows: dict[int, Row], row: int, places: Mapping[int, int]) -> Row:
        """Return a row of the facts of some places, and keep it."""
        held = {node: self.holders(place) for node, place in places.items()}
        found = {node: graphs for node, graphs in held.items() if graphs}
        self.kept += len(found) + 1
        if self.kept > MOST_KEPT:
            self.kept = len(found) + 1
            self.onward.clear()
            self.backward.clear()
        rows[row] = found
        return found

    def holders(self, place: int) -> Holders:
        """Return who holds the fact of a place alone, if it is of the closure."""
        marks = self.index.marks[place]
        if marks & AXIOM:
            return (ONTOLOGY,)
        return self.index.alone(place, self.parts) if marks & ALONE == CLOSED else ()
