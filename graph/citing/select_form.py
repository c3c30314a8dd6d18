"""What a SELECT shows, counts and tests, and a SELECT that shows more, or asks elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from pyoxigraph import NamedNode, Variable

from graph.sparql.scope import find_aggregates, find_variables
from graph.sparql.syntax import Group, InGraph, Modifiers, NamedExpression, Select


def count_mentions(select: Select) -> Counter[Variable]:
    """Count the mentions of variables that may test a value: neither SELECT nor ORDER BY."""
    shown = [n.expression for n in select.projection or () if n.expression != n.variable]
    modifiers = select.modifiers
    tested = (select.where, tuple(shown), modifiers.group_by, modifiers.having, modifiers.values)
    return Counter(find_variables(tested))


def count_having(select: Select) -> Counter[Variable]:
    """Count the mentions of variables in HAVING."""
    return Counter(find_variables(select.modifiers.having))


def choose_hidden_prefix(part: object) -> str:
    """Return a prefix for hidden variables that no variable of the query has."""
    prefix = "_"
    while any(variable.value.startswith(prefix) for variable in find_variables(part)):
        prefix += "_"
    return prefix


def is_plain(select: Select) -> bool:
    """Whether a SELECT only projects, so that the outer query can show its solutions."""
    modifiers = select.modifiers
    limited = modifiers.limit is not None or modifiers.offset is not None
    return not (select.distinctness or limited or is_aggregate(select))


def is_aggregate(select: Select) -> bool:
    """Whether a SELECT groups its solutions."""
    shown = tuple(named.expression for named in select.projection or ())
    modifiers = select.modifiers
    return bool(modifiers.group_by or modifiers.having or any(map(find_aggregates, shown)))


def show_variables(
    projection: tuple[NamedExpression, ...], variables: Iterable[Variable]
) -> tuple[NamedExpression, ...] | None:
    """Return a projection that shows more variables; None, which is `*`, if it shows none."""
    shown = {named.variable for named in projection}
    more = dict.fromkeys(variable for variable in variables if variable not in shown)
    return (*projection, *(NamedExpression(variable, variable) for variable in more)) or None


def ask_in_graph(select: Select, graph: str | None) -> Select:
    """Return a SELECT that matches its pattern in a graph; None is the default graph."""
    if graph is None:
        return select
    return replace(select, where=Group((InGraph(NamedNode(graph), select.where),)))


def drop_order_and_limit(modifiers: Modifiers) -> Modifiers:
    """Return modifiers without ORDER BY, LIMIT and OFFSET: they answer the same rows, and more."""
    return replace(modifiers, order_by=(), limit=None, offset=None)
