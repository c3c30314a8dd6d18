"""Losses: the facts that fall in each of several cases in which statements go.

A case is a bit of a number, so that one pass finds the losses of all cases. A fact falls where its
statements go and each derivation of it has a premise that falls.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from graph.reasoning.closure import Closure, premises
from graph.reasoning.kernel import Kernel
from graph.reasoning.rulebook import Derivation, Fact

Cases: TypeAlias = int
"""A set of cases, as the bits of a number; -1 is all of them."""

Going: TypeAlias = Mapping[Fact, Mapping[int, Cases]]
"""The statements that go: facts, the graphs that state them, and the cases in which they go."""


def losses(kernel: Kernel, going: Going) -> dict[Fact, Cases]:
    """Return the facts that a dataset loses, each with the cases; the kernel stays as it is.

    A fact of the dataset is stated by a graph, or follows and is worth saying.
    """
    closure = kernel.closure
    unstated = {
        fact: unsaid(graphs, closure.stated[fact])
        for fact, graphs in going.items()
        if fact in closure.stated
    }
    falling = fallen(closure, unstated)
    lost = {}
    for fact in falling.keys() | going.keys():
        stating, said = kernel.stating(fact), kernel.is_said(fact)
        if fact in kernel.tbox.facts or not (stating or said):
            continue
        cases = unsaid(going.get(fact, {}), stating)
        if said and fact in closure:
            cases &= falling.get(fact, 0)
        if cases:
            lost[fact] = cases
    return lost


def unsaid(going: Mapping[int, Cases], stating: Iterable[int]) -> Cases:
    """Return the cases in which each graph that states a fact does so no more."""
    cases = -1
    for graph in stating:
        cases &= going.get(graph, 0)
    return cases


def fallen(closure: Closure, unstated: Mapping[Fact, Cases]) -> dict[Fact, Cases]:
    """Return the facts that a closure loses, where the stated ones are unstated in some cases.

    Those that may fall come first; then those are taken out that another derivation holds, until
    all that are left agree: the greatest fixed point.
    """
    falling = suspects(closure, unstated)
    queue, waiting = list(falling), {*falling}
    for fact in queue:
        waiting.remove(fact)
        cases = falling[fact]
        for derivation in closure.derivations(fact):
            cases &= failing(derivation, falling)
            if not cases:
                break
        if cases != falling[fact]:
            falling[fact] = cases
            concluded = {conclusion for conclusion, *_ in closure.conclusions(fact)}
            again = {conclusion for conclusion in concluded - waiting if falling.get(conclusion)}
            waiting |= again
            queue += again
    return {fact: cases for fact, cases in falling.items() if cases}


def suspects(closure: Closure, unstated: Mapping[Fact, Cases]) -> dict[Fact, Cases]:
    """Return the facts whose first derivation fails, with the cases in which it does.

    A derivation was found after those of its premises, so that one look at each is enough.
    """
    falling = {
        fact: cases
        for fact, cases in unstated.items()
        if cases and fact not in closure.why and not closure.is_given(fact)
    }
    for fact, derivation in closure.why.items():
        cases = failing(derivation, falling)
        if fact in closure.stated:
            cases &= unstated.get(fact, 0)
        if cases:
            falling[fact] = cases
    return falling


def failing(derivation: Derivation, falling: Mapping[Fact, Cases]) -> Cases:
    """Return the cases in which a premise of a derivation falls."""
    cases = 0
    for premise in premises(derivation):
        cases |= falling.get(premise, 0)
    return cases
