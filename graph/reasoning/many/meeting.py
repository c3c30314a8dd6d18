"""Where the facts of two predicates meet end to end, and what follows from them there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Set
from itertools import chain
from typing import TypeAlias

from graph.reasoning.facts.row import Rows
from graph.reasoning.facts.rulebook import END, PREDICATE, SUBJECT, Pair

Taken: TypeAlias = tuple[Counter[int], int]
"""An end that was taken, and from where."""


class Side:
    """The facts of one of the two predicates, by the nodes where they meet those of the other.

    `ends` are their other ends, each with how many graphs hold the fact, as far as they are `asked`
    for: the subjects of the first facts, and the objects of the second.
    """

    def __init__(self, predicate: int, asked: Set[int], *, is_first: bool) -> None:
        self.predicate = predicate
        self.asked = asked
        self.is_first = is_first
        self.ends: defaultdict[int, Counter[int]] = defaultdict(Counter)

    def of(self, fact: int) -> tuple[int, int]:
        """Return the node where a fact meets others, and its other end."""
        subject, value = fact >> SUBJECT & END, fact & END
        return (value, subject) if self.is_first else (subject, value)

    def reach(self, rows: Rows, graphs: Set[int]) -> None:
        """Take up the facts of some graphs at all ends that are asked for."""
        base, read = self.predicate << SUBJECT, rows.after if self.is_first else rows.before
        for end in self.asked:
            for node, held in read(base | end).items():
                for graph in held:
                    if graph in graphs:
                        ends = self.ends[node]
                        ends[end] = ends.get(end, 0) + 1

    def meet(self, node: int, rows: Rows, graphs: Set[int]) -> None:
        """Take up the facts of some graphs at a node."""
        base, read = self.predicate << SUBJECT, rows.before if self.is_first else rows.after
        ends, asked = self.ends[node], self.asked
        for end, held in read(base | node).items():
            for graph in held:
                if graph in graphs and end in asked:
                    ends[end] = ends.get(end, 0) + 1

    def at(self, node: int) -> Iterable[int]:
        """Return the other ends at a node, each as often as a graph holds the fact."""
        found = self.ends.get(node)
        return found.elements() if found else ()


class Meeting:
    """The facts of a pair of predicates that some graphs hold alone and that lead to conclusions.

    `asked` are the subjects and the objects of those conclusions, which are of the predicate
    `head`. The facts are looked up from the side that fewer ends are asked of.
    """

    def __init__(self, head: int, pair: Pair, asked: tuple[Set[int], Set[int]]) -> None:
        self.base = head << PREDICATE
        self.turned = pair.turned
        lefts, rights = reversed(asked) if pair.turned else asked
        self.first = Side(pair.first, lefts, is_first=True)
        self.second = Side(pair.second, rights, is_first=False)
        near_first = len(lefts) <= len(rights)
        self.near, self.far = (self.first, self.second)[:: 1 if near_first else -1]

    def read(self, rows: Rows, graphs: Set[int]) -> Iterator[int]:
        """Take up the facts of some graphs, and yield what follows, as often as it does."""
        self.near.reach(rows, graphs)
        for node in self.near.ends:
            self.far.meet(node, rows, graphs)
        met = ((self.first.at(node), list(self.second.at(node))) for node in self.near.ends)
        return chain.from_iterable(
            self.conclusions(start, ends) for starts, ends in met if ends for start in starts
        )

    def grow(self, facts: Collection[int], rows: Rows, graphs: Set[int]) -> Iterator[int]:
        """Take up the facts of graphs that were added to some, and yield what follows from them."""
        near, far = self.near, self.far
        for fact in facts:
            if fact >> PREDICATE == far.predicate:
                node, end = far.of(fact)
                if node in near.ends and end in far.asked:
                    far.ends[node][end] += 1
                    yield from self.following(far, node, end)
        for fact in facts:
            if fact >> PREDICATE == near.predicate:
                node, end = near.of(fact)
                if end in near.asked:
                    if node not in near.ends:
                        far.meet(node, rows, graphs)
                    near.ends[node][end] += 1
                    yield from self.following(near, node, end)

    def without(self, side: Side, fact: int, taken: list[Taken]) -> Iterable[int]:
        """Take out a fact of one side that a graph held, note so, and return what followed."""
        node, end = side.of(fact)
        ends = side.ends.get(node)
        if not ends or not ends[end]:
            return ()
        ends[end] -= 1
        taken.append((ends, end))
        return self.following(side, node, end)

    def following(self, side: Side, node: int, end: int) -> Iterable[int]:
        """Return what follows from a fact of one side with those of the other."""
        if side is self.first:
            return self.conclusions(end, self.second.at(node))
        return chain.from_iterable(self.conclusions(start, (end,)) for start in self.first.at(node))

    def conclusions(self, start: int, ends: Iterable[int]) -> Iterable[int]:
        """Return what follows from a first fact and second ones that it meets."""
        if self.turned:
            return [self.base | end << SUBJECT | start for end in ends]
        return map((self.base | start << SUBJECT).__or__, ends)
