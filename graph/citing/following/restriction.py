"""A SELECT restricted to some of its rows, so that following them costs no more than they do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from pyoxigraph import Literal, NamedNode

from graph.citing.extending.extension import is_aggregate, separate
from graph.citing.following.solution import Key, Numbering
from graph.sparql.scope import certain, columns
from graph.sparql.syntax import Group, Select, Values

MOST_ROWS: Final = 1000
"""Rows to which a SELECT is restricted; past that it is cheaper to answer the whole."""


def restricted(select: Select, rows: Collection[Key], terms: Numbering) -> Select:
    """Return a SELECT that answers some of its rows, and maybe others.

    The rows become VALUES of the columns that every solution binds, and that show them as they are;
    of a SELECT that groups, of those that it groups by.
    """
    if not 0 < len(rows) <= MOST_ROWS:
        return select
    fixed = certain(select.where.elements)
    if select.projection is not None:
        fixed &= {n.variable for n in select.projection if n.variable == n.expression}
    if is_aggregate(select):
        fixed &= {n.variable for n in select.modifiers.group_by if n.variable == n.expression}
    places = [(place, name) for place, name in enumerate(columns(select)) if name in fixed]
    found: dict[tuple[NamedNode | Literal, ...], None] = {}
    for row in rows:
        named = [terms.named[row[place]] for place, _ in places]
        found[tuple(term for term in named if isinstance(term, NamedNode | Literal))] = None
    if not places or any(len(one) != len(places) for one in found):
        return select
    values = Values(tuple(name for _, name in places), tuple(found))
    return replace(select, where=Group((*separate(select.where), values)))
