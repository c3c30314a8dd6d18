"""Alternatives: sets of graphs, each of them sufficient to entail a fact.

They form the lattice of positive Boolean functions: a union is their disjunction and a product
their conjunction (Green, Karvounarakis and Tannen, Provenance semirings, PODS 2007).
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
    """The single graphs and the sets of several graphs that entail a fact, the smallest first.

    No set includes another (an antichain). `exact` tells that no set is missing. The empty set
    entails a given fact.
    """

    alone: Graphs = EMPTY
    several: tuple[Graphs, ...] = ()
    exact: bool = True

    def __bool__(self) -> bool:
        return bool(self.alone or self.several)

    def __len__(self) -> int:
        return len(self.alone) + len(self.several)

    def first(self, most: int) -> tuple[Graphs, ...]:
        """Return at most so many of the sets, the smallest first."""
        single = tuple(frozenset((graph,)) for graph in nsmallest(most, self.alone))
        return single + self.several[: most - len(single)]

    def holds_in(self, graphs: Graphs) -> bool:
        """Return whether some graphs include one of the sets."""
        return not self.alone.isdisjoint(graphs) or any(
            support <= graphs for support in self.several
        )


NOTHING: Final = Alternatives()
GIVEN: Final = Alternatives(several=(EMPTY,))


def union(all_of: Sequence[Alternatives], most: int) -> Alternatives:
    """Return the alternatives of a disjunction, at most so many sets of several graphs."""
    if GIVEN in all_of:
        return GIVEN
    alone = EMPTY.union(*(alternatives.alone for alternatives in all_of))
    several = {graphs for alternatives in all_of for graphs in alternatives.several}
    return minimise(alone, several, most, all(alternatives.exact for alternatives in all_of))


def product(all_of: Sequence[Alternatives], most: int) -> Alternatives:
    """Return the alternatives of a conjunction, at most so many sets of several graphs."""
    if not all(all_of):
        return NOTHING
    return reduce(lambda left, right: multiply(left, right, most), all_of, GIVEN)


def multiply(left: Alternatives, right: Alternatives, most: int) -> Alternatives:
    """Return the alternatives of the conjunction of two facts."""
    if left in {GIVEN, right}:
        return right
    if right == GIVEN:
        return left
    alone = left.alone & right.alone
    lefts, rights = (
        Alternatives(side.alone - alone, side.several).first(most) for side in (left, right)
    )
    exact = left.exact and right.exact and max(len(left), len(right)) <= most
    return minimise(alone, {a | b for a in lefts for b in rights}, most, exact)


def minimise(alone: Graphs, several: Iterable[Graphs], most: int, exact: bool) -> Alternatives:
    """Return the alternatives without supersets, at most so many sets of several graphs."""
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
