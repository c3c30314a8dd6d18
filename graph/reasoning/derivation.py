"""The ways to conclude a fact in one step from the facts of a closed set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from graph.reasoning.facts.fact import Fact, Facts, NumberedRule, join, unify


@dataclass(frozen=True, slots=True)
class Derivation:
    """A rule, and the facts from which it draws its conclusion, in the order of its body."""

    rule: NumberedRule
    premises: tuple[Fact, ...]


def derivations(
    facts: Facts, rules: Iterable[NumberedRule], conclusion: Fact
) -> Iterator[Derivation]:
    """Yield every derivation of a fact in one step, from facts of a closed set."""
    for rule in rules:
        binding = unify(rule.head, conclusion, {})
        if binding is None:
            continue
        for _, premises in join(facts, rule.body, binding, {}):
            if conclusion not in premises:
                yield Derivation(rule, premises)
