"""The cone of a fact: its derivations and theirs, searched backwards from the goal.

Each fact is expanded once (tabling: Tamaki and Sato, OLD resolution with tabulation, ICLP 1986).
Values over the cone are fixed points, as recursive provenance is (Green, Karvounarakis and Tannen,
Provenance semirings, PODS 2007).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any, Self, TypeVar

from graph.reasoning.alternatives import GIVEN, NOTHING, Alternatives, product, union
from graph.reasoning.closure import EMPTY, Closure, Graphs, premises
from graph.reasoning.rulebook import Derivation, Fact
from graph.reasoning.thresholds import Thresholds

Value = TypeVar("Value", Alternatives, Graphs)


@dataclass(frozen=True, slots=True)
class Cone:
    """The facts that the derivations of a goal may use, each with its own derivations.

    `leaves` maps each fact to the graphs that state it. `cut` tells whether the search stopped at
    its thresholds.
    """

    goal: Fact
    leaves: dict[Fact, Alternatives]
    derivations: dict[Fact, list[Derivation]]
    cut: bool

    @classmethod
    def search(
        cls, closure: Closure, goal: Fact, thresholds: Thresholds, within: Graphs | None = None
    ) -> Self:
        """Search the cone of a fact breadth first, in all graphs or within some."""
        leaves: dict[Fact, Alternatives] = {}
        derivations: dict[Fact, list[Derivation]] = {}
        cut, queue, budget = False, [goal], thresholds.search_derivations
        for fact in queue:
            if fact in leaves:
                continue
            leaves[fact] = stating_graphs(closure, fact, within)
            if leaves[fact] is GIVEN or (within is not None and len(leaves[fact]) > 1):
                continue
            most = max(0, min(thresholds.rule_derivations, budget))
            steps, stopped = expand(closure, fact, most, within)
            budget -= len(steps)
            cut = cut or stopped
            if steps:
                derivations[fact] = steps
                queue += [premise for step in steps for premise in premises(step)]
        return cls(goal, leaves, derivations, cut)

    def supports(self, most: int) -> Alternatives:
        """Return the sets of graphs that entail the goal, at most so many for each fact.

        They are the least fixed point, reached from the graphs that state each fact: a circular
        derivation adds no set.
        """
        supports = dict(self.leaves)

        def grow(fact: Fact) -> Alternatives:
            inferred = (
                product([supports[premise] for premise in premises(derivation)], most)
                for derivation in self.derivations[fact]
            )
            return union([self.leaves[fact], *inferred], most)

        self.fix(supports, grow)
        goal = supports[self.goal]
        return Alternatives(goal.alone, goal.several, goal.exact and not self.cut)

    def find_needed(self, graphs: Graphs) -> Graphs:
        """Return the graphs among some that every derivation of the goal within them uses.

        They are the greatest fixed point: a fact needs the graphs that all its derivations need,
        and a derivation needs the graphs that any of its premises needs.
        """
        needs = {fact: required_graphs(leaf, graphs) for fact, leaf in self.leaves.items()}
        leaves = dict(needs)

        def shrink(fact: Fact) -> Graphs:
            return leaves[fact].intersection(
                *(
                    EMPTY.union(*(needs[premise] for premise in premises(derivation)))
                    for derivation in self.derivations[fact]
                )
            )

        self.fix(needs, shrink)
        return needs[self.goal]

    def fix(self, values: dict[Fact, Value], step: Callable[[Fact], Value]) -> None:
        """Recompute each value from the values of the premises until none changes."""
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

    def order(
        self, graphs: Graphs, rank: Callable[[Derivation], Any] = premises
    ) -> dict[Fact, Derivation | None]:
        """Return the facts of the cone that some graphs entail, each after its premises.

        The facts of one level are derived from earlier levels, so that each fact has a derivation
        of the fewest levels; a stated fact has None. Of several such derivations the first by
        `rank` is taken: two kernels of one dataset, which number its terms in another order, then
        have one proof.
        """
        proved: dict[Fact, Derivation | None] = {
            fact: None for fact, leaf in self.leaves.items() if leaf.holds_in(graphs)
        }
        while self.goal not in proved:
            level: dict[Fact, Derivation | None] = {}
            for fact, of_fact in self.derivations.items():
                if fact in proved:
                    continue
                ready = [
                    derivation
                    for derivation in of_fact
                    if all(premise in proved for premise in premises(derivation))
                ]
                if ready:
                    level[fact] = min(ready, key=rank) if len(ready) > 1 else ready[0]
            if not level:
                break
            proved |= level
        return proved


def required_graphs(leaf: Alternatives, graphs: Graphs) -> Graphs:
    """Return the graphs that a leaf needs: the only graph that states it, or all if none does."""
    if not leaf:
        return graphs
    return leaf.alone if len(leaf.alone) == 1 else EMPTY


def stating_graphs(closure: Closure, fact: Fact, within: Graphs | None) -> Alternatives:
    """Return the graphs that state a fact, among some graphs or all."""
    if closure.is_in_base(fact):
        return GIVEN
    graphs = closure.stated.get(fact, EMPTY)
    if within is not None:
        graphs &= within
    return Alternatives(graphs) if graphs else NOTHING


def expand(
    closure: Closure, fact: Fact, most: int, within: Graphs | None
) -> tuple[list[Derivation], bool]:
    """Return at most so many derivations of a fact by each rule, and whether there are more.

    Within some graphs, omit the derivations with a premise that the graphs do not state and that no
    rule can derive.
    """
    rules_for = closure.rulebook.rules_for
    steps: list[Derivation] = []
    stopped = False
    for rule in rules_for(fact):
        of_rule = (
            derivation
            for derivation in closure.derive_by(rule, fact)
            if within is None
            or all(
                rules_for(premise) or stating_graphs(closure, premise, within)
                for premise in premises(derivation)
            )
        )
        steps += islice(of_rule, most)
        stopped = stopped or next(of_rule, None) is not None
    return steps, stopped
