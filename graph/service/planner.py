"""The planner: takes the SERVICE out of a query, and finds what each is asked, for how little."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Final

from pyoxigraph import NamedNode, Variable

from graph.errors import ForbiddenError, UnreadableQueryError
from graph.service.around import Around, Component, JoinedElement, parts_of
from graph.service.call import ServiceCall
from graph.service.narrowing import narrowed
from graph.service.plan import Plan
from graph.service.text import Text
from graph.sparql.parser import parse_query
from graph.sparql.printer import print_element, print_query
from graph.sparql.scope import (
    certain_variables,
    find_aggregates,
    find_variables,
    visible_variables,
    walk_parts,
)
from graph.sparql.syntax import (
    Describe,
    Element,
    Group,
    InGraph,
    Minus,
    Modifiers,
    NamedExpression,
    OptionalPart,
    QueryUnit,
    Select,
    Service,
    Union,
    Values,
)

NOWHERE: Final = Around()
KEEPING: Final = (Group, Union, OptionalPart, Minus, InGraph)
"""The elements inside of which it still holds what stands around them."""


@dataclass(frozen=True, slots=True)
class RowLimits:
    """The rows of one SERVICE, and the rows that narrow it, past which it is not narrowed."""

    rows: int
    given: int = 0


def planned(
    text: str,
    base: str | None,
    allowed: Collection[str],
    limits: RowLimits,
    bound: Values | None = None,
) -> Plan:
    """Return what a query asks of other endpoints, the rows that it may bring and one more.

    `bound` are the terms given for variables of the query. Raises UnreadableQueryError where it is
    beyond SPARQL 1.1, and ForbiddenError where an endpoint is not allowed, is a variable, or would
    be asked to ask another.
    """
    try:
        query = parse_query(text, base)
    except UnreadableQueryError as error:
        raise UnreadableQueryError(f"with SERVICE, SPARQL 1.1 alone is read: {error}") from None
    planner = Planner(query, allowed, limits, bound)
    rest = print_query(planner.without_services(query))
    return Plan(tuple(planner.calls), planner.holed(rest))


class Planner:
    """Takes the SERVICE out of a query."""

    def __init__(
        self, query: QueryUnit, allowed: Collection[str], limits: RowLimits, bound: Values | None
    ) -> None:
        self.calls: list[ServiceCall] = []
        self._graphs = 0
        self._query = query
        self._allowed = allowed
        self._limits = limits
        self._bound = () if bound is None else (JoinedElement.of(bound),)
        self._mentions = Counter(find_variables(query))
        self._all = takes_all(query)
        printed, self._stem = print_query(query), "answer"
        while self._stem in printed:
            self._stem += "_"

    def hole(self, number: int) -> Values:
        """Return what stands for an answer: VALUES of a variable that the query has not."""
        return Values((Variable(f"{self._stem}{number}x"),), ())

    @property
    def room(self) -> Values:
        """What stands where VALUES may be put that narrow a SERVICE."""
        return Values((Variable(f"{self._stem}x"),), ())

    def holed(self, written: str) -> Text:
        """Return a text with the holes that are in it."""
        numbers = range(len(self.calls))
        return Text.of(written, {number: print_element(self.hole(number)) for number in numbers})

    def without_services(self, part: Any, around: Around = NOWHERE) -> Any:
        """Return a part of the query with holes, from left to right; notes what is asked."""
        if isinstance(part, Group):
            return Group(tuple(self._elements(part, around)))
        if isinstance(part, tuple):
            return tuple(self.without_services(one, around) for one in part)
        if not is_dataclass(part):
            return part
        inner = self._inside(part, around)
        inside = (self.without_services(getattr(part, one.name), inner) for one in fields(part))
        return type(part)(*inside)  # type: ignore[misc]

    def _inside(self, part: object, around: Around) -> Around:
        """Return what holds inside a part: in a subselect or an EXISTS the graph alone.

        A variable that names the graph is bound once all of it is evaluated, so within it goes by
        another name.
        """
        if isinstance(part, (Union, OptionalPart, Minus)):
            return around
        if isinstance(part, InGraph):
            self._graphs += 1
            fresh = Variable(f"{self._stem}{self._graphs}g")
            return replace(around, graph=part.name if isinstance(part.name, NamedNode) else fresh)
        return Around(graph=around.graph)

    def _elements(self, group: Group, around: Around) -> Iterator[Element]:
        """Yield the elements of a group with holes."""
        outermost = group is self._query.form.where
        before: list[JoinedElement] = []
        for number, element in enumerate(group.elements, 1):
            if isinstance(element, Service):
                after = parts_of(group.elements[number:])
                own = (*before, *after, *(self._bound if outermost else ()))
                before.append(self._asked(element, around.joined(own, group.elements)))
                yield before[-1].element
            else:
                outer = around.within(element)
                known = isinstance(element, KEEPING)
                inner = outer.joined(before, group.elements) if known else outer
                yield self.without_services(element, inner)
                before.extend(parts_of([element]))

    def _asked(self, service: Service, around: Around) -> JoinedElement:
        """Return the part that stands for a SERVICE, and note what it asks."""
        endpoint = self._endpoint(service)
        inside, own = visible_variables(service.group.elements), Counter(find_variables(service))
        wanted = [one for one in inside if self._all or self._mentions[one] > own[one]]
        projection = tuple(NamedExpression(one, one) for one in wanted) or None
        sure = certain_variables(service.group.elements)
        narrowings = self._narrowings([one for one in inside if one in sure], around)
        given = (narrowed(values, sure) for values in around.values())
        where = Group((*(values for values in given if values), self.room, service.group))
        select = Select(projection, where, Modifiers(limit=self._limits.rows + 1))
        text = print_query(QueryUnit(select, base=self._query.base))
        head, _, tail = text.partition(print_element(self.room))
        names = tuple(one.value for one in wanted)
        self.calls.append(
            ServiceCall(endpoint, head, tail, names, service.silent, tuple(narrowings))
        )
        return JoinedElement(self.hole(len(self.calls) - 1), frozenset(wanted), asked=True)

    def _narrowings(self, variables: list[Variable], around: Around) -> Iterator[Text]:
        """Yield the queries of this dataset that tell which values some variables may have."""
        for component in around.components() if self._limits.given else ():
            shared = tuple(NamedExpression(one, one) for one in variables if one in component.names)
            if shared and not component.is_written:
                yield self.holed(self._narrowing(shared, component))

    def _narrowing(self, shared: tuple[NamedExpression, ...], component: Component) -> str:
        """Return the query for the distinct rows of a component, and for one more than is sent."""
        limit = Modifiers(limit=self._limits.given + 1)
        select = Select(shared, component.group(), limit, "DISTINCT")
        return print_query(QueryUnit(select, self._query.dataset, self._query.base))

    def _endpoint(self, service: Service) -> str:
        """Return the endpoint of a SERVICE; raises ForbiddenError unless it may be asked so."""
        if not isinstance(service.name, NamedNode):
            raise ForbiddenError("SERVICE of a variable is not allowed: name the endpoint")
        if service.name.value not in self._allowed:
            raise ForbiddenError(f"SERVICE {service.name} is not on the list of this server")
        if any(isinstance(one, Service) for one in walk_parts(service.group)):
            raise ForbiddenError("SERVICE inside SERVICE is not allowed: no other asks for us")
        return service.name.value


def takes_all(query: QueryUnit) -> bool:
    """Whether a `*` stands somewhere in a query, so that each variable matters."""
    return any(
        (isinstance(one, Select) and one.projection is None)
        or (isinstance(one, Describe) and one.targets is None)
        for one in walk_parts(query)
    ) or any(one.distinct and one.argument is None for one in find_aggregates(query))
