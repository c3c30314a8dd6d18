"""The cone of a fact: the facts that it may follow from, searched backwards and tabled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Self

from graph.reasoning.alternatives import GIVEN, NOTHING, Alternatives, product, union
from graph.reasoning.bounds import Bounds
from graph.reasoning.closure import NONE, Closure, Derivation, Graphs, premises
from graph.reasoning.rulebook import Fact


@dataclass(frozen=True, slots=True)
class Cone:
    """The facts that a fact may follow from, each with its derivations; none where it is stated.

    `leaves` are the graphs that state each. `cut` says that the search stopped at its bounds.
    """

    goal: Fact
    leaves: dict[Fact, Alternatives]
    derivations: dict[Fact, list[Derivation]]
    cut: bool

    @classmethod
    def of(cls, closure: Closure, goal: Fact, bounds: Bounds, within: Graphs | None = None) -> Self:
        """Return the cone of a fact, the nearest facts first, or that within some graphs."""
        leaves: dict[Fact, Alternatives] = {}
        derivations: dict[Fact, list[Derivation]] = {}
        cut, queue, left = False, [goal], bounds.in_all
        for fact in queue:
            if fact in leaves:
                continue
            leaves[fact] = leaf(closure, fact, within)
            if leaves[fact] is GIVEN or (within is not None and leaves[fact] is not NOTHING):
                continue
            followed, stopped = ways(closure, fact, max(0, min(bounds.derivations, left)), within)
            left -= len(followed)
            cut = cut or stopped
            if followed:
                derivations[fact] = followed
                queue += [premise for way in followed for premise in premises(way)]
        return cls(goal, leaves, derivations, cut)

    def supports(self, bounds: Bounds) -> Alternatives:
        """Return the sets of graphs in which the goal holds: the least fixed point.

        Starting from what states each fact and growing, no support ever rests on itself.
        """
        found = dict(self.leaves)
        users: dict[Fact, dict[Fact, None]] = {}
        for fact, of_fact in self.derivations.items():
            for way in of_fact:
                for premise in premises(way):
                    users.setdefault(premise, {})[fact] = None
        waiting = dict.fromkeys(reversed(self.derivations))
        while waiting:
            fact = next(iter(waiting))
            del waiting[fact]
            inferred = [
                product([found[premise] for premise in premises(way)], bounds.alternatives)
                for way in self.derivations[fact]
            ]
            grown = union([self.leaves[fact], *inferred], bounds.alternatives)
            if grown != found[fact]:
                found[fact] = grown
                waiting.update(users.get(fact, {}))
        goal = found[self.goal]
        return Alternatives(goal.alone, goal.several, goal.exact and not self.cut)

    def order(self, graphs: Graphs) -> dict[Fact, Derivation | None]:
        """Return the facts of the cone that hold in some graphs, each after its premises.

        Each comes with its first derivation, of the fewest levels; a leaf has none.
        """
        proved: dict[Fact, Derivation | None] = {
            fact: None for fact, leaf in self.leaves.items() if leaf.holds_in(graphs)
        }
        level: dict[Fact, Derivation] = {}
        while self.goal not in proved:
            level = {
                fact: way
                for fact, of_fact in self.derivations.items()
                if fact not in proved
                for way in of_fact[::-1]
                if all(premise in proved for premise in premises(way))
            }
            if not level:
                break
            proved |= level
        return proved

    def holds_in(self, graphs: Graphs) -> bool:
        """Return whether the goal was found to hold in some graphs."""
        return self.goal in self.order(graphs)


def leaf(closure: Closure, fact: Fact, within: Graphs | None) -> Alternatives:
    """Return the graphs that state a fact, of some graphs or of all."""
    if closure.base is not None and fact in closure.base:
        return GIVEN
    graphs = closure.stated.get(fact, NONE)
    if within is not None:
        graphs &= within
    return Alternatives(graphs) if graphs else NOTHING


def ways(
    closure: Closure, fact: Fact, most: int, within: Graphs | None
) -> tuple[list[Derivation], bool]:
    """Return so many derivations of a fact by each rule, and whether there are more."""
    followed: list[Derivation] = []
    stopped = False
    for rule in closure.rulebook.concluding(fact):
        of_rule = possible(closure, closure.derivations_by(rule, fact), within)
        followed += islice(of_rule, most)
        stopped = stopped or next(of_rule, None) is not None
    return followed, stopped


def possible(
    closure: Closure, derivations: Iterator[Derivation], within: Graphs | None
) -> Iterator[Derivation]:
    """Yield the derivations of which no premise is out of reach of some graphs."""
    for way in derivations:
        if (
            within is None
            or all(
                closure.rulebook.concluding(premise)  # type: ignore[arg-type]
                or leaf(closure, premise, within)  # type: ignore[arg-type]
                for premise in way[1:]
            )
        ):
            yield way
