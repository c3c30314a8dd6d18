"""A choice among ways: a support that may miss sets, but tells of any set if it holds in it.

It is compiled as support.py is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Final

from graph.reasoning.sets.reduction import Reduction
from graph.reasoning.sets.support import EMPTY, Graphs, Support

MANY_NEEDS: Final = 16
"""Things that must all hold past which one set of graphs that hold them is enough."""


class Tested(Support):
    """A support that may miss sets, but tells of any set whether it holds in it."""

    @property
    def tells(self) -> bool:
        """Whether `holds_in` is right of every set, and `needed` too."""
        return True

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def certain(self, most: int) -> list[Graphs]:
        """Return some sets that surely need each of their graphs, the smallest first."""
        if len(self.ones) >= most:
            return self.first(most)
        found = dict.fromkeys(map(self.least, self.first(most)))
        return sorted(found, key=len)

    def least(self, graphs: Graphs) -> Graphs:
        """Return a set in which it holds without those of its graphs that are not needed."""
        if len(graphs) < 2 or (len(graphs) == 2 and self.ones.isdisjoint(graphs)):
            return graphs
        things = list(self.conjuncts())
        known = needed_by((one for one in things if one.exact), graphs)
        return Reduction(graphs, known).reduced(things)

    def conjuncts(self) -> Iterator[Support]:
        """Yield what all has to hold where it does."""
        yield self


class Choice(Tested):
    """The support of what holds when all parts of one of the options do.

    An option is the places of its parts. Each part tells of any set whether it holds in it.
    `settled` is that the sets need each of their graphs.
    """

    def __init__(
        self,
        ones: Graphs,
        several: tuple[Graphs, ...],
        whole: int,
        parts: Mapping[int, Support] | Sequence[Support],
        options: Sequence[Sequence[int]],
        *,
        settled: bool = False,
    ) -> None:
        super().__init__(ones, several, whole)
        self.parts = parts
        self.options = options
        self.settled = settled

    def certain(self, most: int) -> list[Graphs]:
        """Return some sets that surely need each of their graphs, the smallest first.

        Of what needs many things, a single set is reduced.
        """
        if self.settled:
            return self.first(most)
        return Tested.certain(self, 1 if len(self.options[0]) > MANY_NEEDS else most)

    def holds_in(self, graphs: Graphs) -> bool:
        """Whether it holds in these graphs."""
        parts = self.parts
        return any(all(parts[one].holds_in(graphs) for one in of) for of in self.options)

    def needed(self, graphs: Graphs) -> Graphs:
        """Return what all options need that hold in these graphs."""
        found, parts = graphs, self.parts
        for option in self.options:
            if not found:
                break
            if len(self.options) == 1 or all(parts[one].holds_in(graphs) for one in option):
                found &= needed_by([parts[one] for one in option], graphs)
        return found

    def witness(self, graphs: Graphs, without: Set[int] = EMPTY) -> Graphs | None:
        """Return which of some graphs, without others, are enough to hold it, or None."""
        known = Support.witness(self, graphs, without)
        if known is not None:
            return known
        for option in self.options:
            found = witness_of_all((self.parts[one] for one in option), graphs, without)
            if found is not None:
                return found
        return None

    def conjuncts(self) -> Iterator[Support]:
        """Yield what all has to hold where it does."""
        if len(self.options) > 1:
            yield self
            return
        for part in map(self.parts.__getitem__, self.options[0]):
            yield from part.conjuncts() if isinstance(part, Tested) else (part,)


def needed_by(parts: Iterable[Support], graphs: Graphs) -> Graphs:
    """Return those of some graphs in which all parts hold that one of them needs."""
    found: set[int] = set()
    for part in parts:
        if len(found) == len(graphs):
            break
        found |= part.needed(graphs)
    return frozenset(found)


def witness_of_all(parts: Iterable[Support], graphs: Graphs, without: Set[int]) -> Graphs | None:
    """Return which of some graphs, without others, are enough to hold all parts, or None."""
    found: set[int] = set()
    for part in parts:
        one = part.witness(graphs, without)
        if one is None:
            return None
        found |= one
    return frozenset(found)
