"""What must be absent: whether a part of the dataset may hold what the whole does not."""

from __future__ import annotations

from collections.abc import Set
from typing import Final

from pyoxigraph import Variable

from graph.sparql.scope import certain, has_exists, mentioned, visible
from graph.sparql.syntax import Bind, Element, Exists, Filter, Group, Minus, Triples, Values

NOT_EXISTS: Final = "NOT EXISTS looks for what is not there"
MINUS: Final = "MINUS looks for what is not there"
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
