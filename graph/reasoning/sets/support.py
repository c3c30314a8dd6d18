"""Support: the smallest sets of named graphs that hold something by themselves.

Supports form the lattice of positive Boolean functions: `|` is "one of both will do", `&` is "both
are needed" (Green, Karvounarakis and Tannen, Provenance semirings, PODS 2007).

It is compiled where a C compiler is at hand: support.pxd gives the types
(docs/decisions/0010-counting-is-compiled.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from heapq import nsmallest
from math import isqrt
from typing import Final, TypeAlias

Graphs: TypeAlias = frozenset[int]
"""A set of graphs, by their numbers."""

LIMIT: Final = 64
"""Sets of several graphs kept of one support; past that the largest are dropped."""

MOST_PAIRS: Final = 1024
"""Combinations of sets that are looked at where two supports are both needed."""

FEW: Final = 4
"""Sets that are kept of a support that is thinned."""

ALL: Final = 1 << 62

EMPTY: Final[Graphs] = frozenset()


class Support:
    """Minimal sets: the graphs that hold it alone, and the sets of several, smallest first.

    It is known of each set of at most `whole` graphs whether it holds: at least of single ones.
    What is given holds in the empty set, which is then the only one in `several`. A support is
    never changed.
    """

    def __init__(
        self, ones: Graphs = EMPTY, several: tuple[Graphs, ...] = (), whole: int = ALL
    ) -> None:
        self.ones = ones
        self.several = several
        self.whole = whole

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Support) or type(other) is not type(self):
            return NotImplemented
        return (self.ones, self.several, self.whole) == (other.ones, other.several, other.whole)

    def __hash__(self) -> int:
        return hash((self.ones, self.several, self.whole))

    @property
    def exact(self) -> bool:
        """Whether no set is missing."""
        return self.whole == ALL

    @property
    def tells(self) -> bool:
        """Whether `holds_in` is right of every set, and `needed` too."""
        return self.exact

    @property
    def count(self) -> int:
        """How many sets are known."""
        return len(self.ones) + len(self.several)

    def __bool__(self) -> bool:
        """Whether any set is known."""
        return bool(self.ones or self.several)

    def first(self, most: int) -> list[Graphs]:
        """Return some sets, the smallest first."""
        if not self.ones:
            return list(self.several[:most])
        if len(self.ones) == 1:
            return [self.ones, *self.several[: most - 1]]
        found = [frozenset((one,)) for one in nsmallest(most, self.ones)]
        return found + list(self.several[: most - len(found)])

    def certain(self, most: int) -> list[Graphs]:
        """Return some sets that surely need each of their graphs, the smallest first."""
        return [one for one in self.first(most) if len(one) - 1 <= self.whole]

    def needed(self, graphs: Graphs) -> Graphs:
        """Return those of some graphs in which it holds without which it would not."""
        alone = self.ones & graphs
        if not self.several or len(alone) > 1:
            return alone if len(alone) == 1 else EMPTY
        within = [one for one in self.several if one <= graphs]
        return frozenset.intersection(*within, *([alone] if alone else []))

    def thinned(self) -> Support:
        """Return a support of a few of the sets."""
        if self.count <= FEW:
            return self
        found = self.first(FEW)
        ones = EMPTY.union(*(one for one in found if len(one) == 1))
        return Support(ones, tuple(one for one in found if len(one) > 1), 0)

    def __or__(self, other: Support) -> Support:
        """Return the support of what holds when either does."""
        if self == other:
            return self
        return union((self, other))

    def __and__(self, other: Support) -> Support:
        """Return the support of what holds when both do."""
        return self.both(other, MOST_PAIRS)

    def both(self, other: Support, most: int) -> Support:
        """Return the support of what holds when both do, of at most so many combinations."""
        if self.several == (EMPTY,) or self == other:
            return other
        if other.several == (EMPTY,):
            return self
        ones, whole = self.ones & other.ones, min(self.whole, other.whole)
        if self.count == other.count == 1 and not ones:
            return Support(several=(self.first(1)[0] | other.first(1)[0],), whole=whole)
        left, right = self.without(ones), other.without(ones)
        if len(left) * len(right) > most:
            few = isqrt(most)
            left, right, whole = left[:few], right[:few], 1
        return reduced(ones, {a | b for a in left for b in right}, whole)

    def without(self, ones: Graphs) -> list[Graphs]:
        """Return the sets but those of these single graphs."""
        rest = self.ones - ones if ones else self.ones
        return [*(frozenset((one,)) for one in sorted(rest)), *self.several]

    def holds_in(self, graphs: Graphs) -> bool:
        """Whether some set stands within these graphs."""
        if not self.ones.isdisjoint(graphs):
            return True
        return bool(self.several) and any(one <= graphs for one in self.several)

    def witness(self, graphs: Graphs, without: Set[int] = EMPTY) -> Graphs | None:
        """Return which of some graphs, without others, are enough to hold it, or None."""
        if self.ones:
            alone = (self.ones & graphs) - without
            if alone:
                return frozenset((min(alone),))
        for one in self.several:
            if one <= graphs and one.isdisjoint(without):
                return one
        return None


NOTHING: Final = Support()
"""No set of graphs holds it."""

GIVEN: Final = Support(several=(EMPTY,))
"""It holds whatever graphs there are: the ontology is taken as given."""


def reduced(ones: Graphs, sets: Iterable[Graphs], whole: int = ALL) -> Support:
    """Return the support of single graphs and sets of several, without those that hold others."""
    kept: list[Graphs] = []
    for one in sorted(set(sets), key=lambda graphs: (len(graphs), sorted(graphs))):
        if not one:
            return GIVEN
        if ones.isdisjoint(one) and not any(smaller <= one for smaller in kept):
            if len(kept) == LIMIT:
                return Support(ones, tuple(kept), min(whole, len(one) - 1))
            kept.append(one)
    return Support(ones, tuple(kept), whole)


def union(supports: Iterable[Support]) -> Support:
    """Return the sets that hold one of these, so many as are kept."""
    ones: set[int] = set()
    several: set[Graphs] = set()
    whole = ALL
    for support in supports:
        ones.update(support.ones)
        several.update(support.several)
        whole = min(whole, support.whole)
    return reduced(frozenset(ones), several, whole)
