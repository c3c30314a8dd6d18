"""Negations: conditions in negation normal form, and groups without UNION."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product
from typing import Final

from graph.sparql.syntax import (
    Chain,
    Element,
    Exists,
    Expression,
    Filter,
    Group,
    InGraph,
    Unary,
    Union,
)

MOST_ALTERNATIVES: Final = 16
"""The groups without UNION into which a group is split."""


def split_conjunction(expression: Expression) -> Iterator[Expression]:
    """Yield the conditions that must all hold, with `!` moved inwards by the laws of De Morgan.

    They hold in the logic of SPARQL as well (section 17.2), in which a condition may be an error.
    """
    match expression:
        case Chain(first, (("&&", _), *_) as rest):
            for condition in (first, *(operand for _, operand in rest)):
                yield from split_conjunction(condition)
        case Unary("!", Unary("!", inner)):
            yield from split_conjunction(inner)
        case Unary("!", Chain(first, (("||", _), *_) as rest)):
            for condition in (first, *(operand for _, operand in rest)):
                yield from split_conjunction(Unary("!", condition))
        case Unary("!", Exists(group, negated)):
            yield Exists(group, not negated)
        case _:
            yield expression


def list_alternatives(group: Group) -> list[Group]:
    """Return groups without UNION that together have the solutions of a group (section 18.5).

    Of more than MOST_ALTERNATIVES the rest is omitted.
    """
    choices = islice(product(*map(list_elements, group.elements)), MOST_ALTERNATIVES)
    return [Group(tuple(element for chosen in choice for element in chosen)) for choice in choices]


def list_elements(element: Element) -> list[tuple[Element, ...]]:
    """Return the alternatives of an element, each as elements that follow one another."""
    match element:
        case Union(branches):
            return [(group,) for branch in branches for group in list_alternatives(branch)]
        case Group():
            return [(group,) for group in list_alternatives(element)]
        case InGraph(name, inner):
            return [(InGraph(name, group),) for group in list_alternatives(inner)]
        case Filter(expression):
            return [tuple(map(Filter, split_conjunction(expression)))]
    return [(element,)]
