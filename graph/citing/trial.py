"""Tries sets of graphs: whether a row is there when only they and the ontology are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import islice, product
from typing import Final

from pyoxigraph import Store

from graph.citing.following.solution import Key
from graph.reasoning.proof import MOST_PROOFS
from graph.reasoning.sets.conjunction import is_least
from graph.reasoning.sets.support import EMPTY, Graphs, Support
from graph.reasoning.subset import Subsets

MOST_TRIALS: Final = 400
"""The parts of the dataset to which one query is put."""

MOST_SINGLES: Final = 64
"""The graphs of a dataset up to which each is tried alone where proofs are missing."""

MOST_WAYS: Final = 16
"""The ways to take a graph from each proof that are tried for one row."""

MOST_ALL_WAYS: Final = 32
"""Those that are tried for all rows of a query: what is left is nearly the whole dataset."""


class Trial:
    """Tries the rows of one query; `keys` asks the query of a store."""

    def __init__(self, subsets: Subsets, keys: Callable[[Store], set[Key]]) -> None:
        self.subsets = subsets
        self.keys = keys
        self.answers: dict[Graphs, set[Key]] = {}
        self.ways: set[Graphs] = set()

    @cached_property
    def everything(self) -> Graphs:
        """All graphs there are; few queries come to where they are asked for."""
        return frozenset(range(len(self.subsets.provenance.names)))

    def holds(self, key: Key, graphs: Graphs) -> bool:
        """Whether a set of graphs gives a row; past the last trial nothing does."""
        if graphs not in self.answers:
            if len(self.answers) >= MOST_TRIALS:
                return False
            self.answers[graphs] = self.keys(self.subsets.store(graphs))
        return key in self.answers[graphs]

    def confirmed(self, key: Key, support: Support) -> tuple[list[Graphs], bool]:
        """Return sets that give a row and need each of their graphs, and whether more may be.

        Where the sets that were found give nothing, all of them together are tried, then all
        graphs there are: with fewer graphs a query that looks for what is absent may answer more.
        """
        if not self.subsets.possible:
            return [], False
        if self.holds(key, EMPTY):
            return [EMPTY], False
        known = support.first(support.count)
        found = self.smallest(key, known)
        for graphs in (EMPTY.union(*known), self.everything):
            if not found and self.holds(key, graphs):
                found = self.smallest(key, [graphs])
        more = self.others(key, found)
        if more and len(found) < MOST_PROOFS and len(self.everything) <= MOST_SINGLES:
            each = [frozenset((graph,)) for graph in sorted(self.everything)]
            found = self.smallest(key, [*each, *found])
            more = self.others(key, found)
        return found, more

    def smallest(self, key: Key, sets: Iterable[Graphs]) -> list[Graphs]:
        """Return sets that give a row, and each of whose graphs it needs, out of some sets."""
        found: dict[Graphs, None] = {}
        for graphs in sets:
            if len(found) > MOST_PROOFS:
                break
            if not any(one <= graphs for one in found) and self.holds(key, graphs):
                found[self.shrunk(key, graphs)] = None
        sure = [graphs for graphs in found if self.needs_each(key, graphs)]
        return sorted(sure, key=lambda graphs: (len(graphs), sorted(graphs)))

    def others(self, key: Key, found: list[Graphs]) -> bool:
        """Return whether there are more sets: a row is there without a graph of each of these.

        So there may be where that cannot be told in a few trials.
        """
        if len(found) > MOST_PROOFS or not found:
            return bool(found)
        chosen = map(frozenset, islice(product(*found), MOST_TRIALS))
        ways = {way for way in chosen if is_least(way, found)}
        self.ways |= ways
        if len(ways) > MOST_WAYS or len(self.ways) > MOST_ALL_WAYS:
            return True
        return any(self.holds(key, self.everything - way) for way in ways)

    def shrunk(self, key: Key, graphs: Graphs) -> Graphs:
        """Return a set from which every graph is taken that can be."""
        for one in sorted(graphs):
            if self.holds(key, graphs - {one}):
                return self.shrunk(key, graphs - {one})
        return graphs

    def needs_each(self, key: Key, graphs: Graphs) -> bool:
        """Whether each single removal was really tried, and took the row away."""
        smaller = [graphs - {one} for one in graphs]
        return all(one in self.answers and key not in self.answers[one] for one in smaller)
