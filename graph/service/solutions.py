"""What another endpoint answers: results JSON, read as the VALUES that stand for a SERVICE."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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

Row = tuple[NamedNode | Literal | None, ...]
MESSAGE = 200
"""Characters of a complaint about an answer that are told."""


def as_values(body: bytes, endpoint: str, variables: Sequence[str], most: int) -> str:
    """Return the solutions of SPARQL 1.1 Query Results JSON as VALUES of some variables.

    Raises EndpointError where it is something else, or binds one of the variables to what VALUES
    cannot say (a blank node, a triple), and EndpointLimitError past so many rows.
    """
    try:
        found = parse_query_results(body, QueryResultsFormat.JSON)
        if isinstance(found, QueryBoolean):
            raise EndpointError(endpoint, "answered yes or no, where solutions were asked for")
        return print_element(
            Values(tuple(map(Variable, variables)), tuple(rows(found, endpoint, variables, most)))
        )
    except (SyntaxError, ValueError) as error:
        said = str(error)[:MESSAGE]
        raise EndpointError(endpoint, f"answered what is no results JSON: {said}") from None


def rows(
    found: QuerySolutions, endpoint: str, variables: Sequence[str], most: int
) -> Iterator[Row]:
    """Yield each solution as a row of VALUES."""
    columns = {variable.value: number for number, variable in enumerate(found.variables)}
    for number, solution in enumerate(found, 1):
        if number > most:
            raise EndpointLimitError(endpoint, "rows of a SERVICE", most)
        yield tuple(
            None if name not in columns else value(solution[columns[name]], endpoint, name)
            for name in variables
        )


def value(
    term: NamedNode | Literal | BlankNode | Triple | None, endpoint: str, name: str
) -> NamedNode | Literal | None:
    """Return a term that VALUES can say; raises EndpointError where it is none.

    A blank node is the endpoint's own: no name would say here which it is, and an IRI in its place
    would be another kind of term.
    """
    if isinstance(term, BlankNode):
        advice = f"leave it out with FILTER(!isBlank(?{name}))"
        raise EndpointError(endpoint, f"has a blank node for ?{name}, which has no name: {advice}")
    if isinstance(term, Triple):
        raise EndpointError(endpoint, f"has a triple for ?{name}, which SPARQL 1.1 cannot say")
    return term
