"""The variables of a query: where they are mentioned, seen, bound for certain, and replaced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

from pyoxigraph import NamedNode, Variable

from graph.sparql.syntax import (
    Aggregate,
    Bind,
    Describe,
    Element,
    Exists,
    Filter,
    Group,
    InGraph,
    Minus,
    Named,
    NegatedSet,
    Node,
    OptionalPart,
    QueryUnit,
    Repeat,
    Select,
    Service,
    TriplePattern,
    Triples,
    Union,
    Values,
)

P = TypeVar("P")


def parts(part: object) -> Iterator[object]:
    """Yield a part of a query and all that it is made of, from the outside in."""
    waiting = [part]
    while waiting:
        one = waiting.pop()
        yield one
        if isinstance(one, tuple):
            waiting.extend(reversed(one))
        elif is_dataclass(one):
            waiting.extend(getattr(one, field.name) for field in reversed(fields(one)))


def mentioned(part: object) -> Iterator[Variable]:
    """Yield each mention of a variable, in the order written."""
    return (one for one in parts(part) if isinstance(one, Variable))


def has_exists(part: object) -> bool:
    """Whether EXISTS or NOT EXISTS stands in an expression."""
    return any(isinstance(one, Exists) for one in parts(part))


def aggregates(part: object) -> list[Aggregate]:
    """Return the set functions in an expression."""
    return [one for one in parts(part) if isinstance(one, Aggregate)]


def replaced(part: P, terms: Mapping[Variable, Node]) -> P:
    """Return a part with variables replaced by terms, or by other variables."""
    return _replaced(part, terms)  # type: ignore[no-any-return]


def _replaced(part: Any, terms: Mapping[Variable, Node]) -> Any:
    if isinstance(part, Variable):
        return terms.get(part, part)
    if isinstance(part, tuple):
        return tuple(_replaced(one, terms) for one in part)
    if is_dataclass(part):
        changed = (_replaced(getattr(part, field.name), terms) for field in fields(part))
        return type(part)(*changed)  # type: ignore[misc]
    return part


def visible(elements: Iterable[Element]) -> tuple[Variable, ...]:
    """Return the variables in scope after elements, in the order of appearance (18.2.1)."""
    found: dict[Variable, None] = {}
    for element in elements:
        found.update(dict.fromkeys(seen(element)))
    return tuple(found)


def seen(element: Element) -> Iterator[Variable]:  # noqa: C901 - a case for each kind
    """Yield the variables that an element may bind."""
    match element:
        case Triples() | Values():
            yield from mentioned(element)
        case OptionalPart(group):
            yield from visible(group.elements)
        case Group(elements):
            yield from visible(elements)
        case Union(branches):
            for branch in branches:
                yield from visible(branch.elements)
        case InGraph(name, group) | Service(name, group):
            if isinstance(name, Variable):
                yield name
            yield from visible(group.elements)
        case Bind(_, variable):
            yield variable
        case Select():
            yield from columns(element)
        case Minus() | Filter():
            return


def columns(select: Select) -> tuple[Variable, ...]:
    """Return the variables that a SELECT shows, in order."""
    if select.projection is not None:
        return tuple(named.variable for named in select.projection if named.variable)
    values = select.modifiers.values
    return visible((*select.where.elements, *((values,) if values else ())))


def certain(elements: Iterable[Element]) -> set[Variable]:
    """Return the variables that are bound in every solution of the elements."""
    found: set[Variable] = set()
    for element in elements:
        match element:
            case Triples():
                found.update(mentioned(element))
            case Group():
                found |= certain(element.elements)
            case Union(branches):
                found |= set.intersection(*(certain(branch.elements) for branch in branches))
            case InGraph(name, group):
                found |= certain(group.elements)
                found.update({name} if isinstance(name, Variable) else ())
            case Values(variables, rows):
                found.update(v for i, v in enumerate(variables) if all(row[i] for row in rows))
            case Select():
                found |= set(columns(element)) & certain(element.where.elements)
            case _:
                pass
    return found


def required(group: Group) -> Iterator[TriplePattern]:
    """Yield the triple patterns that each solution of a group matches, in whatever graph."""
    for element in group.elements:
        match element:
            case Triples(patterns):
                yield from patterns
            case Group():
                yield from required(element)
            case InGraph(_, inner):
                yield from required(inner)


def matched(select: Select) -> set[Variable]:
    """Return the variables that nothing binds but a triple of which each is an end."""
    ends: set[Variable] = set()
    others: set[Variable] = set()
    for part in parts(select):
        match part:
            case TriplePattern(subject, predicate, value):
                (others if may_be_empty(predicate) else ends).update(mentioned((subject, value)))
                others.update(mentioned(predicate))
            case InGraph(name) | Service(name):
                others.update(mentioned(name))
            case Bind(_, variable):
                others.add(variable)
            case Values(variables):
                others.update(variables)
            case Named(expression, variable) if variable and variable != expression:
                others.add(variable)
    return ends - others


def may_be_empty(path: object) -> bool:
    """Whether a path may match without a triple of its own: a part is repeated from zero on."""
    return any(isinstance(part, Repeat) and part.times != "+" for part in parts(path))


def predicates(form: object) -> frozenset[NamedNode] | None:
    """Return IRIs among which are the predicates of all triples that a query may depend on.

    None where it may depend on any: it describes, has a variable for a predicate, follows a path
    that matches what is not on it, or asks whether a graph is there.
    """
    for part in parts(form):
        match part:
            case Describe() | NegatedSet():
                return None
            case TriplePattern(_, path, _) if isinstance(path, Variable) or may_be_empty(path):
                return None
            case InGraph() if not any(required(part.group)):
                return None
    return frozenset(part for part in parts(form) if isinstance(part, NamedNode))


def separated(query: QueryUnit) -> QueryUnit:
    """Return a query in which no variable hidden in a subselect is named as one outside it."""
    return _separated(query, query, Counter(mentioned(query)))  # type: ignore[no-any-return]


def _separated(part: Any, query: QueryUnit, taken: Counter[Variable]) -> Any:
    if isinstance(part, Exists):
        return part
    if isinstance(part, tuple):
        return tuple(_separated(one, query, taken) for one in part)
    if not is_dataclass(part):
        return part
    inside = (_separated(getattr(part, field.name), query, taken) for field in fields(part))
    changed = type(part)(*inside)  # type: ignore[misc]
    if isinstance(changed, Select) and part is not query.form:
        shown = set(columns(changed))
        hidden = [v for v in dict.fromkeys(mentioned(changed)) if v not in shown]
        return replaced(changed, {variable: unused(variable, taken) for variable in hidden})
    return changed


def unused(variable: Variable, taken: Counter[Variable]) -> Variable:
    """Return a variable with a name like that of another, and take it."""
    number = 1
    while (found := Variable(f"{variable.value}_{number}")) in taken:
        number += 1
    taken[found] += 1
    return found
