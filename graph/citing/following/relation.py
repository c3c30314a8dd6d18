"""Rows, and what each of them rests on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pyoxigraph import Variable

from graph.citing.extending.plan import Notes
from graph.citing.following.solution import UNBOUND, Key
from graph.citing.weighing.ledger import Ledger, Needed, Traced


@dataclass(frozen=True, slots=True)
class Counted:
    """How many solutions a row counts, and the query that lists them, where there can be one."""

    number: int
    query: str | None


class Scanned(Mapping[Key, list[Needed]]):
    """The solutions of different rows that rest on one triple each, by the places of the triples.

    What a row needs is numbered when it is asked for: the proofs of most are told without.
    """

    def __init__(self, rows: Sequence[Key], places: Sequence[int], ledger: Ledger) -> None:
        self.rows = rows
        self.places = places
        self.supports = ledger.supports

    @cached_property
    def by_row(self) -> dict[Key, int]:
        """The place of the triple of each row."""
        return dict(zip(self.rows, self.places, strict=True))

    def __getitem__(self, key: Key) -> list[Needed]:
        packed = self.supports.provenance.union.by_subject[self.by_row[key]]
        return [tuple(self.supports.facts([packed]))]

    def __iter__(self) -> Iterator[Key]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


class Tallied(Mapping[Key, list[Needed]]):
    """The solutions of rows that count facts, each all together, by the places of the facts.

    What a row needs is weighed when it is asked for: the proofs of many are told without.
    """

    def __init__(self, places: Mapping[Key, Sequence[int]], ledger: Ledger) -> None:
        self.places = places
        self.ledger = ledger
        self.known: dict[Key, list[Needed]] = {}

    def __getitem__(self, key: Key) -> list[Needed]:
        if key not in self.known:
            traced = self.ledger.facts(self.places[key])
            self.known[key] = [(self.ledger.record(traced),)]
        return self.known[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)


@dataclass(slots=True)
class Relation:
    """Rows in order, and the solutions that give each.

    A row that was not followed has no solutions; one that counts nothing is in `empty`, one
    that counts too much to be followed in `counted`. `everywhere` are the solutions that give a row
    where what must be absent for others is not looked for, if they were asked for.
    """

    columns: tuple[Variable, ...]
    ledger: Ledger
    rows: list[Key] = field(default_factory=list)
    solutions: dict[Key, list[Needed]] | Scanned | Tallied = field(default_factory=dict)
    empty: set[Key] = field(default_factory=set)
    counted: dict[Key, Counted] = field(default_factory=dict)
    everywhere: dict[Key, list[Needed]] = field(default_factory=dict)
    notes: Notes = field(default_factory=Notes)

    def add(self, key: Key, solutions: Iterable[Needed]) -> None:
        """Take up more solutions that give a row."""
        assert isinstance(self.solutions, dict)  # noqa: S101 - rows that stand have one each
        self.solutions.setdefault(key, []).extend(solutions)

    def follow(self, keys: Iterable[Key], solutions: Iterable[Needed]) -> None:
        """Take up the solutions of a new relation, each beside the row that it gives."""
        pairs = list(zip(keys, solutions, strict=True))
        self.solutions = {key: [needed] for key, needed in pairs}
        if len(self.solutions) < len(pairs):
            found = defaultdict(list)
            for key, needed in pairs:
                found[key].append(needed)
            self.solutions = dict(found)

    def traced(self, key: Key) -> Traced | None:
        """Return what a row rests on, by any of its solutions; None where none was followed."""
        solutions = self.solutions.get(key)
        return None if solutions is None else self.ledger.any(solutions)

    def find(self, key: Key) -> Traced:
        """Return what a row rests on that another answer has joined; it may have bound more."""
        if traced := self.traced(key):
            return traced
        found = [
            needed
            for one, solutions in self.solutions.items()
            if all(a == b or UNBOUND in (a, b) for a, b in zip(one, key, strict=True))
            for needed in solutions
        ]
        return Traced(self.ledger.any(found).support, sure=False)
