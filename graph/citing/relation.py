"""Rows, and what each of them rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from pyoxigraph import Variable

from graph.axiom import Term
from graph.citing.plan import Notes
from graph.citing.tracer import Traced, either
from graph.support import NOTHING

Key: TypeAlias = tuple[Term | None, ...]
"""The values of a row, in the order of the columns."""


@dataclass(slots=True)
class Relation:
    """Rows in order, and what each rests on.

    `solutions` are those that were added since they were last joined. A row that was not followed
    is not in `traced`; one that counts nothing is in `empty`.
    """

    columns: tuple[Variable, ...]
    rows: list[Key] = field(default_factory=list)
    solutions: dict[Key, list[Traced]] = field(default_factory=dict)
    joined: dict[Key, Traced] = field(default_factory=dict)
    empty: set[Key] = field(default_factory=set)
    notes: Notes = field(default_factory=Notes)

    def add(self, key: Key, traced: Traced) -> None:
        """Take up one more solution that gives a row."""
        self.solutions.setdefault(key, []).append(traced)

    @property
    def traced(self) -> dict[Key, Traced]:
        """What each row rests on, by any of its solutions."""
        for key, found in self.solutions.items():
            before = self.joined.get(key)
            self.joined[key] = either(found if before is None else [before, *found])
        self.solutions.clear()
        return self.joined

    def find(self, key: Key) -> Traced:
        """Return what a row rests on that another answer has joined; it may have bound more."""
        if key in self.traced:
            return self.traced[key]
        found = Traced(NOTHING, sure=False)
        for one, traced in self.traced.items():
            if all(a is None or b is None or a == b for a, b in zip(one, key, strict=True)):
                found |= traced
        return Traced(found.support, sure=False)
