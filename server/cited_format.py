"""The parameters `cite` and `bom`, and the formats of an answer with or without citations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from werkzeug.exceptions import BadRequest, NotAcceptable

from graph.answering.format import (
    CITED_FORMATS,
    GRAPH_FORMATS,
    RESULT_FORMATS,
    RESULTS,
    Format,
    GraphFormat,
    ResultFormat,
    list_formats,
)
from server.negotiate import (
    Accept,
    accept_forms,
    best_format,
    choose_media_type,
    find_forms,
    find_named_format,
)
from server.parameters import Parameters

NO_CITATIONS: Final = (
    f"citations are written in {list_formats(CITED_FORMATS)}; "
    f"as RDF in {list_formats(GRAPH_FORMATS)}"
)

Forms = tuple[ResultFormat | None, GraphFormat | None]


def wants_citations(parameters: Parameters) -> bool:
    """Return the value of the parameter `cite`; raises BadRequest for other text."""
    value = parameters.get("cite")
    if value not in {None, "true", "false"}:
        raise BadRequest(f"cite is true or false, not {value!r}")
    return value == "true"


def wants_mark(parameters: Parameters, form: Format | None) -> bool:
    """Return whether `bom=1` asks for a table in CSV with a byte order mark.

    Raises BadRequest for another value, and for another format than CSV.
    """
    value = parameters.get("bom")
    if value not in {None, "1"}:
        raise BadRequest(f"bom is 1, or left out, not {value!r}")
    if value and form != RESULTS["csv"]:
        raise BadRequest("bom=1 is for tables in CSV: ask for format=csv too")
    return value is not None


def read_forms(names: Sequence[str]) -> Forms | None:
    """Return the formats that all names mean, None without a name.

    Raises BadRequest for names of several formats, and for an unknown name.
    """
    forms = {find_forms(name) for name in names}
    if len(forms) > 1:
        raise BadRequest(f"exactly one format can be given, not {', '.join(names)}")
    return forms.pop() if forms else None


def choose_forms(parameters: Parameters, accept: Accept) -> Forms:
    """Return the formats of rows and graphs for a request; raises BadRequest and NotAcceptable."""
    names = [name for value in parameters.get_all("format") for name in value.split(",") if name]
    named = read_forms(names)
    if not wants_citations(parameters):
        return named or accept_forms(accept)
    return check_cited_forms(*named) if named else choose_cited_form(accept)


def check_cited_forms(rows: ResultFormat | None, graph: GraphFormat | None) -> Forms:
    """Return the named format of a cited answer; raises NotAcceptable.

    A name of both kinds means rows.
    """
    if rows is not None and rows not in CITED_FORMATS:
        raise NotAcceptable(NO_CITATIONS)
    return (rows, None) if rows else (None, graph)


def choose_cited_form(accept: Accept) -> Forms:
    """Return the best format of a cited answer, JSON of equals; raises NotAcceptable.

    A media type of both kinds, such as application/xml, means rows.
    """
    rows, graph = best_format(accept, CITED_FORMATS), best_format(accept, GRAPH_FORMATS)
    if graph and find_named_format(choose_media_type(accept, graph), RESULT_FORMATS):
        graph = None
    if rows is None and graph is None:
        raise NotAcceptable(NO_CITATIONS)
    weights = [
        accept.weight(choose_media_type(accept, form)) if form else 0 for form in (rows, graph)
    ]
    return (None, graph) if weights[1] > weights[0] else (rows, None)
