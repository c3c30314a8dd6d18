"""Contradictions: violated constraints and wrong datatypes, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from pyoxigraph import NamedNode, Triple

from graph.reasoning.axiom_kind import kind_of
from graph.reasoning.closure import Closure
from graph.reasoning.datatype import Datatypes
from graph.reasoning.rule import text
from graph.reasoning.rulebook import (
    Binding,
    Fact,
    Lexicon,
    NumberedRule,
    instantiate,
    look_up,
)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A contradiction in words, with the first entity or the literal that it concerns.

    `facts` are the facts that contradict each other.
    """

    message: str
    subject: str | None = None
    literal: str | None = None
    facts: tuple[Fact, ...] = field(default=(), compare=False, repr=False)


def find_contradictions(
    closure: Closure, lexicon: Lexicon, datatypes: Datatypes, facts: Iterable[Fact] | None
) -> list[Contradiction]:
    """Return the contradictions that some facts take part in, or all of a closure, sorted."""
    facts = chain(closure.base or (), closure) if facts is None else facts
    ranged = frozenset(map(lexicon.numbers.get, datatypes.ranges))
    violated: set[Contradiction] = set()
    for fact in facts:
        violated.update(find_violations(closure, lexicon, fact))
        if fact[2] < 0 or fact[1] in ranged:
            triple = Triple(*map(lexicon.term, fact))  # type: ignore[arg-type]
            violated.update(
                Contradiction(fault, literal=getattr(triple.object, "value", None), facts=(fact,))
                for fault in datatypes.faults(triple)
            )
    return sorted(violated, key=str)


def find_violations(closure: Closure, lexicon: Lexicon, fact: Fact) -> Iterator[Contradiction]:
    """Yield the violations of constraints in which a fact takes part."""
    for trigger in look_up(closure.rulebook.constraints, fact):
        for binding in closure.match_body(trigger, fact):
            different = {binding[name] for name in trigger.rule.different}
            if len(different) == len(trigger.rule.different):
                yield write_contradiction(trigger.rule, binding, lexicon)


def write_contradiction(rule: NumberedRule, binding: Binding, lexicon: Lexicon) -> Contradiction:
    """Return a violated constraint in words."""
    variables = {str(name): text(lexicon.term(number)) for name, number in binding.items()}
    if rule.different:  # both orders violate the constraint: one message
        names = sorted(variables[name] for name in rule.different)
        variables |= dict(zip(rule.different, names, strict=True))
    message = kind_of(rule.rule).message.format(*map(text, rule.rule.axiom), **variables)
    about = [lexicon.term(number) for _, number in sorted(binding.items(), key=str)]
    return Contradiction(
        message,
        min((term.value for term in about if isinstance(term, NamedNode)), default=None),
        facts=tuple(instantiate(pattern, binding) for pattern in rule.body),
    )
