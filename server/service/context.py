"""The context of a SERVICE: the elements that every solution of its answer is joined with.

Triple patterns, VALUES, GRAPH, groups and UNION are evaluated by themselves and joined (SPARQL 1.1
Query, section 18.2.2): each solution of a group extends a solution of each of them. A row of the
answer that agrees with none of them ends in no solution, so nobody needs to fetch it. The context
has

- the elements of the same group, before and after the SERVICE;
- the elements before each group around it, out to an OPTIONAL or a MINUS. The elements after those,
  or around their group, also join solutions without an answer: a missing row of the answer would
  add a solution there.

Only variables that each row of the answer binds are compared: no operator on the way unbinds them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from pyoxigraph import BlankNode, Variable

from graph.sparql.scope import certain_variables, find_variables, walk_parts
from graph.sparql.syntax import (
    VOLATILE,
    Aggregate,
    Call,
    Element,
    Exists,
    Filter,
    Group,
    InGraph,
    Minus,
    Name,
    OptionalPart,
    Triples,
    Union,
    Values,
)

Names: TypeAlias = frozenset[Variable | BlankNode]


@dataclass(frozen=True, slots=True)
class JoinedElement:
    """An element that is joined, and the variables and blank nodes that it shares with others.

    If it `is_answer`, it is the placeholder of the answer to a SERVICE.
    """

    element: Element
    names: Names
    is_answer: bool = False

    @classmethod
    def read(cls, element: Element) -> JoinedElement:
        """Return an element with all its variables and blank nodes."""
        names = (part for part in walk_parts(element) if isinstance(part, (Variable, BlankNode)))
        return cls(element, frozenset(names))


@dataclass(frozen=True, slots=True)
class ServiceContext:
    """The joined elements and filters at a place in a query, and the graph of the place."""

    parts: tuple[JoinedElement, ...] = ()
    filters: tuple[Filter, ...] = ()
    graph: Name | None = None

    def enter(self, element: Element) -> ServiceContext:
        """Return the context inside an element.

        A solution that an OPTIONAL or a MINUS does not match goes on, so nothing is joined there.
        """
        return (
            ServiceContext(graph=self.graph) if isinstance(element, (OptionalPart, Minus)) else self
        )

    def add_group(
        self, level: Iterable[JoinedElement], elements: Iterable[Element]
    ) -> ServiceContext:
        """Return the context with joined elements of one more group, and with its filters.

        Only filters that these elements decide are added, regardless of what else the group binds.
        """
        level = tuple(level)
        bound = certain_variables(part.element for part in level)
        filters = (f for f in elements if isinstance(f, Filter) and is_deterministic(f, bound))
        if self.graph is not None:
            level = wrap_in_graph(self.graph, level)
        return replace(self, parts=self.parts + level, filters=(*self.filters, *filters))

    def values(self) -> Iterator[Values]:
        """Yield the VALUES of the query among the joined elements."""
        for part in self.parts:
            if isinstance(part.element, Values) and not part.is_answer:
                yield part.element

    def components(self) -> Iterator[Component]:
        """Yield the connected components: two of them share no name, so they make a product."""
        components: list[Component] = []
        for part in self.parts:
            near = [component for component in components if component.names & part.names]
            components = [component for component in components if component not in near]
            components.append(Component((*(p for other in near for p in other.parts), part)))
        for component in components:
            bound = certain_variables(part.element for part in component.parts)
            filters = tuple(f for f in self.filters if is_deterministic(f, bound))
            yield replace(component, filters=filters)


@dataclass(frozen=True, slots=True)
class Component:
    """Joined elements that share names, and the filters that they decide."""

    parts: tuple[JoinedElement, ...]
    filters: tuple[Filter, ...] = ()

    @property
    def names(self) -> Names:
        """The variables and blank nodes of its elements."""
        return frozenset[Variable | BlankNode]().union(*(part.names for part in self.parts))

    @property
    def is_inline_data(self) -> bool:
        """Whether all its elements are VALUES of the query text, which need no evaluation."""
        return all(isinstance(part.element, Values) and not part.is_answer for part in self.parts)

    def group(self) -> Group:
        """Return the component as a group: a blank node keeps its label in one run of triples."""
        return Group((*gather_triples(self.parts), *self.filters))


def find_joined_elements(elements: Iterable[Element]) -> Iterator[JoinedElement]:
    """Yield the elements of a group that are joined, each triple pattern by itself."""
    for element in elements:
        if isinstance(element, Triples):
            yield from (JoinedElement.read(Triples((pattern,))) for pattern in element.patterns)
        elif is_plain(element):
            yield JoinedElement.read(element)


def is_plain(element: Element) -> bool:
    """Return whether an element is joined, and has the same solutions wherever it is."""
    match element:
        case Triples() | Values():
            return True
        case Group(elements) | InGraph(_, Group(elements)):
            return all(map(is_plain, elements))
        case Union(branches):
            return all(map(is_plain, branches))
    return False


def is_deterministic(condition: Filter, bound: Iterable[Variable]) -> bool:
    """Return whether a filter is deterministic, and mentions only variables always bound."""
    if not set(find_variables(condition)) <= set(bound):
        return False
    for part in walk_parts(condition):
        match part:
            case Exists() | Aggregate():
                return False
            case Call(function) if not isinstance(function, str) or function in VOLATILE:
                return False
    return True


def wrap_in_graph(name: Name, level: tuple[JoinedElement, ...]) -> tuple[JoinedElement, ...]:
    """Return the joined elements of a group within GRAPH: all but the VALUES as one."""
    values = tuple(part for part in level if isinstance(part.element, Values))
    rest = tuple(part for part in level if part not in values)
    if not rest:
        return values
    own = frozenset([name] if isinstance(name, Variable) else [])
    names = own.union(*(part.names for part in rest))
    return (*values, JoinedElement(InGraph(name, Group(tuple(gather_triples(rest)))), names))


def gather_triples(level: Iterable[JoinedElement]) -> Iterator[Element]:
    """Yield the elements of a group, their triple patterns in one run."""
    elements = [part.element for part in level]
    runs = [element.patterns for element in elements if isinstance(element, Triples)]
    if runs:
        yield Triples(tuple(pattern for run in runs for pattern in run))
    yield from (element for element in elements if not isinstance(element, Triples))
