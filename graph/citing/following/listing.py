"""The queries that list the members of the groups of a SELECT, each those of one group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from pyoxigraph import BlankNode, Literal, NamedNode, Variable

from graph.citing.following.solution import Key, Numbering
from graph.reasoning.rules.axiom import Term
from graph.sparql.scope import certain, parts
from graph.sparql.syntax import (
    Call,
    Element,
    Expression,
    Filter,
    Group,
    InGraph,
    Repeat,
    Select,
    Triples,
    Unary,
    Values,
)


class Listing:
    """Lists the members of groups, given all of them, and what all groups are grouped by.

    A blank node has no name in a query: a group of one is listed where no other is like it.
    """

    def __init__(
        self, members: Select, names: Sequence[Variable], terms: Numbering, groups: Iterable[Key]
    ) -> None:
        self.elements = members.where.elements
        self.names = names
        self.terms = terms
        self.alike = Counter(map(terms.blanked, groups))
        self.binders = {name: binder(name, self.elements) for name in names}

    def of(self, group: Key) -> Select | None:
        """Return the SELECT of the members of a group; None where there is none.

        VALUES stand behind the element that binds the last of their variables for certain: the
        engine looks up from there. They would also be joined with what leaves one unbound.
        """
        if self.alike[self.terms.blanked(group)] > 1:
            return None
        values: dict[Variable, NamedNode | Literal] = {}
        filters = []
        for name, number in zip(self.names, group, strict=True):
            term = self.terms.named[number]
            if isinstance(term, NamedNode | Literal) and self.binders[name] < len(self.elements):
                values[name] = term
            else:
                filters.append(Filter(has(name, term)))
        elements: list[Element] = [*self.elements, *filters]
        if values:
            last = max(map(self.binders.__getitem__, values))
            elements.insert(last + 1, Values((*values,), ((*values.values(),),)))
        return Select(None, Group(tuple(elements)))

    def cost(self, sizes: Mapping[Key, int]) -> int:
        """Return how many members are looked through where those of one group are asked for.

        That is all of them, or those alone that share the values from which the engine looks up.
        """
        named = [n for n, name in enumerate(self.names) if self.binders[name] < len(self.elements)]
        last = max((self.binders[self.names[n]] for n in named), default=-1)
        slow = any(isinstance(one, Repeat | Select) for one in parts(self.elements))
        if slow or not all(map(is_pattern, self.elements[: last + 1])):
            return sum(sizes.values())
        return sum(sizes.values()) // len({tuple(group[n] for n in named) for group in sizes})


def is_pattern(element: Element) -> bool:
    """Whether an element is of triple patterns, in whatever graph, or only restricts others."""
    if isinstance(element, InGraph):
        return all(isinstance(one, Triples) for one in element.group.elements)
    return isinstance(element, Triples | Filter | Values)


def binder(variable: Variable, elements: Sequence[Element]) -> int:
    """Return the place of the first element that surely binds a variable; past the last, none."""
    bound = (n for n, one in enumerate(elements) if variable in certain((one,)))
    return next(bound, len(elements))


def has(variable: Variable, term: Term | None) -> Expression:
    """Return the condition that a variable has a term, or none; a blank node has no name."""
    match term:
        case None:
            return Unary("!", Call("BOUND", (variable,)))
        case BlankNode():
            return Call("ISBLANK", (variable,))
    return Call("SAMETERM", (variable, term))
