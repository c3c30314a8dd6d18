"""A narrowing: rows of the query or of this dataset, as VALUES sent along with a SERVICE."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Final, TypeGuard

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Triple, Variable

from graph.sparql.printer import print_element
from graph.sparql.syntax import Values
from ontology.terms import XSD

Sendable = NamedNode | Literal
Term = Sendable | BlankNode | Triple | None

LONGEST: Final = 1 << 18
"""The characters of VALUES that are sent along at most: other endpoints bound what they read."""

LANGUAGE: Final = re.compile("[a-z]+")
"""The tags that are written in one way only: they have no region and no script."""


def narrowed(values: Values, variables: AbstractSet[Variable]) -> Values | None:
    """Return the distinct rows of VALUES over those of some variables that they always bind.

    None where they bind none of the variables always.
    """
    kept = [
        number
        for number, variable in enumerate(values.variables)
        if variable in variables and all(row[number] is not None for row in values.rows)
    ]
    rows = dict.fromkeys(tuple(row[number] for number in kept) for row in values.rows)
    return Values(tuple(values.variables[number] for number in kept), tuple(rows)) if kept else None


def as_narrowing(found: QuerySolutions, most: int) -> tuple[int, str]:
    """Return how many rows were found, and the VALUES that they are, "" where nothing is narrowed.

    A column of which some row cannot be sent is left out; past so many rows all of them are.
    """
    rows = [tuple(solution) for solution in found]
    columns = [column(n, rows) for n in range(len(found.variables))]
    kept = [(name, one) for name, one in zip(found.variables, columns, strict=True) if one]
    if not kept or len(rows) > most:
        return len(rows), ""
    distinct = dict.fromkeys(zip(*(one for _, one in kept), strict=True))
    written = print_element(Values(tuple(name for name, _ in kept), tuple(distinct)))
    return len(rows), written if len(written) <= LONGEST else ""


def column(number: int, rows: Iterable[tuple[Term, ...]]) -> list[Sendable]:
    """Return the terms of a column, none of them where one cannot be sent."""
    found: list[Sendable] = []
    for row in rows:
        term = row[number]
        if not is_sendable(term):
            return []
        found.append(term)
    return found


def is_sendable(term: Term) -> TypeGuard[Sendable]:
    """Whether a term is written in one way only, wherever it stands.

    The engine has one spelling of each number, date and tag of a language, and another endpoint
    may have kept another that is the same here.
    """
    if isinstance(term, Literal):
        tag = term.language
        return term.datatype == XSD.STRING if tag is None else bool(LANGUAGE.fullmatch(tag))
    return isinstance(term, NamedNode)
