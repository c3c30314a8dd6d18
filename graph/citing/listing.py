"""The queries that list the members of the groups of a SELECT, each those of one group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from pyoxigraph import BlankNode, Literal, NamedNode, Variable

from graph.citing.solution import Key, Numbering
from graph.reasoning.axiom import Term
from graph.sparql.scope import certain
from graph.sparql.syntax import (
    Call,
    Element,
    Expression,
    Filter,
    Group,
    Select,
    Unary,
    Values,
)


class Listing:
    """Lists the members of groups: `names` are what they are grouped by, `groups` all of them.

    A blank node has no name in a query: a group of one is listed where no other is like it.
    """

    def __init__(self, names: Sequence[Variable], terms: Numbering, groups: Iterable[Key]) -> None:
        self.names = names
        self.terms = terms
        self.alike = Counter(map(terms.blanked, groups))

    def of(self, group: Key, members: Select) -> Select | None:
        """Return the SELECT of the members of a group, given that of all; None where there is none.

        VALUES stand behind the first element that binds their variable for certain: the engine
        looks up from there. They would also be joined with what leaves it unbound.
        """
        if self.alike[self.terms.blanked(group)] > 1:
            return None
        elements = list(members.where.elements)
        for name, number in zip(self.names, group, strict=True):
            term, place = self.terms.named[number], binder(name, elements)
            if place is not None and isinstance(term, NamedNode | Literal):
                elements.insert(place + 1, Values((name,), ((term,),)))
            else:
                elements.append(Filter(has(name, term)))
        return Select(None, Group(tuple(elements)))


def binder(variable: Variable, elements: Sequence[Element]) -> int | None:
    """Return the place of the first element from which on a variable is bound for certain."""
    bound = (n for n in range(len(elements)) if variable in certain(elements[n : n + 1]))
    return next(bound, None)


def has(variable: Variable, term: Term | None) -> Expression:
    """Return the condition that a variable has a term, or none; a blank node has no name."""
    match term:
        case None:
            return Unary("!", Call("BOUND", (variable,)))
        case BlankNode():
            return Call("ISBLANK", (variable,))
    return Call("SAMETERM", (variable, term))
