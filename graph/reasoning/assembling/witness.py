"""A witness: graphs of some that hold a fact together, by any of the ways in which it follows."""

from __future__ import annotations

from collections.abc import Iterator, Set
from itertools import chain
from typing import TypeAlias

from graph.reasoning.assembling.assembly import Assembly
from graph.reasoning.facts.fact_index import ONTOLOGY
from graph.reasoning.facts.rulebook import ANY, END, OF_SUBJECT, PREDICATE, SAME, SUBJECT, SWAPPED
from graph.reasoning.sets.support import EMPTY, Graphs

Premises: TypeAlias = tuple[int, ...]


class Witnesses:
    """The facts that some graphs of an assembly hold, without others of them.

    Facts are packed (graph/reasoning/facts/rulebook.py).
    """

    def __init__(self, assembly: Assembly, graphs: Graphs, without: Set[int]) -> None:
        self.assembly = assembly
        self.graphs = graphs
        self.without = without

    def of(self, goal: int) -> Graphs | None:
        """Return graphs that hold a fact together, or None where they do not."""
        found, ways = self.direct(goal)
        return self.sought(goal, ways) if ways else found

    def direct(self, goal: int) -> tuple[Graphs | None, list[Premises]]:
        """Return graphs that hold all that one way to a fact needs, or None.

        Where none is found at once, the ways are returned that have premises which may follow.
        """
        possible: list[Premises] = []
        for way in self.ways(goal):
            found: set[int] = set()
            waits = False
            for fact in way:
                graph = self.holder(fact)
                if graph is not None:
                    found.add(graph)
                elif self.may_follow(fact):
                    waits = True
                else:
                    break
            else:
                if not waits:
                    return frozenset(found - {ONTOLOGY}), []
                possible.append(way)
        return None, possible

    def sought(self, goal: int, ways: list[Premises]) -> Graphs | None:
        """Return graphs that hold a fact by premises that follow from others, or None.

        The facts are found level by level, so that none is a reason for itself.
        """
        cone = {goal: ways}
        found: dict[int, Graphs] = {}
        waiting = list(chain.from_iterable(ways))
        for fact in waiting:
            if fact not in cone and fact not in found:
                graph = self.holder(fact)
                graphs, ways = self.direct(fact) if graph is None else (frozenset((graph,)), [])
                if graphs is not None:
                    found[fact] = graphs
                elif ways:
                    cone[fact] = ways
                    waiting.extend(chain.from_iterable(ways))
        grown = True
        while grown and goal not in found:
            grown = False
            for fact, ways in cone.items():
                for way in ways:
                    if fact not in found and all(one in found for one in way):
                        found[fact] = EMPTY.union(*(found[one] for one in way)) - {ONTOLOGY}
                        grown = True
        return found.get(goal)

    def holder(self, fact: int) -> int | None:
        """Return a graph that holds a fact alone, ONTOLOGY, or None."""
        for graph in self.assembly.held.get(fact) or self.assembly.holders(fact):
            if (graph in self.graphs and graph not in self.without) or graph == ONTOLOGY:
                return graph
        return None

    def may_follow(self, fact: int) -> bool:
        """Whether a fact follows from several of all graphs that are assembled."""
        return fact & END in self.assembly.concluded_of(fact >> SUBJECT)

    def ways(self, fact: int) -> Iterator[Premises]:
        """Yield the ways in which a fact follows in one step from all that is assembled."""
        rulebook = self.assembly.rulebook
        predicate, subject, value = fact >> PREDICATE, fact >> SUBJECT & END, fact & END
        for steps in rulebook.chains.get(predicate, ()):
            found = self.chained(steps, subject, value)
            yield from [way for way in found if fact not in way] if predicate in steps else found
        for key in (ANY, value):
            for origin, only, kind in rulebook.origins.get((predicate, key), ()):
                for premise in self.premises(origin << PREDICATE, kind, subject, value):
                    if only in {ANY, premise & END}:
                        yield (premise,)

    def chained(self, steps: tuple[int, ...], subject: int, value: int) -> list[Premises]:
        """Return the facts that lead from one node to another by some steps, for each way."""
        row = steps[0] << SUBJECT | subject
        base, nodes = row << SUBJECT, self.assembly.after(row)
        if len(steps) > 2:
            return [
                (base | node, *way)
                for node in nodes
                for way in self.chained(steps[1:], node, value)
            ]
        end = steps[1] << PREDICATE | value
        between = nodes & self.assembly.before(steps[1] << SUBJECT | value)
        return [(base | node, end | node << SUBJECT) for node in between]

    def premises(self, base: int, kind: int, subject: int, value: int) -> Iterator[int]:
        """Yield the facts of a predicate that follow from several and conclude a fact alone."""
        if kind in {SAME, SWAPPED}:
            left, right = (subject, value) if kind == SAME else (value, subject)
            premise = base | left << SUBJECT | right
            if self.may_follow(premise):
                yield premise
        elif kind == OF_SUBJECT:
            row = base >> SUBJECT | subject
            yield from map((row << SUBJECT).__or__, self.assembly.concluded_of(row))
        else:
            for left in self.assembly.before(base >> SUBJECT | subject):
                premise = base | left << SUBJECT | subject
                if self.may_follow(premise):
                    yield premise
