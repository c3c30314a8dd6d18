"""The constraints on a cluster: facts that cannot all be true under the ontology."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

    from graph.reasoning.kernel import Kernel
    from graph.reasoning.rulebook import NumberedRule, Pattern

MOST_VIOLATIONS: Final = 100
"""The facts of each violated constraint that are brought to the driver, to be told."""


def find_violating_facts(facts: DataFrame, kernel: Kernel) -> Iterator[tuple[str, str, str]]:
    """Yield facts that violate the constraints of the ontology, rule by rule."""
    for rule in kernel.tbox.rulebook.rules:
        if rule.head is None:
            for row in join_premises(facts, rule, kernel).limit(MOST_VIOLATIONS).collect():
                bound = row.asDict()
                for pattern in rule.body:
                    subject, predicate, value = (bind_term(end, bound, kernel) for end in pattern)
                    yield subject, predicate, value


def join_premises(facts: DataFrame, rule: NumberedRule, kernel: Kernel) -> DataFrame:
    """Return the bindings of a constraint's body, a column for each variable."""
    frames = [match_premise(facts, pattern, kernel) for pattern in rule.body]
    frame = reduce(lambda one, two: one.join(two, shared_columns(one, two)), frames)
    if rule.different:
        one, other = rule.different
        frame = frame.where(frame[one] != frame[other])
    return frame


def shared_columns(one: DataFrame, two: DataFrame) -> list[str]:
    """Return the columns that two frames share."""
    return [name for name in one.columns if name in two.columns]


def match_premise(facts: DataFrame, pattern: Pattern, kernel: Kernel) -> DataFrame:
    """Return the bindings of a premise."""
    found = facts.where(facts.p == bind_term(pattern[1], {}, kernel))
    columns: dict[str, Column] = {}
    for name, end in (("s", pattern[0]), ("o", pattern[2])):
        if isinstance(end, int):
            found = found.where(facts[name] == bind_term(end, {}, kernel))
        elif end in columns:
            found = found.where(facts[name] == columns[end])
        else:
            columns[end] = facts[name]
    return found.select([column.alias(name) for name, column in columns.items()])


def bind_term(end: int | str, bound: dict[str, str], kernel: Kernel) -> str:
    """Return the term of a number, or of a variable under a binding, as N-Triples write it."""
    return bound[end] if isinstance(end, str) else str(kernel.lexicon.term(end))
