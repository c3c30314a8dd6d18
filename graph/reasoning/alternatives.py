"""Alternatives: sets of graphs, each of which holds a fact by itself.

They form the lattice of positive Boolean functions: a union holds where one of them does, a product
where all do (Green, Karvounarakis and Tannen, Provenance semirings, PODS 2007).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from heapq import nsmallest
from typing import Final

from graph.reasoning.closure import NONE, Graphs


@dataclass(frozen=True, slots=True)
class Alternatives:
    """The graphs that hold a fact alone, and the sets of several that do, the smallest first.

    None holds another. `exact` says that no set is missing. A fact that is given holds in the
    empty set.
    """

    alone: Graphs = NONE
    several: tuple[Graphs, ...] = ()
    exact: bool = True

    def __bool__(self) -> bool:
        return bool(self.alone or self.several)

    def __len__(self) -> int:
        return len(self.alone) + len(self.several)

    def first(self, most: int) -> tuple[Graphs, ...]:
        """Return some of the sets, the smallest first."""
        single = tuple(frozenset((graph,)) for graph in nsmallest(most, self.alone))
        return single + self.several[: most - len(single)]

    def holds_in(self, graphs: Graphs) -> bool:
        """Return whether one of the sets is among some graphs."""
        return not self.alone.isdisjoint(graphs) or any(one <= graphs for one in self.several)


NOTHING: Final = Alternatives()
GIVEN: Final = Alternatives(several=(NONE,))


def union(all_of: Sequence[Alternatives], most: int) -> Alternatives:
    """Return the alternatives of what holds where one of these does, so many at most."""
    known = [one for one in all_of if one]
    if GIVEN in known:
        return GIVEN
    alone = NONE.union(*(one.alone for one in known))
    several = {graphs for one in known for graphs in one.several}
    return minimal(alone, several, most, all(one.exact for one in all_of))


def product(all_of: Sequence[Alternatives], most: int) -> Alternatives:
    """Return the alternatives of what holds where all of these do, so many at most."""
    if not all(all_of):
        return NOTHING
    return reduce(lambda left, right: both(left, right, most), all_of, GIVEN)


def both(left: Alternatives, right: Alternatives, most: int) -> Alternatives:
    """Return the alternatives of what holds where two do."""
    if left in {GIVEN, right}:
        return right
    if right == GIVEN:
        return left
    alone = left.alone & right.alone
    ones, others = (
        Alternatives(one.alone - alone, one.several).first(most) for one in (left, right)
    )
    exact = left.exact and right.exact and max(len(left), len(right)) <= most
    return minimal(alone, {a | b for a in ones for b in others}, most, exact)


def minimal(alone: Graphs, several: Iterable[Graphs], most: int, exact: bool) -> Alternatives:
    """Return the alternatives without those that hold another, so many of several graphs."""
    kept: list[Graphs] = []
    for graphs in sorted(several, key=lambda one: (len(one), sorted(one))):
        if alone.isdisjoint(graphs) and not any(smaller <= graphs for smaller in kept):
            if len(kept) == most:
                return Alternatives(alone, tuple(kept), exact=False)
            kept.append(graphs)
    return Alternatives(alone, tuple(kept), exact)
