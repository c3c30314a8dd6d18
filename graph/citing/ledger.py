"""What an answer rests on, worked out once for all rows that need the same.

Each thing that a solution may need is entered with its support, and is a number from then on. A
solution is the numbers of all that it needs; a row holds by any of its solutions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, product
from math import prod
from typing import Final, TypeAlias

from graph.citing.conjunction import together
from graph.proof import MOST_PROOFS
from graph.provenance import SMALL, Provenance
from graph.support import EMPTY, GIVEN, LIMIT, NOTHING, Graphs, Support, all_of, any_of

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
        self.small = len(provenance.union) <= SMALL
        self.enough = LIMIT if self.small else MOST_PROOFS + 1
        self.supports: list[Support] = []
        self.alone: list[Graphs] = []
        self.numbers: dict[int, int] = {}
        self.unsure: set[int] = set()
        self.known: dict[frozenset[int], Support] = {}
        self.enter(GIVEN)

    def want(self, proofs: int) -> None:
        """Look for so many proofs of a row, and whether there are more."""
        if not self.small:
            self.enough = proofs + 1

    def enter(self, support: Support, sure: bool = True) -> int:
        """Return the number of a support, a new one unless the very object was entered before."""
        number = self.numbers.get(id(support)) if sure else None
        if number is None:
            number = len(self.supports)
            self.supports.append(support)
            self.alone.append(EMPTY if support.several or not support.exact else support.ones)
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
        needed = frozenset(numbers)
        found = self.known.get(needed)
        if found is None:
            supports = [self.supports[number] for number in needed if number]
            found = self.known[needed] = self.joined(supports)
        return Traced(found, self.sure(needed))

    def joined(self, supports: Sequence[Support]) -> Support:
        """Return the support of what holds where all of these do."""
        if len(supports) < 2:
            return supports[0] if supports else GIVEN
        if len(supports) <= MANY:
            found = together([one.ones for one in supports], self.enough)
            if found and all(one.exact and not one.several for one in supports):
                return found
            if found and self.suffices(found):
                return Support(found.ones, found.several, 1)
        return all_of(supports)

    def suffices(self, support: Support) -> bool:
        """Whether there are enough sets of at most two graphs: they surely need both of them."""
        return support.count >= self.enough and all(len(one) == 2 for one in support.several)

    def apart(self, needed: Needed, most: int) -> tuple[list[Needed], bool]:
        """Return proofs of a solution where no graph meets two of its needs, and if there are more.

        That is the common case, and no more than a choice of one graph for each need. None is
        returned where a need is not met by single graphs alone.
        """
        needs = [self.alone[number] for number in needed if number]
        if len(EMPTY.union(*needs)) != sum(map(len, needs)) or not all(needs):
            return [], False
        return list(islice(product(*needs), most)), prod(map(len, needs)) > most

    def any(self, solutions: Sequence[Needed]) -> Traced:
        """Return what it rests on that one of these solutions holds."""
        if len(solutions) == 1:
            return self.all(solutions[0])
        sure = not self.unsure or all(map(self.unsure.isdisjoint, solutions))
        different = list(dict.fromkeys(solutions))
        found = self.in_pairs(different)
        if not self.suffices(found):
            found = any_of(self.all(needed).support for needed in different)
        return Traced(found, sure)

    def in_pairs(self, solutions: Sequence[Needed]) -> Support:
        """Return sets of at most two graphs in which a solution holds, enough or all single ones.

        It is known of every graph whether it holds a solution alone, so no pair needs but one.
        """
        needs = [[self.supports[one].ones for one in needed if one] for needed in solutions]
        ones: set[int] = set()
        if not all(needs):
            return NOTHING  # a solution that needs nothing is better than any set
        for need in needs:
            ones |= frozenset.intersection(*need)
            if len(ones) >= self.enough:
                return Support(frozenset(ones), whole=1)
        pairs: dict[Graphs, None] = {}
        for need in needs:
            found = together(need, self.enough)
            for one in found.several if found else ():
                if len(one) == 2 and ones.isdisjoint(one):
                    pairs[one] = None
            if len(ones) + len(pairs) >= self.enough:
                break
        return Support(frozenset(ones), tuple(pairs), 1)
