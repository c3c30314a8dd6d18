"""The cone of a fact: the facts that it may follow from, searched backwards and tabled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Self, TypeVar

from graph.reasoning.alternatives import GIVEN, NOTHING, Alternatives, product, union
from graph.reasoning.closure import EMPTY, Closure, Graphs, premises
from graph.reasoning.rulebook import Derivation, Fact
from graph.reasoning.thresholds import Thresholds

Value = TypeVar("Value", Alternatives, Graphs)


@dataclass(frozen=True, slots=True)
class Cone:
    """The facts that a fact may follow from, each with its derivations; none where it is stated.

    `leaves` are the graphs that state each. `cut` says that the search stopped at its thresholds.
    """

    goal: Fact
    leaves: dict[Fact, Alternatives]
    derivations: dict[Fact, list[Derivation]]
    cut: bool

    @classmethod
    def of(
        cls, closure: Closure, goal: Fact, thresholds: Thresholds, within: Graphs | None = None
    ) -> Self:
        """Return the cone of a fact, the nearest facts first, or that within some graphs."""
        leaves: dict[Fact, Alternatives] = {}
        derivations: dict[Fact, list[Derivation]] = {}
        cut, queue, left = False, [goal], thresholds.in_all
        for fact in queue:
            if fact in leaves:
                continue
            leaves[fact] = leaf(closure, fact, within)
            if leaves[fact] is GIVEN or (within is not None and len(leaves[fact]) > 1):
                continue
            most = max(0, min(thresholds.derivations, left))
            followed, stopped = steps(closure, fact, most, within)
            left -= len(followed)
            cut = cut or stopped
            if followed:
                derivations[fact] = followed
                queue += [premise for step in followed for premise in premises(step)]
        return cls(goal, leaves, derivations, cut)

    def supports(self, most: int) -> Alternatives:
        """Return the sets of graphs in which the goal holds, so many at most of each fact.

        They are the least fixed point: starting from what states each fact and growing, no support
        ever rests on itself.
        """
        supports = dict(self.leaves)

        def grown(fact: Fact) -> Alternatives:
            inferred = (
                product([supports[premise] for premise in premises(derivation)], most)
                for derivation in self.derivations[fact]
            )
            return union([self.leaves[fact], *inferred], most)

        self.fix(supports, grown)
        goal = supports[self.goal]
        return Alternatives(goal.alone, goal.several, goal.exact and not self.cut)

    def needed(self, graphs: Graphs) -> Graphs:
        """Return those of some graphs without which the goal holds in none of the others.

        They are the greatest fixed point: a fact needs what each of its derivations needs.
        """
        needs = {fact: needed_by(leaf, graphs) for fact, leaf in self.leaves.items()}
        leaves = dict(needs)

        def shrunk(fact: Fact) -> Graphs:
            return leaves[fact].intersection(
                *(
                    EMPTY.union(*(needs[premise] for premise in premises(derivation)))
                    for derivation in self.derivations[fact]
                )
            )

        self.fix(needs, shrunk)
        return needs[self.goal]

    def fix(self, values: dict[Fact, Value], step: Callable[[Fact], Value]) -> None:
        """Give each fact the value that a step finds from those of others, until none changes."""
        users: dict[Fact, dict[Fact, None]] = {}
        for fact, of_fact in self.derivations.items():
            for derivation in of_fact:
                for premise in premises(derivation):
                    users.setdefault(premise, {})[fact] = None
        waiting = dict.fromkeys(reversed(self.derivations))
        while waiting:
            fact = next(iter(waiting))
            del waiting[fact]
            value = step(fact)
            if value != values[fact]:
                values[fact] = value
                waiting.update(users.get(fact, {}))

    def order(self, graphs: Graphs) -> dict[Fact, Derivation | None]:
        """Return the facts of the cone that hold in some graphs, each after its premises.

        Each comes with its first derivation, of the fewest levels; a leaf has none.
        """
        proved: dict[Fact, Derivation | None] = {
            fact: None for fact, leaf in self.leaves.items() if leaf.holds_in(graphs)
        }
        while self.goal not in proved:
            level: dict[Fact, Derivation | None] = {
                fact: derivation
                for fact, of_fact in self.derivations.items()
                if fact not in proved
                for derivation in of_fact[::-1]
                if all(premise in proved for premise in premises(derivation))
            }
            if not level:
                break
            proved |= level
        return proved


def needed_by(leaf: Alternatives, graphs: Graphs) -> Graphs:
    """Return those of some graphs that a leaf needs: all of them where none of them states it."""
    if not leaf:
        return graphs
    return leaf.alone if len(leaf.alone) == 1 else EMPTY


def leaf(closure: Closure, fact: Fact, within: Graphs | None) -> Alternatives:
    """Return the graphs that state a fact, of some graphs or of all."""
    if closure.is_given(fact):
        return GIVEN
    graphs = closure.stated.get(fact, EMPTY)
    if within is not None:
        graphs &= within
    return Alternatives(graphs) if graphs else NOTHING


def steps(
    closure: Closure, fact: Fact, most: int, within: Graphs | None
) -> tuple[list[Derivation], bool]:
    """Return so many derivations of a fact by each rule, and whether there are more.

    Within some graphs, only those are returned of which no premise is out of their reach.
    """
    concluding = closure.rulebook.concluding
    followed: list[Derivation] = []
    stopped = False
    for rule in concluding(fact):
        of_rule = (
            derivation
            for derivation in closure.derivations_by(rule, fact)
            if within is None
            or all(
                concluding(premise) or leaf(closure, premise, within)
                for premise in premises(derivation)
            )
        )
        followed += islice(of_rule, most)
        stopped = stopped or next(of_rule, None) is not None
    return followed, stopped
