"""The bind join: rows of the query or of this dataset, as VALUES within the query of a SERVICE.

So the endpoint returns only rows that may join (Haas et al., Optimizing queries across diverse data
sources, VLDB 1997).
"""

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

MAX_BINDINGS_CHARACTERS: Final = 1 << 18
"""The maximum length of the VALUES: other endpoints limit the length of a query."""

PLAIN_LANGUAGE: Final = re.compile("[a-z]+")
"""The language tags with one spelling: they have no region and no script."""


def project_values(values: Values, variables: AbstractSet[Variable]) -> Values | None:
    """Return the distinct rows of VALUES, projected to those variables that every row binds.

    None if there is no such variable.
    """
    columns = [
        number
        for number, variable in enumerate(values.variables)
        if variable in variables and all(row[number] is not None for row in values.rows)
    ]
    rows = dict.fromkeys(tuple(row[number] for number in columns) for row in values.rows)
    names = tuple(values.variables[number] for number in columns)
    return Values(names, tuple(rows)) if names else None


def write_bindings(solutions: QuerySolutions, most: int) -> tuple[int, str]:
    """Return the number of solutions, and their VALUES; "" if none can be sent.

    A column with a term that is not sendable is left out; with more rows than `most`, every column.
    """
    rows = [tuple(solution) for solution in solutions]
    columns = {name: read_column(n, rows) for n, name in enumerate(solutions.variables)}
    sendable = {name: terms for name, terms in columns.items() if terms}
    if not sendable or len(rows) > most:
        return len(rows), ""
    distinct = dict.fromkeys(zip(*sendable.values(), strict=True))
    written = print_element(Values(tuple(sendable), tuple(distinct)))
    return len(rows), written if len(written) <= MAX_BINDINGS_CHARACTERS else ""


def read_column(number: int, rows: Iterable[tuple[Term, ...]]) -> list[Sendable]:
    """Return the terms of a column; none of them if one is not sendable."""
    terms: list[Sendable] = []
    for row in rows:
        term = row[number]
        if not is_sendable(term):
            return []
        terms.append(term)
    return terms


def is_sendable(term: Term) -> TypeGuard[Sendable]:
    """Return whether a term has one spelling in every store.

    The engine has one spelling of each number, date and language tag; another endpoint may keep
    another spelling of the same value.
    """
    if isinstance(term, Literal):
        tag = term.language
        return term.datatype == XSD.STRING if tag is None else bool(PLAIN_LANGUAGE.fullmatch(tag))
    return isinstance(term, NamedNode)
