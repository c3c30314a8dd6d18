"""The smallest sets of graphs that meet several needs, each of which single graphs meet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache, reduce
from itertools import combinations, islice, product
from operator import or_
from typing import Final

MOST_KINDS: Final = 12
"""Kinds of graphs, by which of the needs they meet, of which all combinations are tried."""


def together(needs: Sequence[frozenset[int]], enough: int) -> list[frozenset[int]] | None:
    """Return sets of several graphs that meet all needs: all there are, or so many.

    No graph meets all needs alone. None where the graphs meet them in too many different ways.
    """
    if sum(map(len, needs)) == len(frozenset().union(*needs)):
        few = [sorted(need)[:enough] for need in needs]
        return list(map(frozenset, islice(product(*few), enough)))
    met = kinds(needs)
    if len(met) > MOST_KINDS:
        return None
    return list(islice(combined(met, (1 << len(needs)) - 1), enough))


def kinds(needs: Sequence[frozenset[int]]) -> dict[int, list[int]]:
    """Return the graphs by which of the needs they meet, a bit for each."""
    met: dict[int, int] = defaultdict(int)
    for place, need in enumerate(needs):
        for graph in need:
            met[graph] |= 1 << place
    found: dict[int, list[int]] = defaultdict(list)
    for graph in sorted(met):
        found[met[graph]].append(graph)
    return found


def combined(graphs: dict[int, list[int]], whole: int) -> Iterator[frozenset[int]]:
    """Yield the sets of several graphs that meet all needs, and lose one without any of them."""
    for cover in covers(frozenset(graphs), whole):
        yield from map(frozenset, product(*(graphs[kind] for kind in cover)))


@cache
def covers(kinds: frozenset[int], whole: int) -> list[tuple[int, ...]]:
    """Return the kinds that meet all needs together, none of them idle; the fewest first."""
    return [
        chosen
        for size in range(2, whole.bit_length() + 1)
        for chosen in combinations(sorted(kinds), size)
        if reduce(or_, chosen) == whole
        and all(reduce(or_, others) != whole for others in combinations(chosen, size - 1))
    ]
