"""Supports combined: what it rests on that all of several things hold, or that one of them does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from graph.reasoning.sets.choice import Choice
from graph.reasoning.sets.conjunction import together
from graph.reasoning.sets.support import (
    ALL,
    EMPTY,
    GIVEN,
    LIMIT,
    MOST_PAIRS,
    NOTHING,
    Graphs,
    Support,
    reduced,
    union,
)

MOST_NEEDS: Final = 8
"""Supports of single graphs of which all combinations are sought where all are needed."""


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
    return Choice(found.ones, found.several, found.whole, parts, options, settled=settled)


def few_sets(supports: Sequence[Support], enough: int) -> Support | None:
    """Return the least sets that hold all of these, or so many; None where that is not simple.

    It is simple where some are held by one set only, and few others by single graphs.
    """
    sure: list[Graphs] = []
    rest: list[Support] = []
    for one in supports:
        if one.exact and not one.ones and len(one.several) == 1:
            sure.append(one.several[0])
        else:
            rest.append(one)
    fixed = EMPTY.union(*sure)
    free = [one for one in rest if one.ones.isdisjoint(fixed)]
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
    if len(supports) == 1:
        return supports[0]
    sets = together(needs, enough)
    if sets is None:
        return None
    whole = min(one.whole for one in supports) if len(sets) < enough else 1
    return Support(common, tuple(sets), whole)


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
