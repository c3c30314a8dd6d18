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

from graph.reasoning.closure import EMPTY, Graphs


@dataclass(frozen=True, slots=True)
class Alternatives:
    """The graphs that hold a fact alone, and the sets of several that do, the smallest first.

    None holds another. `exact` says that no set is missing. A fact that is given holds in the
    empty set.
    """

    alone: Graphs = EMPTY
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
        return not self.alone.isdisjoint(graphs) or any(
            support <= graphs for support in self.several
        )


NOTHING: Final = Alternatives()
GIVEN: Final = Alternatives(several=(EMPTY,))


def union(all_of: Sequence[Alternatives], most: int) -> Alternatives:
    """Return the alternatives of what holds where one of these does, so many at most."""
    if GIVEN in all_of:
        return GIVEN
    alone = EMPTY.union(*(alternatives.alone for alternatives in all_of))
    several = {graphs for alternatives in all_of for graphs in alternatives.several}
    return minimal(alone, several, most, all(alternatives.exact for alternatives in all_of))


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
        Alternatives(side.alone - alone, side.several).first(most) for side in (left, right)
    )
    exact = left.exact and right.exact and max(len(left), len(right)) <= most
    return minimal(alone, {a | b for a in ones for b in others}, most, exact)


def minimal(alone: Graphs, several: Iterable[Graphs], most: int, exact: bool) -> Alternatives:
    """Return the alternatives without those that hold another, so many of several graphs."""
    kept: list[Graphs] = []
    for graphs in sorted(several, key=by_size):
        if alone.isdisjoint(graphs) and not any(smaller <= graphs for smaller in kept):
            if len(kept) == most:
                return Alternatives(alone, tuple(kept), exact=False)
            kept.append(graphs)
    return Alternatives(alone, tuple(kept), exact)


def by_size(graphs: Graphs) -> tuple[int, list[int]]:
    """Return the key that sorts sets of graphs, the smallest first."""
    return len(graphs), sorted(graphs)
