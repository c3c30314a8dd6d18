"""The VALUES of a SERVICE: rows of this dataset within its query, and its answer in its place.

The rows make a bind join: the endpoint returns only rows that may join (Haas et al., Optimizing
queries across diverse data sources, VLDB 1997). The answer comes as results JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, TypeGuard

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    Triple,
    Variable,
    parse_query_results,
)

from graph.errors import EndpointError, EndpointLimitError
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


Row = tuple[NamedNode | Literal | None, ...]
MOST_MESSAGE_CHARACTERS = 200
"""The characters of the parser's message that an error repeats."""


def read_values(body: bytes, endpoint: str, variables: Sequence[str], most: int) -> str:
    """Return the solutions of SPARQL 1.1 Query Results JSON as VALUES of some variables.

    Raises EndpointError if the body is something else or binds a variable to a blank node or a
    triple, which VALUES cannot write, and EndpointLimitError past `most` rows.
    """
    try:
        results = parse_query_results(body, QueryResultsFormat.JSON)
        if isinstance(results, QueryBoolean):
            raise EndpointError(endpoint, "answered yes or no, not solutions")
        rows = tuple(read_rows(results, endpoint, variables, most))
        return print_element(Values(tuple(map(Variable, variables)), rows))
    except (SyntaxError, ValueError) as error:
        reason = str(error)[:MOST_MESSAGE_CHARACTERS]
        raise EndpointError(endpoint, f"answered no results JSON: {reason}") from None


def read_rows(
    solutions: QuerySolutions, endpoint: str, variables: Sequence[str], most: int
) -> Iterator[Row]:
    """Yield each solution as a row of VALUES."""
    columns = {variable.value: number for number, variable in enumerate(solutions.variables)}
    for number, solution in enumerate(solutions, 1):
        if number > most:
            raise EndpointLimitError(endpoint, "rows of a SERVICE", most)
        yield tuple(
            None if name not in columns else read_term(solution[columns[name]], endpoint, name)
            for name in variables
        )


def read_term(
    term: NamedNode | Literal | BlankNode | Triple | None, endpoint: str, name: str
) -> NamedNode | Literal | None:
    """Return a term that VALUES can write; raises EndpointError for any other.

    A blank node is local to the endpoint: no name here identifies it, and an IRI in its place would
    be another kind of term.
    """
    if isinstance(term, BlankNode):
        advice = f"leave it out with FILTER(!isBlank(?{name}))"
        raise EndpointError(endpoint, f"has a blank node for ?{name}, which has no name: {advice}")
    if isinstance(term, Triple):
        raise EndpointError(endpoint, f"has a triple for ?{name}, which SPARQL 1.1 cannot say")
    return term
