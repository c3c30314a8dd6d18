"""A set of graphs reduced to those that are needed, where many things have to hold in it at once.

Each thing is watched by one set that holds it: only when a graph of that set is to go is another
set looked for. So each thing is looked at a few times, however many graphs there are.

It is compiled where a C compiler is at hand: reduction.pxd gives the types
(docs/decisions/0010-counting-is-compiled.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Protocol


class Holding(Protocol):
    """What holds in some sets of graphs."""

    def witness(self, graphs: frozenset[int], without: Set[int]) -> frozenset[int] | None:
        """Return which of some graphs, without others, are enough to hold it, or None."""


class Reduction:
    """Graphs in which things hold, of which those are taken out that are not needed.

    `kept` are those that are known to be needed. A thing is watched at the graph that is tried
    first of the set that holds it.
    """

    def __init__(self, graphs: frozenset[int], kept: frozenset[int]) -> None:
        self.graphs = graphs
        self.kept = set(kept)
        self.taken: set[int] = set()
        self.watched: dict[int, list[tuple[Holding, frozenset[int]]]] = {}

    def reduced(self, things: Iterable[Holding]) -> frozenset[int]:
        """Return what is left when each graph was taken that can be, the last first."""
        for thing in things:
            self.moves(thing)
        for graph in sorted(self.graphs - self.kept, reverse=True):
            self.taken.add(graph)
            if not self.goes(graph):
                self.taken.remove(graph)
                self.kept.add(graph)
                for thing, found in self.watched.pop(graph, ()):
                    self.watch(thing, found)
        return frozenset(self.kept)

    def goes(self, graph: int) -> bool:
        """Whether all things hold without a graph, which is among those that are taken."""
        watched = self.watched.get(graph, [])
        while watched:
            thing, found = watched.pop()
            if not self.moves(thing):
                watched.append((thing, found))
                return False
        return True

    def moves(self, thing: Holding) -> bool:
        """Whether a thing holds without what was taken; it is then watched by what holds it."""
        found = thing.witness(self.graphs, self.taken)
        if found is not None:
            self.watch(thing, found)
        return found is not None

    def watch(self, thing: Holding, found: frozenset[int]) -> None:
        """Watch a thing by a set that holds it; one of graphs that stay needs no watching."""
        last = -1
        for one in found:
            if one > last and one not in self.kept:
                last = one
        if last >= 0:
            self.watched.setdefault(last, []).append((thing, found))
