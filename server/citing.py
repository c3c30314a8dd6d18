"""Citing over HTTP: whether a request asks for it, and in which formats the answer can be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from werkzeug.exceptions import BadRequest, NotAcceptable

from graph.answering.format import (
    CITED_FORMATS,
    GRAPH_FORMATS,
    GraphFormat,
    ResultFormat,
    list_formats,
)
from server.negotiate import Accept, best_format, forms_accepted, forms_named, label
from server.parameters import Parameters

ONLY: Final = (
    f"citations are written in {list_formats(CITED_FORMATS)}; "
    f"as RDF in {list_formats(GRAPH_FORMATS)}"
)

Forms = tuple[ResultFormat | None, GraphFormat | None]


def wants_citations(parameters: Parameters) -> bool:
    """Return the value of the parameter `cite`; raises BadRequest where it is none."""
    value = parameters.get("cite")
    if value not in {None, "true", "false"}:
        raise BadRequest(f"cite is true or false, not {value!r}")
    return value == "true"


def forms_given(names: Sequence[str]) -> Forms | None:
    """Return the formats that `format` names, more than once perhaps, None where it names none.

    Raises BadRequest where it names several, or what is no format.
    """
    found = {forms_named(name) for name in names}
    if len(found) > 1:
        raise BadRequest(f"exactly one format can be given, not {', '.join(names)}")
    return found.pop() if found else None


def forms(parameters: Parameters, accept: Accept) -> Forms:
    """Return the formats in which a request can be answered.

    Raises BadRequest where it names no format, and NotAcceptable where it takes none of ours.
    """
    names = [name for value in parameters.get_all("format") for name in value.split(",") if name]
    found = forms_given(names)
    if not wants_citations(parameters):
        return found or forms_accepted(accept)
    return cited_named(*found) if found else cited_accepted(accept)


def cited_named(rows: ResultFormat | None, graph: GraphFormat | None) -> Forms:
    """Return the format of a cited answer that was named; raises NotAcceptable.

    A name that rows and graphs share is that of rows.
    """
    if rows is not None and rows not in CITED_FORMATS:
        raise NotAcceptable(ONLY)
    return (rows, None) if rows else (None, graph)


def cited_accepted(accept: Accept) -> Forms:
    """Return the format of a cited answer that is liked best, JSON among equals.

    Raises NotAcceptable where there is none.
    """
    rows, graph = best_format(accept, CITED_FORMATS), best_format(accept, GRAPH_FORMATS)
    if rows is None and graph is None:
        raise NotAcceptable(ONLY)
    weights = [accept.weight(label(accept, form)) if form else 0 for form in (rows, graph)]
    return (None, graph) if weights[1] > weights[0] else (rows, None)
