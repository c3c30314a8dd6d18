"""Losses: the facts that a dataset loses without some sources, for several exclusions at once.

Each exclusion is a scenario. A set of scenarios is a number with a bit for each, so that one pass
finds the losses of all. A scenario loses a fact if it excludes the statements of the fact, and each
derivation of the fact has a premise that it loses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from graph.reasoning.closure import Closure, premises
from graph.reasoning.kernel import Kernel
from graph.reasoning.rulebook import Derivation, Fact

Scenarios: TypeAlias = int
"""A set of scenarios, as the bits of a number; -1 is all of them."""

Excluded: TypeAlias = Mapping[Fact, Mapping[int, Scenarios]]
"""Statements, as facts and the sources that state them, with the scenarios that exclude each."""


def find_losses(kernel: Kernel, excluded: Excluded) -> dict[Fact, Scenarios]:
    """Return the facts that a dataset loses, each with the scenarios; the kernel is not changed.

    The dataset has the facts that a source states, and the inferences that `graph:inferred` shows.
    """
    closure = kernel.closure
    unstated = {
        fact: intersect_scenarios(scenarios, closure.stated[fact])
        for fact, scenarios in excluded.items()
        if fact in closure.stated
    }
    retracted = find_retracted(closure, unstated)
    lost = {}
    for fact in retracted.keys() | excluded.keys():
        sources, is_shown = kernel.sources_stating(fact), kernel.is_materialised(fact)
        if fact in kernel.tbox.facts or not (sources or is_shown):
            continue
        scenarios = intersect_scenarios(excluded.get(fact, {}), sources)
        if is_shown and fact in closure:
            scenarios &= retracted.get(fact, 0)  # elsewhere it is still inferred
        if scenarios:
            lost[fact] = scenarios
    return lost


def intersect_scenarios(scenarios: Mapping[int, Scenarios], sources: Iterable[int]) -> Scenarios:
    """Return the scenarios that exclude each of some sources."""
    common = -1
    for source in sources:
        common &= scenarios.get(source, 0)
    return common


def find_retracted(closure: Closure, unstated: Mapping[Fact, Scenarios]) -> dict[Fact, Scenarios]:
    """Return the facts that a closure loses, given the scenarios that exclude the stated facts.

    Start from an overestimate, as DRed does (Gupta, Mumick and Subrahmanian 1993). A fact survives
    a scenario if one of its derivations has no lost premise; then its conclusions may survive too,
    and are checked again. The rest is the greatest fixed point: facts that only derive each other
    are lost together.
    """
    retracted = overestimate_retracted(closure, unstated)
    queue, waiting = list(retracted), {*retracted}
    for fact in queue:
        waiting.remove(fact)
        scenarios = retracted[fact]
        for derivation in closure.derive(fact):
            scenarios &= find_failing_scenarios(derivation, retracted)
            if not scenarios:
                break
        if scenarios != retracted[fact]:
            retracted[fact] = scenarios
            concluded = {conclusion for conclusion, *_ in closure.apply_rules(fact)}
            again = {conclusion for conclusion in concluded - waiting if retracted.get(conclusion)}
            waiting |= again
            queue += again
    return {fact: scenarios for fact, scenarios in retracted.items() if scenarios}


def overestimate_retracted(
    closure: Closure, unstated: Mapping[Fact, Scenarios]
) -> dict[Fact, Scenarios]:
    """Return the facts whose justification fails, each with the scenarios in which it fails.

    A closure records the justification of a fact after its premises', so one pass in that order is
    enough.
    """
    retracted = {
        fact: scenarios
        for fact, scenarios in unstated.items()
        if scenarios and fact not in closure.why and not closure.is_in_base(fact)
    }
    for fact, derivation in closure.why.items():
        scenarios = find_failing_scenarios(derivation, retracted)
        if fact in closure.stated:
            scenarios &= unstated.get(fact, 0)
        if scenarios:
            retracted[fact] = scenarios
    return retracted


def find_failing_scenarios(
    derivation: Derivation, retracted: Mapping[Fact, Scenarios]
) -> Scenarios:
    """Return the scenarios that lose a premise of a derivation."""
    scenarios = 0
    for premise in premises(derivation):
        scenarios |= retracted.get(premise, 0)
    return scenarios
