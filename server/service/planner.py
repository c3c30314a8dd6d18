"""The planner: takes each SERVICE out of a query, and narrows the query for its endpoint.

The engine judges the syntax of the query without a call of an endpoint.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Final

from pyoxigraph import NamedNode, Store, Variable

from graph.answering.evaluation import query_store
from graph.errors import ForbiddenError, UnreadableQueryError
from graph.sparql import syntax
from graph.sparql.parser import parse_query
from graph.sparql.printer import print_element, print_query
from graph.sparql.scope import (
    certain_variables,
    find_aggregates,
    find_variables,
    visible_variables,
    walk_parts,
)
from graph.sparql.token import scan_tokens
from server.service.context import Component, JoinedElement, ServiceContext, find_joined_elements
from server.service.plan import Plan, ServiceCall, Template
from server.service.values import project_values

NO_CONTEXT: Final = ServiceContext()
TRANSPARENT: Final = (syntax.Group, syntax.Union, syntax.OptionalPart, syntax.Minus, syntax.InGraph)
"""The elements that keep the context of their group."""


@dataclass(frozen=True, slots=True)
class RowLimits:
    """The maximum rows of one SERVICE, and of VALUES that narrow it (none if there are more)."""

    rows: int
    given: int = 0


def make_plan(
    text: str,
    base: str | None,
    allowed: Collection[str],
    limits: RowLimits,
    bound: syntax.Values | None = None,
) -> Plan:
    """Return the plan of a query; each call asks for one row more than its limit.

    `bound` are the terms of the query's parameters. Raises UnreadableQueryError for syntax beyond
    SPARQL 1.1, and ForbiddenError for an endpoint that is a variable or not allowed, and for a
    SERVICE within a SERVICE.
    """
    try:
        query = parse_query(text, base)
    except UnreadableQueryError as error:
        raise UnreadableQueryError(f"with SERVICE, SPARQL 1.1 alone is read: {error}") from None
    if query.version is not None:
        raise UnreadableQueryError("with SERVICE, SPARQL 1.1 alone is read, without triple terms")
    planner = Planner(query, allowed, limits, bound)
    rest = print_query(planner.cut_services(query))
    return Plan(tuple(planner.calls), planner.make_template(rest))


class Planner:
    """Takes each SERVICE out of a query, and keeps its call."""

    def __init__(
        self,
        query: syntax.QueryUnit,
        allowed: Collection[str],
        limits: RowLimits,
        bound: syntax.Values | None,
    ) -> None:
        self.calls: list[ServiceCall] = []
        self._graphs = 0
        self._query = query
        self._allowed = allowed
        self._limits = limits
        self._bound = () if bound is None else (JoinedElement.read(bound),)
        self._mentions = Counter(find_variables(query))
        self._all = projects_all(query)
        printed, self._stem = print_query(query), "answer"
        while self._stem in printed:
            self._stem += "_"

    def placeholder(self, number: int) -> syntax.Values:
        """Return the placeholder of an answer: VALUES of a variable that the query has not."""
        return syntax.Values((Variable(f"{self._stem}{number}x"),), ())

    @property
    def bindings_placeholder(self) -> syntax.Values:
        """The placeholder of the VALUES that narrow a SERVICE."""
        return syntax.Values((Variable(f"{self._stem}x"),), ())

    def make_template(self, written: str) -> Template:
        """Return the template of a text, with the placeholder of each answer."""
        placeholders = (
            print_element(self.placeholder(number)) for number in range(len(self.calls))
        )
        return Template.split(written, dict(enumerate(placeholders)))

    def cut_services(self, part: Any, context: ServiceContext = NO_CONTEXT) -> Any:
        """Return a part of the query with placeholders, from left to right, and keep the calls."""
        if isinstance(part, syntax.Group):
            return syntax.Group(tuple(self._cut_elements(part, context)))
        if isinstance(part, tuple):
            return tuple(self.cut_services(inner, context) for inner in part)
        if not is_dataclass(part):
            return part
        within = self._enter(part, context)
        values = (self.cut_services(getattr(part, field.name), within) for field in fields(part))
        return type(part)(*values)  # type: ignore[misc]

    def _enter(self, part: object, context: ServiceContext) -> ServiceContext:
        """Return the context inside a part: only the graph in a subselect or an EXISTS.

        GRAPH binds its variable after its group is evaluated, so the variable gets another name
        within the group.
        """
        if isinstance(part, (syntax.Union, syntax.OptionalPart, syntax.Minus)):
            return context
        if isinstance(part, syntax.InGraph):
            self._graphs += 1
            fresh = Variable(f"{self._stem}{self._graphs}g")
            return replace(context, graph=part.name if isinstance(part.name, NamedNode) else fresh)
        return ServiceContext(graph=context.graph)

    def _cut_elements(
        self, group: syntax.Group, context: ServiceContext
    ) -> Iterator[syntax.Element]:
        """Yield the elements of a group with placeholders."""
        outermost = group is self._query.form.where
        before: list[JoinedElement] = []
        for number, element in enumerate(group.elements, 1):
            if isinstance(element, syntax.Service):
                after = find_joined_elements(group.elements[number:])
                own = (*before, *after, *(self._bound if outermost else ()))
                before.append(self._plan_call(element, context.add_group(own, group.elements)))
                yield before[-1].element
            else:
                within = context.enter(element)
                if isinstance(element, TRANSPARENT):
                    within = within.add_group(before, group.elements)
                yield self.cut_services(element, within)
                before.extend(find_joined_elements([element]))

    def _plan_call(self, service: syntax.Service, context: ServiceContext) -> JoinedElement:
        """Return the placeholder of a SERVICE, and keep its call."""
        endpoint = self._require_endpoint(service)
        inside, own = visible_variables(service.group.elements), Counter(find_variables(service))
        wanted = [name for name in inside if self._all or self._mentions[name] > own[name]]
        projection = tuple(syntax.NamedExpression(name, name) for name in wanted) or None
        certain = certain_variables(service.group.elements)
        binding_queries = self._plan_binding_queries([v for v in inside if v in certain], context)
        written = (project_values(values, certain) for values in context.values())
        where = syntax.Group((*filter(None, written), self.bindings_placeholder, service.group))
        select = syntax.Select(projection, where, syntax.Modifiers(limit=self._limits.rows + 1))
        text = print_query(syntax.QueryUnit(select, base=self._query.base))
        head, _, tail = text.partition(print_element(self.bindings_placeholder))
        names = tuple(variable.value for variable in wanted)
        self.calls.append(
            ServiceCall(endpoint, head, tail, names, service.silent, tuple(binding_queries))
        )
        return JoinedElement(
            self.placeholder(len(self.calls) - 1), frozenset(wanted), is_answer=True
        )

    def _plan_binding_queries(
        self, variables: list[Variable], context: ServiceContext
    ) -> Iterator[Template]:
        """Yield the queries of this dataset for the values that the variables may have."""
        for component in context.components() if self._limits.given else ():
            shared = tuple(syntax.NamedExpression(v, v) for v in variables if v in component.names)
            if shared and not component.is_inline_data:
                yield self.make_template(self._print_binding_query(shared, component))

    def _print_binding_query(
        self, shared: tuple[syntax.NamedExpression, ...], component: Component
    ) -> str:
        """Return the query for the distinct rows of a component: one row more than is sent."""
        limit = syntax.Modifiers(limit=self._limits.given + 1)
        select = syntax.Select(shared, component.group(), limit, "DISTINCT")
        return print_query(syntax.QueryUnit(select, self._query.dataset, self._query.base))

    def _require_endpoint(self, service: syntax.Service) -> str:
        """Return the endpoint of a SERVICE; raises ForbiddenError unless it is allowed."""
        if not isinstance(service.name, NamedNode):
            raise ForbiddenError("SERVICE of a variable is not allowed: name the endpoint")
        if service.name.value not in self._allowed:
            raise ForbiddenError(f"SERVICE {service.name} is not on the list of this server")
        if any(isinstance(part, syntax.Service) for part in walk_parts(service.group)):
            raise ForbiddenError(
                "SERVICE inside SERVICE is not allowed: no endpoint asks another for us"
            )
        return service.name.value


def projects_all(query: syntax.QueryUnit) -> bool:
    """Return whether a query has a `*`, by which every variable is in a projection."""
    return any(
        (isinstance(part, syntax.Select) and part.projection is None)
        or (isinstance(part, syntax.Describe) and part.targets is None)
        for part in walk_parts(query)
    ) or any(count.distinct and count.argument is None for count in find_aggregates(query))


REPLACEMENTS: Final = {"SERVICE": "GRAPH", "SILENT": ""}
"""The words in place of those of a SERVICE: GRAPH takes the same name and the same pattern."""


def require_query(text: str, base: str | None) -> None:
    """Raise QuerySyntaxError, with line and column, unless the engine accepts the query.

    The engine calls an endpoint as soon as it has parsed a query, so it parses the query with GRAPH
    in place of SERVICE: its errors have the same places. It runs on an empty store.
    """
    query_store(Store(), replace_services(text), base=base)


def replace_services(text: str) -> str:
    """Return a query with GRAPH in place of each SERVICE, every other character where it was."""
    pieces, end, before = [], 0, ""
    for token in scan_tokens(text):
        word = token.keyword
        if word == "SERVICE" or (word == "SILENT" and before == "SERVICE"):
            pieces += [text[end : token.start], REPLACEMENTS[word].ljust(len(word))]
            end = token.start + len(word)
        before = word
    return "".join(pieces) + text[end:]
