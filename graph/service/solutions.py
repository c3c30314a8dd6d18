"""The solutions of another endpoint: results JSON becomes VALUES in place of a SERVICE."""

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
