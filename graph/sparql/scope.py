"""The scope of variables: which ones a pattern mentions, may bind, must bind (section 18.2.1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

from pyoxigraph import NamedNode, Variable

from graph.sparql import syntax

P = TypeVar("P")


def walk_parts(part: object, border: tuple[type, ...] = ()) -> Iterator[object]:
    """Yield a part of a query and all parts within it, a part before those within it.

    The parts within a part of a `border` type are omitted.
    """
    stack = [part]
    while stack:
        inner = stack.pop()
        yield inner
        if isinstance(inner, border):
            continue
        if isinstance(inner, tuple):
            stack.extend(reversed(inner))
        elif is_dataclass(inner):
            stack.extend(getattr(inner, field.name) for field in reversed(fields(inner)))


def find_variables(part: object) -> Iterator[Variable]:
    """Yield each mention of a variable, in the order written."""
    return (inner for inner in walk_parts(part) if isinstance(inner, Variable))


def has_exists(part: object) -> bool:
    """Return whether an expression has an EXISTS or NOT EXISTS."""
    return any(isinstance(inner, syntax.Exists) for inner in walk_parts(part))


def find_aggregates(part: object) -> list[syntax.Aggregate]:
    """Return the set functions in an expression."""
    return [inner for inner in walk_parts(part) if isinstance(inner, syntax.Aggregate)]


def replace_variables(part: P, terms: Mapping[Variable, syntax.Node]) -> P:
    """Return a part with terms, or other variables, in place of some variables."""
    return change_parts(
        part, lambda inner: terms.get(inner) if isinstance(inner, Variable) else None
    )


def replace_expressions(part: P, others: Mapping[Any, syntax.Expression]) -> P:
    """Return a part with other expressions in place of some EXISTS, set functions or variables."""
    kinds = Variable | syntax.Exists | syntax.Aggregate
    return change_parts(part, lambda inner: others.get(inner) if isinstance(inner, kinds) else None)


def change_parts(part: P, change: Callable[[object], object | None]) -> P:
    """Return a part with another in place of each inner part for which `change` returns one."""
    return _change(part, change)  # type: ignore[no-any-return]


def _change(part: Any, change: Callable[[object], object | None]) -> Any:
    if (changed := change(part)) is not None:
        return changed
    if isinstance(part, tuple):
        return tuple(_change(inner, change) for inner in part)
    if is_dataclass(part):
        return type(part)(*(_change(getattr(part, field.name), change) for field in fields(part)))  # type: ignore[misc]
    return part


def visible_variables(elements: Iterable[syntax.Element]) -> tuple[Variable, ...]:
    """Return the variables in scope after elements, in the order of appearance (18.2.1)."""
    variables = (name for element in elements for name in element_variables(element))
    return tuple(dict.fromkeys(variables))


def element_variables(element: syntax.Element) -> Iterator[Variable]:  # noqa: C901 - a case for each kind
    """Yield the variables that an element may bind."""
    match element:
        case syntax.Triples() | syntax.Values():
            yield from find_variables(element)
        case syntax.OptionalPart(group):
            yield from visible_variables(group.elements)
        case syntax.Group(elements):
            yield from visible_variables(elements)
        case syntax.Union(branches):
            for branch in branches:
                yield from visible_variables(branch.elements)
        case syntax.InGraph(name, group) | syntax.Service(name, group):
            if isinstance(name, Variable):
                yield name
            yield from visible_variables(group.elements)
        case syntax.Bind(_, variable):
            yield variable
        case syntax.Select():
            yield from select_columns(element)
        case syntax.Minus() | syntax.Filter():
            return


def select_columns(select: syntax.Select) -> tuple[Variable, ...]:
    """Return the variables of the projection of a SELECT, in order."""
    if select.projection is not None:
        return tuple(named.variable for named in select.projection if named.variable)
    values = select.modifiers.values
    return visible_variables((*select.where.elements, *((values,) if values else ())))


def certain_variables(elements: Iterable[syntax.Element]) -> set[Variable]:
    """Return the variables that every solution of the elements binds."""
    certain: set[Variable] = set()
    for element in elements:
        match element:
            case syntax.Triples():
                certain.update(find_variables(element))
            case syntax.Group():
                certain |= certain_variables(element.elements)
            case syntax.Union(branches):
                certain |= set.intersection(
                    *(certain_variables(branch.elements) for branch in branches)
                )
            case syntax.InGraph(name, group):
                certain |= certain_variables(group.elements)
                certain.update({name} if isinstance(name, Variable) else ())
            case syntax.Values(variables, rows):
                certain.update(v for i, v in enumerate(variables) if all(row[i] for row in rows))
            case syntax.Select():
                certain |= set(select_columns(element)) & certain_variables(element.where.elements)
            case _:
                pass
    return certain


def required_patterns(group: syntax.Group) -> Iterator[syntax.TriplePattern]:
    """Yield the triple patterns that each solution of a group matches, in any graph."""
    for element in group.elements:
        match element:
            case syntax.Triples(patterns):
                yield from patterns
            case syntax.Group():
                yield from required_patterns(element)
            case syntax.InGraph(_, inner):
                yield from required_patterns(inner)


def matched_variables(select: syntax.Select) -> set[Variable]:
    """Return the variables that only subjects and objects of triple patterns bind."""
    ends: set[Variable] = set()
    bound_elsewhere: set[Variable] = set()
    for part in walk_parts(select):
        match part:
            case syntax.TriplePattern(subject, predicate, value):
                (bound_elsewhere if may_match_nothing(predicate) else ends).update(
                    find_variables((subject, value))
                )
                bound_elsewhere.update(find_variables(predicate))
            case syntax.InGraph(name) | syntax.Service(name):
                bound_elsewhere.update(find_variables(name))
            case syntax.Bind(_, variable):
                bound_elsewhere.add(variable)
            case syntax.Values(variables):
                bound_elsewhere.update(variables)
            case syntax.NamedExpression(expression, variable) if (
                variable and variable != expression
            ):
                bound_elsewhere.add(variable)
    return ends - bound_elsewhere


def may_match_nothing(path: object) -> bool:
    """Return whether a path may match without a triple: it repeats a step zero times."""
    return any(isinstance(part, syntax.Repeat) and part.times != "+" for part in walk_parts(path))


def find_predicates(form: object) -> frozenset[NamedNode] | None:
    """Return a superset of the predicates of all triples that a query may depend on.

    None if it may depend on every triple: a DESCRIBE, a variable predicate, a negated set, a path
    that may match nothing, or a GRAPH without a required pattern.
    """
    for part in walk_parts(form):
        match part:
            case syntax.Describe() | syntax.NegatedSet():
                return None
            case syntax.TriplePattern(_, path, _) if isinstance(
                path, Variable
            ) or may_match_nothing(path):
                return None
            case syntax.InGraph() if not any(required_patterns(part.group)):
                return None
    return frozenset(part for part in walk_parts(form) if isinstance(part, NamedNode))


def rename_hidden_variables(query: syntax.QueryUnit) -> syntax.QueryUnit:
    """Return a query in which the hidden variables of each subselect have names of their own."""
    return _rename_hidden(query, query, Counter(find_variables(query)))  # type: ignore[no-any-return]


def _rename_hidden(part: Any, query: syntax.QueryUnit, taken: Counter[Variable]) -> Any:
    if isinstance(part, syntax.Exists):
        return part
    if isinstance(part, tuple):
        return tuple(_rename_hidden(inner, query, taken) for inner in part)
    if not is_dataclass(part):
        return part
    inside = (_rename_hidden(getattr(part, field.name), query, taken) for field in fields(part))
    changed = type(part)(*inside)  # type: ignore[misc]
    if isinstance(changed, syntax.Select) and part is not query.form:
        shown = set(select_columns(changed))
        hidden = [v for v in dict.fromkeys(find_variables(changed)) if v not in shown]
        return replace_variables(
            changed, {variable: make_variable(variable, taken) for variable in hidden}
        )
    return changed


def make_variable(variable: Variable, taken: Counter[Variable]) -> Variable:
    """Return a variable that is not in `taken`, with a similar name, and add it there."""
    number = 1
    while (similar := Variable(f"{variable.value}_{number}")) in taken:
        number += 1
    taken[similar] += 1
    return similar
