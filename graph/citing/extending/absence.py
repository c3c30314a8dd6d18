"""What is absent, or must be: whether a part of the dataset may hold what the whole does not."""

from __future__ import annotations

from collections.abc import Set
from typing import Final

from pyoxigraph import Variable

from graph.reasoning.rules.axiom import Term
from graph.sparql.scope import certain, has_exists, mentioned, parts, visible
from graph.sparql.syntax import (
    Bind,
    Describe,
    Element,
    Exists,
    Filter,
    Group,
    Minus,
    NegatedSet,
    Query,
    Repeat,
    TriplePattern,
    Triples,
    Values,
)

NOT_EXISTS: Final = "NOT EXISTS looks for what is not there"
MINUS: Final = "MINUS looks for what is not there"
LACKING: Final = "the dataset lacks triples that follow from it"
ABSENCES: Final = {NOT_EXISTS, MINUS}
"""Why rows are doubted that rest on an absence."""


def is_asked_with(inner: Group, before: tuple[Element, ...], told: Set[Variable]) -> bool:
    """Whether a group asks for triples only, with what is bound before it for certain and told."""
    asked_with = set(mentioned(inner)) & set(visible(before))
    return is_monotone(inner) and asked_with <= told & certain(before)


def is_monotone(group: Group) -> bool:
    """Whether a group asks for triples only, so that it has no solution where some are missing."""
    elements = group.elements
    return all(isinstance(one, Triples | Filter) and not has_exists(one) for one in elements)


def without_absences(group: Group) -> Group | None:
    """Return a group without what must be absent, None where it is of more than triples."""
    kept: list[Element] = []
    for element in group.elements:
        match element:
            case Minus(inner) | Filter(Exists(inner, True)) if is_monotone(inner):
                pass
            case Triples() | Filter() | Values() | Bind() if not has_exists(element):
                kept.append(element)
            case _:
                return None
    return Group(tuple(kept))


def asks_for(query: Query, predicates: Set[Term]) -> bool:
    """Whether triples of some predicates may give a query another answer."""
    patterns = (one for one in parts(query.form) if isinstance(one, TriplePattern))
    described = isinstance(query.form, Describe)
    return bool(predicates) and (described or any(crosses(one, predicates) for one in patterns))


def crosses(pattern: TriplePattern, predicates: Set[Term]) -> bool:
    """Whether triples of some predicates may match a pattern, or name the node that it stays at."""
    for one in parts(pattern.predicate):
        if isinstance(one, Variable | NegatedSet) or one in predicates:
            return True
        if isinstance(one, Repeat) and one.times != "+":
            return True
    return False
