"""What stands around a SERVICE, and holds for each solution that its answer is joined with.

Triple patterns, VALUES, GRAPH, groups and UNION are evaluated by themselves and joined (SPARQL 1.1
Query, section 18.2.2): each solution of a group extends one of theirs. A row of the answer that
agrees with none of them ends in no solution, so it need not be fetched. That is so of

- all that stands in the same group, before or after;
- what stands before the groups that this one is in, out to an OPTIONAL or a MINUS, and what stands
  before that. What comes after these, or is around their group, meets solutions that lack the
  answer: there a row too few would be a solution too many.

It is asked only about variables that each row of the answer binds: they stay bound on the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from pyoxigraph import BlankNode, Variable

from graph.sparql.scope import certain_variables, find_variables, walk_parts
from graph.sparql.syntax import (
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

PASSING: Final = frozenset({"RAND", "NOW", "UUID", "STRUUID", "BNODE"})
"""The functions that may say something else the next time."""

Names: TypeAlias = frozenset[Variable | BlankNode]


@dataclass(frozen=True, slots=True)
class JoinedElement:
    """An element that is joined, and the names by which it hangs together with others.

    One that is `asked` stands for what a SERVICE answers.
    """

    element: Element
    names: Names
    asked: bool = False

    @classmethod
    def of(cls, element: Element) -> JoinedElement:
        """Return an element with all names in it."""
        found = (one for one in walk_parts(element) if isinstance(one, (Variable, BlankNode)))
        return cls(element, frozenset(found))


@dataclass(frozen=True, slots=True)
class Around:
    """The parts and filters that hold at some place of a query, and the graph that it is in."""

    parts: tuple[JoinedElement, ...] = ()
    filters: tuple[Filter, ...] = ()
    graph: Name | None = None

    def within(self, element: Element) -> Around:
        """Return what of this holds in an element too, which stands in one more group.

        What an OPTIONAL lacks, or a MINUS, leaves a solution in that group, to be joined further.
        """
        return Around(graph=self.graph) if isinstance(element, (OptionalPart, Minus)) else self

    def joined(self, level: Iterable[JoinedElement], elements: Iterable[Element]) -> Around:
        """Return this with parts of one more group, and with the filters of its elements.

        A filter holds by these parts alone, whatever else the group binds or does not.
        """
        level = tuple(level)
        known = certain_variables(part.element for part in level)
        filters = (one for one in elements if isinstance(one, Filter) and decides(one, known))
        if self.graph is not None:
            level = in_graph(self.graph, level)
        return replace(self, parts=self.parts + level, filters=(*self.filters, *filters))

    def values(self) -> Iterator[Values]:
        """Yield the VALUES that are written among the parts."""
        for part in self.parts:
            if isinstance(part.element, Values) and not part.asked:
                yield part.element

    def components(self) -> Iterator[Component]:
        """Yield the parts that hang together by their names: between two lies a cross product."""
        found: list[Component] = []
        for part in self.parts:
            near = [one for one in found if one.names & part.names]
            found = [one for one in found if one not in near]
            found.append(Component((*(p for one in near for p in one.parts), part)))
        for one in found:
            known = certain_variables(part.element for part in one.parts)
            yield replace(one, filters=tuple(f for f in self.filters if decides(f, known)))


@dataclass(frozen=True, slots=True)
class Component:
    """Parts that hang together, and the filters that they decide."""

    parts: tuple[JoinedElement, ...]
    filters: tuple[Filter, ...] = ()

    @property
    def names(self) -> Names:
        """The names in its parts."""
        return frozenset[Variable | BlankNode]().union(*(part.names for part in self.parts))

    @property
    def is_written(self) -> bool:
        """Whether there is nothing to evaluate: all of it is VALUES of the query itself."""
        return all(isinstance(one.element, Values) and not one.asked for one in self.parts)

    def group(self) -> Group:
        """Return the component as a group: a blank node has its label in one run of triples."""
        return Group((*gathered(self.parts), *self.filters))


def parts_of(elements: Iterable[Element]) -> Iterator[JoinedElement]:
    """Yield what is joined of the elements of a group, each triple pattern by itself."""
    for element in elements:
        if isinstance(element, Triples):
            yield from (JoinedElement.of(Triples((pattern,))) for pattern in element.patterns)
        elif is_plain(element):
            yield JoinedElement.of(element)


def is_plain(element: Element) -> bool:
    """Whether an element is joined, by itself and always with the same solutions."""
    match element:
        case Triples() | Values():
            return True
        case Group(elements) | InGraph(_, Group(elements)):
            return all(map(is_plain, elements))
        case Union(branches):
            return all(map(is_plain, branches))
    return False


def decides(condition: Filter, known: Iterable[Variable]) -> bool:
    """Whether variables that are always bound settle a filter, the same way each time."""
    inside = list(walk_parts(condition))
    return set(find_variables(condition)) <= set(known) and not any(
        isinstance(one, (Exists, Aggregate))
        or (
            isinstance(one, Call) and (not isinstance(one.function, str) or one.function in PASSING)
        )
        for one in inside
    )


def in_graph(name: Name, level: tuple[JoinedElement, ...]) -> tuple[JoinedElement, ...]:
    """Return the parts of a group that stands in GRAPH: all but VALUES as one."""
    values = tuple(part for part in level if isinstance(part.element, Values))
    rest = tuple(part for part in level if part not in values)
    if not rest:
        return values
    own = frozenset([name] if isinstance(name, Variable) else [])
    names = own.union(*(part.names for part in rest))
    return (*values, JoinedElement(InGraph(name, Group(tuple(gathered(rest)))), names))


def gathered(level: Iterable[JoinedElement]) -> Iterator[Element]:
    """Yield the elements of parts, their triple patterns in one run."""
    elements = [part.element for part in level]
    triples = [one.patterns for one in elements if isinstance(one, Triples)]
    if triples:
        yield Triples(tuple(pattern for run in triples for pattern in run))
    yield from (one for one in elements if not isinstance(one, Triples))
