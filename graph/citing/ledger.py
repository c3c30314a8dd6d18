"""What an answer rests on, worked out once for all rows that need the same.

Each thing that a solution may need is entered with its support, and is a number from then on. A
solution is the numbers of all that it needs; a row holds by any of its solutions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from graph.citing.conjunction import together
from graph.proof import MOST_PROOFS
from graph.provenance import Provenance
from graph.support import GIVEN, NOTHING, Graphs, Support, all_of, any_of

Needed: TypeAlias = tuple[int, ...]
"""What a solution needs, by numbers of the ledger."""

NO_NEED: Final = 0
"""The number of what is given."""

MANY: Final = 8
"""Needs of one row beyond which they are not joined one by one."""


@dataclass(frozen=True, slots=True)
class Traced:
    """What a row rests on; where `sure` is false, other solutions may need fewer graphs."""

    support: Support
    sure: bool = True


class Ledger:
    """The supports that were found while one query was followed."""

    def __init__(self, provenance: Provenance) -> None:
        self.most_pairs = provenance.most_pairs
        self.enough = max(provenance.enough, MOST_PROOFS + 1)
        self.supports: list[Support] = []
        self.numbers: dict[int, int] = {}
        self.unsure: set[int] = set()
        self.known: dict[Needed, Support] = {}
        self.enter(GIVEN)

    def enter(self, support: Support, sure: bool = True) -> int:
        """Return the number of a support, a new one unless the very object was entered before."""
        number = self.numbers.get(id(support)) if sure else None
        if number is None:
            number = len(self.supports)
            self.supports.append(support)
            if sure:
                self.numbers[id(support)] = number
            else:
                self.unsure.add(number)
        return number

    def record(self, traced: Traced) -> int:
        """Return the number of what was traced."""
        return self.enter(traced.support, traced.sure)

    def sure(self, numbers: Iterable[int]) -> bool:
        """Whether all of these are sure."""
        return not self.unsure or self.unsure.isdisjoint(numbers)

    def all(self, numbers: Iterable[int]) -> Traced:
        """Return what it rests on that all of these hold."""
        needed = tuple(sorted(set(numbers) - {NO_NEED}))
        if needed not in self.known:
            self.known[needed] = self.joined([self.supports[number] for number in needed])
        return Traced(self.known[needed], self.sure(needed))

    def joined(self, supports: Sequence[Support]) -> Support:
        """Return the support of what holds where all of these do."""
        if len(supports) > MANY:
            return all_of(supports)
        found = None
        if len(supports) > 1 and all(one.exact and not one.several for one in supports):
            found = together([one.ones for one in supports], self.enough)
        if found is not None:
            return found
        found = GIVEN
        for support in supports:
            found = found.both(support, self.most_pairs)
        return found

    def any(self, solutions: Sequence[Needed]) -> Traced:
        """Return what it rests on that one of these solutions holds.

        Graphs that hold one alone are looked for first, and are enough where there are many.
        """
        if not solutions:
            return Traced(NOTHING)
        if len(solutions) == 1:
            return self.all(solutions[0])
        sure = not self.unsure or all(map(self.unsure.isdisjoint, solutions))
        solutions = list(dict.fromkeys(solutions))
        if sure and len(ones := self.single(solutions)) >= self.enough:
            return Traced(Support(ones, whole=1))
        return Traced(any_of(self.all(needed).support for needed in solutions), sure)

    def single(self, solutions: Iterable[Needed]) -> Graphs:
        """Return graphs of which each holds one of the solutions alone: all, or enough."""
        found: set[int] = set()
        for needed in solutions:
            ones = [self.supports[number].ones for number in needed if number]
            if not ones:
                return frozenset()
            found |= frozenset.intersection(*ones)
            if len(found) >= self.enough:
                break
        return frozenset(found)
