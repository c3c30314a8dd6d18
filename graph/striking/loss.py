"""Losses: the facts that a dataset loses if statements are struck, for several strikes at once.

Each strike is a case. A set of cases is a number with a bit for each, so that one pass finds the
losses of all. A fact falls in a case if the case strikes its statements and each of its derivations
has a premise that falls.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from graph.reasoning.closure import Closure, premises
from graph.reasoning.kernel import Kernel
from graph.reasoning.rulebook import Derivation, Fact

Cases: TypeAlias = int
"""A set of cases, as the bits of a number; -1 is all of them."""

Struck: TypeAlias = Mapping[Fact, Mapping[int, Cases]]
"""Statements, as facts and the sources that state them, with the cases that strike each."""


def find_losses(kernel: Kernel, struck: Struck) -> dict[Fact, Cases]:
    """Return the facts that a dataset loses, each with the cases; the kernel is not changed.

    The dataset has the facts that a source states, and the inferences that `graph:inferred` shows.
    """
    closure = kernel.closure
    unstated = {
        fact: common_cases(cases, closure.stated[fact])
        for fact, cases in struck.items()
        if fact in closure.stated
    }
    falling = find_falling(closure, unstated)
    lost = {}
    for fact in falling.keys() | struck.keys():
        sources, is_shown = kernel.sources_stating(fact), kernel.is_materialised(fact)
        if fact in kernel.tbox.facts or not (sources or is_shown):
            continue
        cases = common_cases(struck.get(fact, {}), sources)
        if is_shown and fact in closure:
            cases &= falling.get(fact, 0)  # in the other cases it is still inferred
        if cases:
            lost[fact] = cases
    return lost


def common_cases(cases: Mapping[int, Cases], sources: Iterable[int]) -> Cases:
    """Return the cases that strike each of some sources."""
    common = -1
    for source in sources:
        common &= cases.get(source, 0)
    return common


def find_falling(closure: Closure, unstated: Mapping[Fact, Cases]) -> dict[Fact, Cases]:
    """Return the facts that a closure loses, given the cases that strike the stated facts.

    Start from a superset, the suspects. A fact survives a case if one of its derivations has no
    falling premise; then its conclusions may survive too, and are checked again. The rest is the
    greatest fixed point: facts that only derive each other fall together.
    """
    falling = find_suspects(closure, unstated)
    queue, waiting = list(falling), {*falling}
    for fact in queue:
        waiting.remove(fact)
        cases = falling[fact]
        for derivation in closure.derive(fact):
            cases &= failing_cases(derivation, falling)
            if not cases:
                break
        if cases != falling[fact]:
            falling[fact] = cases
            concluded = {conclusion for conclusion, *_ in closure.apply_rules(fact)}
            again = {conclusion for conclusion in concluded - waiting if falling.get(conclusion)}
            waiting |= again
            queue += again
    return {fact: cases for fact, cases in falling.items() if cases}


def find_suspects(closure: Closure, unstated: Mapping[Fact, Cases]) -> dict[Fact, Cases]:
    """Return the facts whose justification fails, each with the cases in which it fails.

    A closure records the justification of a fact after its premises', so one pass in that order is
    enough.
    """
    falling = {
        fact: cases
        for fact, cases in unstated.items()
        if cases and fact not in closure.why and not closure.is_in_base(fact)
    }
    for fact, derivation in closure.why.items():
        cases = failing_cases(derivation, falling)
        if fact in closure.stated:
            cases &= unstated.get(fact, 0)
        if cases:
            falling[fact] = cases
    return falling


def failing_cases(derivation: Derivation, falling: Mapping[Fact, Cases]) -> Cases:
    """Return the cases in which a premise of a derivation falls."""
    cases = 0
    for premise in premises(derivation):
        cases |= falling.get(premise, 0)
    return cases
