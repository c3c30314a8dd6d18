"""Tries sets of graphs: whether a row is there when only they and the ontology are kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pyoxigraph import Store

from graph.citing.solution import Key
from graph.reasoning.proof import MOST_PROOFS
from graph.reasoning.subset import Subsets
from graph.reasoning.support import EMPTY, Graphs, Support

MOST_TRIALS: Final = 400
"""The parts of the dataset to which one query is put."""


class Trial:
    """Tries the rows of one query; `keys` asks the query of a store."""

    def __init__(self, subsets: Subsets, keys: Callable[[Store], set[Key]]) -> None:
        self.subsets = subsets
        self.keys = keys
        self.answers: dict[Graphs, set[Key]] = {}

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
        found: list[Graphs] = []
        together: Graphs = EMPTY
        for graphs in support.first(support.count):
            together |= graphs
            if len(found) < MOST_PROOFS and self.holds(key, graphs):
                found.append(self.shrunk(key, graphs))
        everything = frozenset(range(len(self.subsets.provenance.names)))
        for graphs in (together, everything):
            if not found and self.holds(key, graphs):
                found.append(self.shrunk(key, graphs))
        found = [graphs for graphs in dict.fromkeys(found) if self.needs_each(key, graphs)]
        found.sort(key=lambda graphs: (len(graphs), sorted(graphs)))
        return found, support.count > len(found)

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
