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
"""The most violations of a constraint that the driver fetches and reports."""


def find_violating_facts(facts: DataFrame, kernel: Kernel) -> Iterator[tuple[str, str, str]]:
    """Yield the facts that violate constraints of the ontology, rule by rule."""
    for rule in kernel.tbox.rulebook.rules.values():
        if rule.head is None:
            for row in join_premises(facts, rule, kernel).limit(MOST_VIOLATIONS).collect():
                bound = row.asDict()
                for pattern in rule.body:
                    subject, predicate, value = (bind_term(end, bound, kernel) for end in pattern)
                    yield subject, predicate, value


def join_premises(facts: DataFrame, rule: NumberedRule, kernel: Kernel) -> DataFrame:
    """Return the bindings of a constraint's body, a column for each variable."""
    frames = [match_premise(facts, pattern, kernel) for pattern in rule.body]
    frame = reduce(lambda left, right: left.join(right, shared_columns(left, right)), frames)
    if rule.different:
        first, second = rule.different
        frame = frame.where(frame[first] != frame[second])
    return frame


def shared_columns(left: DataFrame, right: DataFrame) -> list[str]:
    """Return the names of the columns of both frames."""
    return [name for name in left.columns if name in right.columns]


def match_premise(facts: DataFrame, pattern: Pattern, kernel: Kernel) -> DataFrame:
    """Return the bindings of a premise, a column for each variable."""
    matches = facts.where(facts.p == bind_term(pattern[1], {}, kernel))
    columns: dict[str, Column] = {}
    for name, end in (("s", pattern[0]), ("o", pattern[2])):
        if isinstance(end, int):
            matches = matches.where(facts[name] == bind_term(end, {}, kernel))
        elif end in columns:
            matches = matches.where(facts[name] == columns[end])
        else:
            columns[end] = facts[name]
    return matches.select([column.alias(name) for name, column in columns.items()])


def bind_term(end: int | str, bound: dict[str, str], kernel: Kernel) -> str:
    """Return the term of a number, or of a variable under a binding, in N-Triples syntax."""
    return bound[end] if isinstance(end, str) else str(kernel.lexicon.term(end))
