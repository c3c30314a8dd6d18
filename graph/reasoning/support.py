"""Support: the smallest sets of named graphs that hold something by themselves.

Supports form the lattice of positive Boolean functions: `|` is "one of both will do", `&` is "both
are needed" (Green, Karvounarakis and Tannen, Provenance semirings, PODS 2007).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from heapq import nsmallest
from math import isqrt
from typing import Final, TypeAlias

from graph.reasoning.conjunction import together
from graph.reasoning.reduction import Reduction

Graphs: TypeAlias = frozenset[int]
"""A set of graphs, by their numbers."""

LIMIT: Final = 64
"""Sets of several graphs kept of one support; past that the largest are dropped."""

MOST_PAIRS: Final = 1024
"""Combinations of sets that are looked at where two supports are both needed."""

FEW: Final = 4
"""Sets that are kept of a support that is thinned."""

MOST_NEEDS: Final = 8
"""Supports of single graphs of which all combinations are sought where all are needed."""

ALL: Final = 1 << 62

EMPTY: Final[Graphs] = frozenset()


@dataclass(frozen=True, slots=True)
class Support:
    """Minimal sets: the graphs that hold it alone, and the sets of several, smallest first.

    It is known of each set of at most `whole` graphs whether it holds: at least of single ones.
    What is given holds in the empty set, which is then the only one in `several`.
    """

    ones: Graphs = EMPTY
    several: tuple[Graphs, ...] = ()
    whole: int = ALL

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


class Tested(Support):
    """A support that may miss sets, but tells of any set whether it holds in it."""

    __slots__ = ()
    tells = True
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def certain(self, most: int) -> list[Graphs]:
        """Return some sets that surely need each of their graphs, the smallest first."""
        if len(self.ones) >= most:
            return self.first(most)
        found = dict.fromkeys(map(self.least, self.first(most)))
        return sorted(found, key=len)

    def least(self, graphs: Graphs) -> Graphs:
        """Return a set in which it holds without those of its graphs that are not needed."""
        if len(graphs) < 2 or (len(graphs) == 2 and self.ones.isdisjoint(graphs)):
            return graphs
        things = list(self.conjuncts())
        known = needed_by((one for one in things if one.exact), graphs)
        return Reduction(graphs, known).reduced(things)

    def conjuncts(self) -> Iterator[Support]:
        """Yield what all has to hold where it does."""
        yield self


@dataclass(frozen=True, slots=True, eq=False)
class Choice(Tested):
    """The support of what holds when all parts of one of the options do.

    An option is the places of its parts. Each part tells of any set whether it holds in it.
    `settled` is that the sets need each of their graphs.
    """

    parts: Mapping[int, Support] | Sequence[Support] = ()
    options: Sequence[Sequence[int]] = ()
    settled: bool = False

    def certain(self, most: int) -> list[Graphs]:
        """Return some sets that surely need each of their graphs, the smallest first."""
        return self.first(most) if self.settled else Tested.certain(self, most)

    def holds_in(self, graphs: Graphs) -> bool:
        """Whether it holds in these graphs."""
        parts = self.parts
        return any(all(parts[one].holds_in(graphs) for one in of) for of in self.options)

    def needed(self, graphs: Graphs) -> Graphs:
        """Return what all options need that hold in these graphs."""
        found, parts = graphs, self.parts
        for option in self.options:
            if not found:
                break
            if len(self.options) == 1 or all(parts[one].holds_in(graphs) for one in option):
                found &= needed_by([parts[one] for one in option], graphs)
        return found

    def witness(self, graphs: Graphs, without: Set[int] = EMPTY) -> Graphs | None:
        """Return which of some graphs, without others, are enough to hold it, or None."""
        known = Support.witness(self, graphs, without)
        if known is not None:
            return known
        for option in self.options:
            found = witness_of_all((self.parts[one] for one in option), graphs, without)
            if found is not None:
                return found
        return None

    def conjuncts(self) -> Iterator[Support]:
        """Yield what all has to hold where it does."""
        if len(self.options) > 1:
            yield self
            return
        for part in map(self.parts.__getitem__, self.options[0]):
            yield from part.conjuncts() if isinstance(part, Tested) else (part,)


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


def needed_by(parts: Iterable[Support], graphs: Graphs) -> Graphs:
    """Return those of some graphs in which all parts hold that one of them needs."""
    found: set[int] = set()
    for part in parts:
        if len(found) == len(graphs):
            break
        found |= part.needed(graphs)
    return frozenset(found)


def witness_of_all(parts: Iterable[Support], graphs: Graphs, without: Set[int]) -> Graphs | None:
    """Return which of some graphs, without others, are enough to hold all parts, or None."""
    found: set[int] = set()
    for part in parts:
        one = part.witness(graphs, without)
        if one is None:
            return None
        found |= one
    return frozenset(found)


def any_of(supports: Iterable[Support]) -> Support:
    """Return the support of what holds when one of these does."""
    parts = tuple(dict.fromkeys(one for one in supports if one))
    if len(parts) < 2:
        return parts[0] if parts else NOTHING
    found = union(parts)
    if found.exact or not all(part.tells for part in parts):
        return found
    options = [(place,) for place in range(len(parts))]
    return Choice(found.ones, found.several, found.whole, parts, options)


def all_of(supports: Iterable[Support], enough: int = LIMIT) -> Support:
    """Return the support of what holds when all of these do; so many sets are enough."""
    parts = tuple({id(one): one for one in supports if one is not GIVEN}.values())
    if len(parts) < 2:
        return parts[0] if parts else GIVEN
    if not all(parts):
        return NOTHING
    few = few_sets(parts, enough)
    found = product(parts, enough) if few is None else few
    if found.exact or not all(part.tells for part in parts):
        return found
    settled = few is not None and all(part.exact for part in parts)
    options = (range(len(parts)),)
    return Choice(found.ones, found.several, found.whole, parts, options, settled)


def few_sets(supports: Sequence[Support], enough: int) -> Support | None:
    """Return the least sets that hold all of these, or so many; None where that is not simple.

    It is simple where some are held by one set only, and few others by single graphs.
    """
    sure = [one for one in supports if one.exact and not one.ones and len(one.several) == 1]
    fixed = EMPTY.union(*(one.several[0] for one in sure))
    free = [one for one in supports if one not in sure] if sure else supports
    free = [one for one in free if one.ones.isdisjoint(fixed)]
    if len(free) > MOST_NEEDS or any(one.several for one in free):
        return None
    found = single_graphs(free, enough) if free else GIVEN
    if found is None or not fixed:
        return found
    sets = tuple(fixed | one for one in found.first(enough))
    return Support(several=sets, whole=found.whole if len(sets) < enough else 1)


def single_graphs(supports: Sequence[Support], enough: int) -> Support | None:
    """Return the least choices of a graph for each of these, or so many of them.

    None where too many have to be looked at.
    """
    needs = [one.ones for one in supports]
    common = frozenset.intersection(*needs)
    if len(common) >= enough:
        return Support(common, whole=1)
    sets = together(needs, enough)
    if sets is None:
        return None
    whole = min(one.whole for one in supports) if len(sets) < enough else 1
    return Support(common, tuple(sets), whole)


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


def product(supports: Iterable[Support], most: int = MOST_PAIRS) -> Support:
    """Return the sets that hold all of these, so many as are kept.

    Where too many have several sets, one set is built that suffices.
    """
    distinct = dict.fromkeys(supports)
    if not all(distinct):
        return NOTHING
    fixed: list[Support] = []
    free: list[Support] = []
    for one in distinct:
        (free if one.count > 1 else fixed).append(one)
    result = joined(fixed)
    if len(free) > most:
        ones = frozenset.intersection(*(one.ones for one in distinct if one != GIVEN))
        return reduced(ones, {cover(fixed, free)}, 1)
    for support in sorted(free, key=lambda one: one.count):
        result = result.both(support, most)
    return result


def cover(fixed: Iterable[Support], free: Sequence[Support]) -> Graphs:
    """Return a set that holds all of these, of graphs that hold many of them.

    What may hold in several is left to those that the rest needs, where it holds in them.
    """
    needed = EMPTY.union(*(one.first(1)[0] for one in fixed if one.exact or not one.ones))
    found = needed.union(*(one.first(1)[0] for one in fixed if not one.holds_in(needed)))
    uses = Counter(graph for one in free for graph in one.ones)
    for support in sorted(free, key=lambda one: one.count):
        if not Support.holds_in(support, found):
            if support.ones:
                found |= {max(support.ones, key=lambda graph: (uses[graph], -graph))}
            else:
                found |= support.several[0]
    return found


def joined(supports: Sequence[Support]) -> Support:
    """Return the support of the union of the first set of each."""
    graphs = EMPTY.union(*(one.first(1)[0] for one in supports))
    whole = min((one.whole for one in supports), default=ALL)
    if len(graphs) == 1:
        return Support(graphs, whole=whole)
    return Support(several=(graphs,), whole=whole)
