"""The ground on which many facts stand: some graphs, and the facts that they hold alone.

It is compiled where a C compiler is at hand: ground.pxd gives the types
(docs/decisions/0010-counting-is-compiled.md).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from mmap import MAP_ANONYMOUS, MAP_PRIVATE, mmap
from typing import TypeAlias

from graph.reasoning.assembling.assemblies import Assemblies
from graph.reasoning.facts import fact_index, rulebook

Numbers: TypeAlias = "memoryview[int]"

END = rulebook.END
SUBJECT = rulebook.SUBJECT
PREDICATE = rulebook.PREDICATE
APART = fact_index.APART
AXIOM = fact_index.AXIOM
CLOSED = fact_index.CLOSED
JOINED = fact_index.JOINED
TOGETHER = fact_index.TOGETHER
NOWHERE = -1
"""In place of the place of a fact, none; in place of a graph, the ontology or none."""


class Ground:
    """Graphs that come and go, and the facts that they hold alone.

    Facts are given by their places in the index, of which `facts`, `order`, `marks`, `starts` and
    `held` are the arrays; where those of a predicate begin is in `begins`. `own` are the facts of
    each graph that others are joined with, `alone` how many of the graphs hold such a fact, and
    `here` those that one has held since `leave`; `given` are held by the ontology. The `epoch` is
    another as soon as graphs are entered. `needed` are graphs only while facts are settled.
    """

    def __init__(self, assemblies: Assemblies) -> None:
        index = assemblies.index
        self.facts, self.order = index.by_subject, index.by_object
        self.marks, self.starts, self.held = index.marks, index.starts, index.held
        self.own_starts, self.own = assemblies.starts, assemblies.places
        predicates = range(len(index.predicates))
        self.begins = array("I", [*(index.of_predicate(p).start for p in predicates), len(index)])
        self.size, self.nodes = len(index), len(assemblies.literals)
        self.alone = zeros(self.size)
        self.inside, self.uses = flags(len(assemblies.parts)), zeros(len(assemblies.parts))
        self.needed = flags(len(assemblies.parts))
        self.graphs: list[int] = []
        self.here: list[int] = []
        self.given = assemblies.given
        self.epoch = 0

    def leave(self) -> None:
        """Leave all graphs."""
        for place in self.here:
            self.alone[place] = 0
        for graph in self.graphs:
            self.inside[graph] = 0
        self.graphs, self.here = [], []
        self.epoch += 1

    def enter(self, graphs: Iterable[int]) -> None:
        """Take up graphs."""
        for graph in graphs:
            self.take_up(graph)

    def take_up(self, graph: int) -> None:
        """Take up a graph, unless it is there."""
        if not self.inside[graph]:
            self.epoch += 1
            self.inside[graph] = 1
            self.graphs.append(graph)
            for at in range(self.own_starts[graph], self.own_starts[graph + 1]):
                place = self.own[at]
                if not self.alone[place]:
                    self.here.append(place)
                self.alone[place] += 1

    def settled(self, places: Iterable[int]) -> tuple[list[int], list[int]]:
        """Return the graphs that alone hold one of some facts, and the facts that none of these do.

        Each is there once, the facts in their order; what the ontology holds is left out. The
        graphs of the ground do not matter.
        """
        graphs, left = [], []
        for place in places:
            marks, at = self.marks[place], self.starts[place]
            weighed = marks & (CLOSED | AXIOM | JOINED | TOGETHER | APART) != CLOSED
            if not weighed and self.starts[place + 1] == at + 1:
                graph = self.held[at] >> 1
                if not self.needed[graph]:
                    self.needed[graph] = 1
                    graphs.append(graph)
            elif not marks & AXIOM:
                left.append(place)
        rest = [place for place in sorted(set(left)) if not self.is_met(place)]
        for graph in graphs:
            self.needed[graph] = 0
        return graphs, rest

    def is_met(self, place: int) -> bool:
        """Whether a graph that is needed holds a fact."""
        if not self.marks[place] & TOGETHER:
            for at in range(self.starts[place], self.starts[place + 1]):
                if self.needed[self.held[at] >> 1]:
                    return True
        return False

    def enter_first(self, places: Sequence[int]) -> None:
        """Take up the first sets of those facts that no graph holds alone."""
        for place in places:
            if self.marks[place] & TOGETHER:
                for at in range(self.starts[place], self.starts[place + 1]):
                    self.take_up(self.held[at] >> 1)

    def enter_chosen(self, places: Sequence[int]) -> None:
        """Take up graphs that hold facts alone, such as hold many of them."""
        for place in places:
            for at in range(self.starts[place], self.starts[place + 1]):
                graph = self.held[at] >> 1
                self.uses[graph] += 1
        counts = [self.starts[place + 1] - self.starts[place] for place in places]
        for _, place in sorted(zip(counts, places, strict=True)):
            if not self.is_held(place):
                self.take_up(self.most_used(place))
        for place in places:
            for at in range(self.starts[place], self.starts[place + 1]):
                graph = self.held[at] >> 1
                self.uses[graph] = 0

    def most_used(self, place: int) -> int:
        """Return the graph that holds most of some facts, of those that hold one."""
        best = self.held[self.starts[place]] >> 1
        for at in range(self.starts[place], self.starts[place + 1]):
            graph = self.held[at] >> 1
            if self.uses[graph] > self.uses[best]:
                best = graph
        return best

    def holds(self, place: int) -> bool:
        """Whether a graph holds a fact of those that are joined, or the ontology does."""
        return self.alone[place] > 0 or self.marks[place] & AXIOM > 0

    def is_held(self, place: int) -> bool:
        """Whether a graph holds a fact."""
        if not self.marks[place] & TOGETHER:
            for at in range(self.starts[place], self.starts[place + 1]):
                if self.inside[self.held[at] >> 1]:
                    return True
        return False

    def holder(self, place: int) -> int:
        """Return the first graph that holds a fact; NOWHERE where the ontology does."""
        found = NOWHERE
        if not self.marks[place] & AXIOM:
            for at in range(self.starts[place], self.starts[place + 1]):
                graph = self.held[at] >> 1
                if self.inside[graph] and (found == NOWHERE or graph < found):
                    found = graph
        return found

    def find(self, packed: int) -> int:
        """Return the place of a fact, or NOWHERE."""
        predicate = packed >> PREDICATE
        return self.find_between(packed, self.begins[predicate], self.begins[predicate + 1])

    def find_between(self, packed: int, start: int, end: int) -> int:
        """Return the place of a fact among some places, or NOWHERE."""
        place = self.low_between(packed, start, end)
        return place if place < end and self.facts[place] == packed else NOWHERE

    def low(self, packed: int) -> int:
        """Return where the facts begin that are no less than one, of those of its predicate."""
        predicate = packed >> PREDICATE
        return self.low_between(packed, self.begins[predicate], self.begins[predicate + 1])

    def low_between(self, packed: int, low: int, high: int) -> int:
        """Return where the facts begin that are no less than one, of those of some places."""
        while low < high:
            middle = (low + high) >> 1
            if self.facts[middle] < packed:
                low = middle + 1
            else:
                high = middle
        return low

    def high(self, row: int) -> int:
        """Return where the facts of a predicate and a subject end, packed together."""
        at = self.low(row << SUBJECT | END)
        if at < self.begins[(row >> SUBJECT) + 1] and self.facts[at] >> SUBJECT == row:
            at += 1
        return at

    def low_before(self, predicate: int, value: int) -> int:
        """Return where the facts of a predicate and an object begin in the order by object."""
        low, high = self.begins[predicate], self.begins[predicate + 1]
        while low < high:
            middle = (low + high) >> 1
            if self.facts[self.order[middle]] & END < value:
                low = middle + 1
            else:
                high = middle
        return low


def zeros(size: int) -> Numbers:
    """Return so many numbers in memory that is taken only as it is touched."""
    return flags(4 * size).cast("I")


def flags(size: int) -> Numbers:
    """Return so many flags in memory that is taken only as it is touched, by each fork its own."""
    return memoryview(mmap(-1, max(size, 4), flags=MAP_PRIVATE | MAP_ANONYMOUS))


def grown(numbers: Numbers) -> Numbers:
    """Return numbers with as much room again behind them."""
    found = zeros(2 * len(numbers))
    found[: len(numbers)] = numbers
    return found
