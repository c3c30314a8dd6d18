"""What some graphs hold together: the facts that follow from several, with all ways they do.

Whether a set of graphs holds a triple is decided exactly: the facts that its graphs hold alone are
known, so only the rules that join facts are applied to them, and what follows from that.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence, Set
from itertools import accumulate
from typing import Final, TypeAlias

from graph.fact_index import AXIOM, TOGETHER, FactIndex
from graph.rulebook import (
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
from graph.support import EMPTY, Graphs

Premises: TypeAlias = tuple[int, ...]

Stretch: TypeAlias = list[tuple[int, Premises]]
"""The nodes that are reached along a chain, each with the facts that lead there."""

MANY: Final = 64
"""Facts that others are joined with, past which those of one graph are gathered once for all."""

MOST_KEPT: Final = 100_000
"""Facts of the assemblies that are kept for the next time."""

MOST_NODES: Final = 20_000
"""Graphs of which it is kept which nodes their facts have."""

FEW: Final = 16
"""Graphs of which it is worth looking first whether they have both ends of a fact."""

EVERY: Final = range(1 << 64 - PREDICATE)
"""The places of all predicates."""


class Assembly:
    """The joint closure of some graphs, from facts that are closed graph by graph already.

    What holds in `base` holds here too, and is not said again. Facts are packed, and `places` are
    the predicates of those that are wanted (graph/rulebook.py).
    """

    def __init__(
        self,
        rulebook: Rulebook,
        literals: bytearray,
        base: Assembly | None = None,
        wanted: Container[int] = EVERY,
    ) -> None:
        self.rulebook = rulebook
        self.literals = literals
        self.base = base
        self.wanted = wanted
        self.known: set[int] = set()
        self.before_it: Set[int] = base.known if base else frozenset()
        self.ways: dict[int, list[Premises]] = {}
        self.queue: list[int] = []
        self.onward: dict[int, list[int]] = {}
        self.backward: dict[int, list[int]] = {}

    def gather(self, facts: Iterable[int]) -> None:
        """Take up facts of which each graph holds all that follows from them."""
        queue = self.queue = [one for one in dict.fromkeys(facts) if one not in self.before_it]
        self.known.update(queue)
        for fact in queue:
            if fact >> PREDICATE in self.rulebook.paths:
                for head, premises in self.joined(fact):
                    self.conclude(head, premises)

    def conclude(self, head: int, premises: Premises) -> None:
        """Take up that a fact follows from several, and what follows from it in turn."""
        before = self.ways.get(head)
        if before is not None:
            before.append(premises)
        elif head not in premises:
            self.ways[head] = [premises]
            self.enter(head)

    def enter(self, head: int) -> None:
        """Take up a fact that was not known to follow from several, and what follows from it."""
        if head not in self.known and head not in self.before_it:
            self.known.add(head)
            self.queue.append(head)
        for conclusion in self.rulebook.conclusions(head, self.literals):
            if conclusion >> PREDICATE in self.wanted:
                self.conclude(conclusion, (head,))

    def joined(self, fact: int) -> Iterator[tuple[int, Premises]]:
        """Yield what follows from a fact with those that were joined before it, and from which."""
        predicate, subject, value = fact >> PREDICATE, fact >> SUBJECT & END, fact & END
        self.onward.setdefault(predicate << SUBJECT | subject, []).append(value)
        self.backward.setdefault(predicate << SUBJECT | value, []).append(subject)
        for (steps, head), place in self.rulebook.paths[predicate]:
            rights = self.onwards(steps[place + 1 :], value)
            if not rights:
                continue
            base = head << PREDICATE
            for left, one in self.backwards(steps[:place], subject):
                start = base | left << SUBJECT
                for right, two in rights:
                    yield start | right, (*one, fact, *two)

    def onwards(self, steps: Sequence[int], node: int) -> Stretch:
        """Return the nodes at the end of a chain from a node."""
        found: Stretch = [(node, ())]
        for step in steps:
            base = step << PREDICATE
            found = [
                (end, (*way, base | start << SUBJECT | end))
                for start, way in found
                for end in self.after(step, start)
            ]
        return found

    def backwards(self, steps: Sequence[int], node: int) -> Stretch:
        """Return the nodes at the start of a chain to a node."""
        found: Stretch = [(node, ())]
        for step in reversed(steps):
            base = step << PREDICATE
            found = [
                (start, (base | start << SUBJECT | end, *way))
                for end, way in found
                for start in self.before(step, end)
            ]
        return found

    def after(self, step: int, node: int) -> list[int]:
        """Return the objects of a subject."""
        found = self.onward.get(step << SUBJECT | node, [])
        return found + self.base.after(step, node) if self.base else found

    def before(self, step: int, node: int) -> list[int]:
        """Return the subjects of an object."""
        found = self.backward.get(step << SUBJECT | node, [])
        return found + self.base.before(step, node) if self.base else found

    def derivations(self, fact: int) -> list[Premises]:
        """Return the ways in which a fact follows from several, here or in the base."""
        found = self.ways.get(fact, [])
        return found + self.base.derivations(fact) if self.base else found

    def witness(self, goal: int, holder: Callable[[int], Graphs | None]) -> Graphs | None:
        """Return graphs that hold a fact together, or None where they do not.

        `holder` returns a graph that holds a fact alone, no graph for what is given, or None. The
        facts are found level by level, so that none is a reason for itself.
        """
        cone: dict[int, list[Premises]] = {}
        found: dict[int, Graphs] = {}
        waiting = [goal]
        for fact in waiting:
            if fact not in cone and fact not in found:
                alone = holder(fact)
                if alone is not None:
                    found[fact] = alone
                else:
                    cone[fact] = self.derivations(fact)
                    waiting.extend(one for way in cone[fact] for one in way)
        grown = True
        while grown and goal not in found:
            grown = False
            for fact, ways in cone.items():
                for way in ways:
                    if fact not in found and all(one in found for one in way):
                        found[fact] = EMPTY.union(*(found[one] for one in way))
                        grown = True
        return found.get(goal)


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
        self.axioms.gather(index.by_subject[p] for p in self.joinable() if index.marks[p] & AXIOM)
        self.leading = rulebook.leading()
        self.ports: dict[int, tuple[Ports | None, Ports | None]] = {}
        self.nodes: dict[int, frozenset[int]] = {-1: frozenset(ends(self.axioms.known))}
        self.built: dict[tuple[Graphs, bool], Assembly] = {}
        self.kept = 0
        self.latest = EMPTY

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
            if not index.marks[place] & TOGETHER
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
            found.gather(self.facts(graphs - large if apart else graphs))
            self.kept += len(found.known) + FEW
            if self.kept > MOST_KEPT:
                self.kept = 0
                self.built.clear()
            self.built[graphs, leading] = found
        return found

    def witness(self, fact: int, graphs: Graphs, among: Graphs) -> Graphs | None:
        """Return which of some graphs hold a fact together, or None where they do not.

        They are some of those `among` which the same will be asked of others.
        """
        bearing = graphs & self.bearing
        if len(bearing) < 2 or (len(bearing) < FEW and not self.may_hold(fact, bearing)):
            return None
        if not bearing <= self.latest:
            self.latest = among & self.bearing
        assembly = self.assembly(self.latest, leading=fact >> PREDICATE in self.leading)
        return assembly.witness(fact, lambda one: self.holder(one, bearing))

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

    def holder(self, fact: int, graphs: Graphs) -> Graphs | None:
        """Return a graph that holds a fact alone, no graph where it is given, or None."""
        place = self.index.at(fact)
        marks = self.index.marks[place]
        if marks & AXIOM:
            return EMPTY
        if not marks & TOGETHER:
            for code in self.index.holders(place):
                if code >> 1 in graphs:
                    return frozenset((code >> 1,))
        return None


def ends(facts: Iterable[int]) -> Iterator[int]:
    """Yield the ends of facts, each as a port with its node."""
    for fact in facts:
        predicate = fact >> PREDICATE
        yield port(predicate, OF_SUBJECT) | fact >> SUBJECT & END
        yield port(predicate, OF_OBJECT) | fact & END
