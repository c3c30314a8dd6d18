"""The assemblies of a dataset: which sets of its graphs hold a fact together."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Set
from itertools import accumulate
from typing import Final

from graph.reasoning.assembling.assembly import EVERY, Assembly
from graph.reasoning.assembling.witness import Witnesses
from graph.reasoning.facts.fact_index import AXIOM, ONTOLOGY, TOGETHER, FactIndex
from graph.reasoning.facts.rulebook import (
    END,
    ENDS,
    OF_OBJECT,
    OF_SUBJECT,
    PREDICATE,
    SUBJECT,
    Ports,
    Rulebook,
    port,
)
from graph.reasoning.sets.support import EMPTY, Graphs

MANY: Final = 64
"""Facts that others are joined with, past which those of one graph are gathered once for all."""

MOST_KEPT: Final = 100_000
"""Facts of the assemblies that are kept for the next time."""

MOST_NODES: Final = 20_000
"""Graphs of which it is kept which nodes their facts have."""

MOST_EXPECTED: Final = 20_000
"""Graphs that are assembled at once for what is asked of sets of them."""

FEW: Final = 16
"""Graphs of which it is worth looking first whether they have both ends of a fact."""


class Assemblies:
    """The assemblies of the graphs of one dataset, each built when it is first needed."""

    def __init__(
        self, index: FactIndex, rulebook: Rulebook, literals: bytearray, parts: bytes
    ) -> None:
        self.index = index
        self.rulebook = rulebook
        self.literals = literals
        self.parts = parts
        self.starts, self.places = self.joining()
        self.bearing = frozenset(graph for graph in range(len(parts)) if self.size(graph))
        self.axioms = Assembly(rulebook, literals)
        self.given = [place for place in self.joinable() if index.marks[place] & AXIOM]
        axioms = list(map(index.by_subject.__getitem__, self.given))
        self.axioms.gather(dict.fromkeys(axioms, (ONTOLOGY,)))
        self.leading = rulebook.leading()
        self.ports: dict[int, tuple[Ports | None, Ports | None]] = {}
        self.nodes: dict[int, frozenset[int]] = {-1: frozenset(ends(axioms))}
        self.built: dict[tuple[Graphs, bool], Assembly] = {}
        self.ready: dict[bool, Assembly] = {}
        self.kept = 0
        self.asked = self.bear = self.latest = EMPTY
        self.expected: Callable[[], Graphs] = frozenset

    def joinable(self) -> Iterator[int]:
        """Yield the places of the facts that others may be joined with."""
        for predicate in self.rulebook.paths:
            yield from self.index.of_predicate(predicate)

    def joining(self) -> tuple[array[int], array[int]]:
        """Return for each graph where its facts that are joined begin, and their places."""
        index, parts = self.index, self.parts
        found = sorted(
            code >> 1 << PREDICATE | place
            for place in self.joinable()
            if not index.marks[place] & (AXIOM | TOGETHER)
            for code in index.holders(place)
            if parts[code >> 1]
        )
        counts = Counter(one >> PREDICATE for one in found)
        starts = accumulate((counts[graph] for graph in range(len(parts))), initial=0)
        return array("I", starts), array("I", (one & ENDS for one in found))

    def size(self, graph: int) -> int:
        """Return how many facts a graph holds that others may be joined with."""
        return self.starts[graph + 1] - self.starts[graph]

    def facts(self, graphs: Iterable[int]) -> Iterator[int]:
        """Yield the facts of some graphs that others may be joined with."""
        for graph in graphs:
            for place in self.places[self.starts[graph] : self.starts[graph + 1]]:
                yield self.index.by_subject[place]

    def held(self, graphs: Iterable[int]) -> dict[int, list[int]]:
        """Return those facts of some graphs, each with the graphs that hold it alone."""
        found: dict[int, list[int]] = defaultdict(list)
        facts = self.index.by_subject
        for graph in graphs:
            for place in self.places[self.starts[graph] : self.starts[graph + 1]]:
                found[facts[place]].append(graph)
        return found

    def assembly(self, graphs: Graphs, *, leading: bool) -> Assembly:
        """Return the assembly of some graphs, of all facts or of those that lead to others.

        The graphs that hold much are gathered once for all.
        """
        found = self.built.get((graphs, leading))
        if found is None:
            large = frozenset(graph for graph in graphs if self.size(graph) > MANY)
            apart = bool(large) and large != graphs
            base = self.assembly(large, leading=leading) if apart else self.axioms
            wanted = self.leading if leading else EVERY
            found = Assembly(self.rulebook, self.literals, base, wanted)
            found.gather(self.held(graphs - large if apart else graphs))
            self.kept += len(found.held) + FEW
            if self.kept > MOST_KEPT:
                self.kept = 0
                self.built.clear()
            self.built[graphs, leading] = found
        return found

    def witness(self, fact: int, among: Graphs, without: Set[int]) -> Graphs | None:
        """Return which of some graphs, without others, hold a fact together, or None."""
        bearing = self.bearing_of(among)
        if len(bearing) - len(without) < FEW:
            rest = bearing - without
            if len(rest) < 2 or (len(rest) < FEW and not self.may_hold(fact, rest)):
                return None
        leading = fact >> PREDICATE in self.leading
        assembly = self.ready.get(leading)
        if assembly is None:
            assembly = self.ready[leading] = self.assembly(self.latest, leading=leading)
        return Witnesses(assembly, bearing, without).of(fact)

    def bearing_of(self, graphs: Graphs) -> Graphs:
        """Return those of some graphs that bear on what others hold; assemblies are of the latest.

        The same graphs are asked of one fact after another.
        """
        if graphs is not self.asked:
            self.asked, self.bear = graphs, graphs & self.bearing
            if not self.bear <= self.latest:
                expected, self.expected = self.expected() & self.bearing, frozenset
                fits = self.bear <= expected and len(expected) <= MOST_EXPECTED
                self.latest, self.ready = expected if fits else self.bear, {}
        return self.bear

    def expect(self, graphs: Callable[[], Graphs]) -> None:
        """Assemble all of these graphs when sets of them are asked about, which will be several."""
        self.expected = graphs

    def may_hold(self, fact: int, graphs: Graphs) -> bool:
        """Whether some of the graphs have both ends of a fact where rules would take them from."""
        predicate = fact >> PREDICATE
        found = self.ports.get(predicate)
        if found is None:
            found = self.ports[predicate] = self.rulebook.ports(predicate)
        for ports, node in zip(found, (fact >> SUBJECT & END, fact & END), strict=True):
            if ports is not None:
                wanted = [port | node for port in ports]
                if all(self.nodes_of(graph).isdisjoint(wanted) for graph in (*graphs, -1)):
                    return False
        return True

    def nodes_of(self, graph: int) -> frozenset[int]:
        """Return the ends of the facts of a graph that others may be joined with."""
        found = self.nodes.get(graph)
        if found is None:
            if len(self.nodes) > MOST_NODES:
                self.nodes = {-1: self.nodes[-1]}
            found = self.nodes[graph] = frozenset(ends(self.facts((graph,))))
        return found


def ends(facts: Iterable[int]) -> Iterator[int]:
    """Yield the ends of facts, each as a port with its node."""
    for fact in facts:
        predicate = fact >> PREDICATE
        yield port(predicate, OF_SUBJECT) | fact >> SUBJECT & END
        yield port(predicate, OF_OBJECT) | fact & END
