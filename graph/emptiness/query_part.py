"""The parts of a query's WHERE clause, each with the variables that it binds and needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from pyoxigraph import BlankNode, Variable

from graph.sparql.printer import print_element
from graph.sparql.scope import (
    change_parts,
    element_variables,
    find_variables,
    visible_variables,
    walk_parts,
)
from graph.sparql.syntax import (
    Bind,
    Element,
    Exists,
    Expression,
    Filter,
    Group,
    InGraph,
    Minus,
    Name,
    OptionalPart,
    Select,
    TriplePattern,
    Triples,
    Union,
    Values,
)

FLAT: tuple[type, ...] = (Triples, InGraph, Filter, Values, Union, Group)
"""The elements of a nested group that mean the same outside of it."""


@dataclass(frozen=True, slots=True)
class QueryPart:
    """A triple pattern or another element, with the GRAPH around it, which can be left out alone.

    It has its effect only beside parts that bind the variables that it `needs`: a FILTER needs the
    variables that its group may bind, a MINUS the variables that it shares.
    """

    element: Element
    context: Name | None
    binds: frozenset[Variable]
    needs: frozenset[Variable] = frozenset()

    @property
    def pattern(self) -> TriplePattern | None:
        """The triple pattern, None for another element."""
        if isinstance(self.element, Triples):
            return self.element.patterns[0]
        return None

    @property
    def in_context(self) -> Element:
        """The element within its GRAPH."""
        return self.element if self.context is None else move_into(self.element, self.context)

    @property
    def text(self) -> str:
        """The part in SPARQL."""
        return print_element(self.in_context)

    def with_pattern(self, pattern: TriplePattern) -> QueryPart:
        """Return the part with another triple pattern of the same variables."""
        return replace(self, element=Triples((pattern,)))


Core: TypeAlias = Sequence[QueryPart]
"""Parts of a query that alone have no solution."""


def move_into(element: Element, name: Name) -> Element:
    """Return an element as it means within GRAPH: patterns are matched there, filters are not."""
    match element:
        case OptionalPart(group):
            return OptionalPart(Group((InGraph(name, group),)))
        case Minus(group):
            return Minus(Group((InGraph(name, group),)))
        case Filter(expression):
            return Filter(move_exists(expression, name))
        case Bind(expression, variable):
            return Bind(move_exists(expression, name), variable)
        case Values():
            return element
    return InGraph(name, Group((element,)))


def move_exists(expression: Expression, name: Name) -> Expression:
    """Return an expression whose EXISTS are matched in a graph."""

    def move(inner: object) -> object | None:
        if not isinstance(inner, Exists):
            return None
        return replace(inner, group=Group((InGraph(name, inner.group),)))

    return change_parts(expression, move)


def list_parts(group: Group, context: Name | None = None) -> Iterator[QueryPart]:
    """Yield the parts of a group in the order written; nested groups and GRAPH are taken apart."""
    scope = frozenset(visible_variables(group.elements))
    for element in group.elements:
        match element:
            case Triples(patterns):
                for pattern in patterns:
                    yield make_part(Triples((pattern,)), context, scope)
            case Group(elements) if all(isinstance(inner, FLAT) for inner in elements):
                yield from list_parts(element, context)
            case InGraph(name, inner_group):
                yield from list_parts(inner_group, name)
            case _:
                yield make_part(element, context, scope)


def make_part(element: Element, context: Name | None, scope: frozenset[Variable]) -> QueryPart:
    """Return a part of a group that may bind the variables in scope."""
    own = frozenset(element_variables(element))
    named = {context} if isinstance(context, Variable) else set()
    needs: Iterable[Variable] = ()
    match element:
        case Filter() | Minus():
            needs = find_variables(element)
        case Bind(expression):
            needs = find_variables(expression)
        case OptionalPart(group):
            inner = [part.expression for part in walk_parts(group) if isinstance(part, Filter)]
            needs = set(find_variables(tuple(inner))) - set(visible_variables(group.elements))
    named_in = own | (named if own or isinstance(element, Triples) else set())
    return QueryPart(element, context, named_in, scope.intersection(needs))


def choose_effective(parts: Sequence[QueryPart]) -> list[QueryPart]:
    """Return the parts whose needs other effective parts bind, in their order.

    A FILTER without its binders would have an error in each solution, and be a core by itself.
    """
    bound: set[Variable] = set()
    chosen: set[int] = set()
    while ready := [
        number for number, part in enumerate(parts) if number not in chosen and part.needs <= bound
    ]:
        chosen.update(ready)
        bound = bound.union(*(parts[number].binds for number in ready))
    return [part for number, part in enumerate(parts) if number in chosen]


def make_group(parts: Iterable[QueryPart]) -> Group:
    """Return the group of some parts."""
    return Group(tuple(part.in_context for part in parts))


def split_components(parts: Collection[QueryPart]) -> list[list[QueryPart]]:
    """Return the parts in components, which share no variable with each other."""
    components: list[tuple[set[Variable], list[QueryPart]]] = []
    for part in parts:
        variables, members, apart = set(part.binds | part.needs), [part], []
        for component in components:
            if variables.isdisjoint(component[0]):
                apart.append(component)
            else:
                variables, members = variables | component[0], [*component[1], *members]
        components = [*apart, (variables, members)]
    return [members for _, members in components]


def is_subselect(part: QueryPart) -> Select | None:
    """Return the subselect that is the whole part, or None."""
    element = part.element
    while isinstance(element, Group) and len(element.elements) == 1:
        element = element.elements[0]
    return element if isinstance(element, Select) else None


def name_blank_nodes(group: Group) -> Group:
    """Return a group with a variable in place of each blank node, which means the same."""
    return change_parts(
        group,
        lambda inner: Variable(f"blank_{inner.value}") if isinstance(inner, BlankNode) else None,
    )
