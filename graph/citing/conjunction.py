"""The smallest sets of graphs that meet several needs, each of which single graphs meet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache, reduce
from itertools import combinations, islice, product
from math import prod
from operator import or_
from typing import Final

from graph.support import ALL, EMPTY, Graphs, Support

MOST_KINDS: Final = 12
"""Kinds of graphs, by which of the needs they meet, of which all combinations are tried."""


def together(needs: Sequence[Graphs], enough: int) -> Support | None:
    """Return the support of what all of these need: all single graphs, and enough sets in all.

    None where the graphs meet the needs in too many different ways.
    """
    common = frozenset.intersection(*needs)
    if len(common) >= enough:
        return Support(common, whole=1)
    rest = [need - common for need in needs] if common else needs
    if not all(rest):
        return Support(common)
    if sum(map(len, rest)) == len(EMPTY.union(*rest)):
        sets = tuple(map(frozenset, islice(product(*rest), enough)))
        whole = ALL if prod(map(len, rest)) <= len(sets) else len(rest) - 1
        return Support(common, sets, whole)
    met = kinds(rest)
    if len(met) > MOST_KINDS:
        return None
    sets = tuple(islice(combined(met, (1 << len(rest)) - 1), enough))
    return Support(common, sets, ALL if len(sets) < enough else len(sets[-1]) - 1)


def kinds(needs: Sequence[Graphs]) -> dict[int, list[int]]:
    """Return the graphs by which of the needs they meet, a bit for each."""
    met: dict[int, int] = defaultdict(int)
    for place, need in enumerate(needs):
        for graph in need:
            met[graph] |= 1 << place
    found: dict[int, list[int]] = defaultdict(list)
    for graph in sorted(met):
        found[met[graph]].append(graph)
    return found


def combined(graphs: dict[int, list[int]], whole: int) -> Iterator[Graphs]:
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
