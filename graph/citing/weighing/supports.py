"""What solutions may need, each by a number: a fact has its support only when that is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from graph.reasoning.facts.fact_index import (
    APART,
    AXIOM,
    CLOSED,
    JOINED,
    NOWHERE,
    TOGETHER,
)
from graph.reasoning.provenance import Provenance
from graph.reasoning.sets.support import EMPTY, GIVEN, NOTHING, Graphs, Support

NO_NEED: Final = 0
"""The number of what is given."""

WEIGHED: Final = CLOSED | AXIOM | JOINED | TOGETHER | APART
"""The marks of a fact by which it may rest on more than the graphs that hold it."""


class Supports(dict[int, Support]):
    """Supports by their numbers, which count up in the order in which they are met.

    `places` are those of the facts in the index, and NOWHERE for what was entered with its support.
    """

    def __init__(self, provenance: Provenance) -> None:
        super().__init__()
        self.provenance = provenance
        self.places: list[int] = []
        self.entered: dict[int, int] = {}
        self.packed: dict[int, int] = {}
        self.alone = Alone(self.places)
        self.enter(GIVEN)

    def __missing__(self, number: int) -> Support:
        graph = self.alone.graphs.get(number)
        if graph is None:
            found = self.provenance.support_at(self.places[number])
        else:
            found = self.provenance.alone(graph)
        self[number] = found
        return found

    def add(self, support: Support) -> int:
        """Return a new number for a support."""
        number = len(self.places)
        self.places.append(NOWHERE)
        self[number] = support
        return number

    def enter(self, support: Support) -> int:
        """Return the number of a support, a new one unless the very object was entered before."""
        if len(support.ones) == 1 and support.count == 1 and support.exact:
            return self.alone[next(iter(support.ones))]
        number = self.entered.get(id(support))
        if number is None:
            number = self.entered[id(support)] = self.add(support)
        return number

    def single(self, number: int) -> Graphs:
        """Return the graphs that meet a need alone, none where something else may meet it."""
        graph = self.alone.graphs.get(number)
        if graph is not None:
            return frozenset((graph,))
        place = self.places[number]
        if place == NOWHERE or self.provenance.union.marks[place] & WEIGHED != CLOSED:
            return EMPTY
        return self.holders(place)

    def holders(self, place: int) -> Graphs:
        """Return the graphs that hold the fact of a place."""
        return frozenset([code >> 1 for code in self.provenance.union.holders(place)])

    def facts(self, packed: Sequence[int]) -> list[int]:
        """Return the numbers of packed facts, as they hold in the union of all graphs."""
        new = [one for one in dict.fromkeys(packed) if one not in self.packed]
        found = self.numbered(self.provenance.union.find(new))
        self.packed.update(zip(new, found, strict=True))
        return list(map(self.packed.__getitem__, packed))

    def stated(self, packed: Sequence[int], graphs: Sequence[int]) -> list[int]:
        """Return the numbers of packed facts as graphs state them, each in one of its own."""
        index, alone, nothing = self.provenance.union, self.alone, self.enter(NOTHING)
        different = list(dict.fromkeys(packed))
        holders = {
            fact: EMPTY if place == NOWHERE else frozenset(index.holders(place))
            for fact, place in zip(different, index.find(different), strict=True)
        }
        return [
            alone[graph] if graph << 1 | 1 in holders[fact] else nothing
            for fact, graph in zip(packed, graphs, strict=True)
        ]

    def numbered(self, found: Iterable[int]) -> Iterator[int]:
        """Yield the numbers of the facts of places; of one that a single graph holds, the graph's.

        A place may be NOWHERE: nothing holds what stands there.
        """
        index, places, alone = self.provenance.union, self.places, self.alone
        marks, starts, held = index.marks, index.starts, index.held
        as_stated = self.provenance.as_stated
        for place in found:
            if place == NOWHERE:
                yield self.enter(NOTHING)
            elif marks[place] & WEIGHED == CLOSED and starts[place + 1] - starts[place] == 1:
                yield alone[held[starts[place]] >> 1]
            elif place in as_stated:
                yield self.add(self.provenance.support_at(place))
            elif marks[place] & AXIOM:
                yield NO_NEED
            else:
                places.append(place)
                yield len(places) - 1


class Alone(dict[int, int]):
    """The number of what a single graph holds, by the graph; `graphs` is the way back."""

    def __init__(self, places: list[int]) -> None:
        super().__init__()
        self.places = places
        self.graphs: dict[int, int] = {}

    def __missing__(self, graph: int) -> int:
        number = self[graph] = len(self.places)
        self.places.append(NOWHERE)
        self.graphs[number] = graph
        return number


class SupportsAt(dict[int, Support]):
    """The supports of facts by their places."""

    def __init__(self, provenance: Provenance) -> None:
        super().__init__()
        self.provenance = provenance

    def __missing__(self, place: int) -> Support:
        found = self[place] = self.provenance.support_at(place)
        return found
