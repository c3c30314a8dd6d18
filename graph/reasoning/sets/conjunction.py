"""The least sets of graphs that meet several needs, each of which single graphs meet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice, product
from math import prod


def together(needs: Sequence[frozenset[int]], enough: int) -> list[frozenset[int]] | None:
    """Return the least sets of several graphs that meet all needs, or so many of them.

    One graph is chosen for each need, in one way after the other. None where there are too many
    ways to choose and not enough sets came of those that were looked at.
    """
    total = prod(map(len, needs))
    few = needs if total <= 4 * enough else [list(islice(need, enough)) for need in needs]
    found: dict[frozenset[int], None] = {}
    for chosen in product(*few):
        graphs = frozenset(chosen)
        if len(graphs) > 1 and is_least(graphs, needs):
            found[graphs] = None
            if len(found) == enough:
                break
    if len(found) < enough and few is not needs:
        return None
    return sorted(found, key=len)


def is_least(graphs: frozenset[int], needs: Iterable[frozenset[int]]) -> bool:
    """Whether each of some graphs is the only one that meets some need."""
    alone: set[int] = set()
    for need in needs:
        met = need & graphs
        if len(met) == 1:
            alone |= met
    return len(alone) == len(graphs)
