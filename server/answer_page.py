"""The answer to a query as a page: the query, to be changed and asked again, above a table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, Final
from urllib.parse import urlencode

from flask import Response, render_template
from pyoxigraph import QueryBoolean, QueryResultsFormat, parse, parse_query_results

from graph.errors import CpecError
from graph.evaluation import Answer, Query
from graph.explaining.mark import segments
from graph.explaining.term import Term, term
from graph.format import GRAPH_FORMATS, GRAPHS, RESULT_FORMATS, GraphFormat
from graph.publishing.resource import JSON, Node
from server.answer import evaluate, send
from server.citing import CITED, wants_citations
from server.conditional import digest
from server.front.exchange import exchange
from server.link import missing_header
from server.negotiate import HTML
from server.operation import Operation
from server.parameters import Parameters
from server.problem import of_error
from server.reply import Reply
from server.site import site
from server.source import listed

MOST_ROWS: Final = 1000
"""The rows that a page shows; the other formats have all."""

LONGEST: Final = 8000
"""The characters of a query up to which its answer has an address: servers take some 8,000."""

OWN: Final = frozenset({"query", "format", "cite", "version"})
"""The parameters that the form has fields for."""


def query_page(operation: Operation) -> Response | Reply:
    """Return the answer to a query as a page, or the page of the error; raises BadRequest."""
    here, parameters = site(), operation.parameters
    cite = wants_citations(parameters)
    asked = Query(
        operation.text,
        JSON,
        GRAPHS["nt"],
        default_graphs=operation.default_graphs,
        named_graphs=operation.named_graphs,
        base=exchange().base_url,
        cite=cite,
        words=cite,
    )
    try:
        tagged = evaluate(here, asked)
    except CpecError as error:
        response = of_error(error)
        response.set_data(render(operation, fault=str(error)))
        response.mimetype = HTML
        return response
    answer = tagged.answer
    body = render(operation, missing=answer.missing, **shown(answer, cite=cite))
    tag = tagged.tag and digest((tagged.tag, "page", body))
    reply = send(here, body.encode(), tag, f"{HTML}; charset=utf-8")
    reply.headers += missing_header(answer.missing)
    return reply


def render(operation: Operation, **found: Any) -> str:
    """Return the page with the query in its form, and links to its answer in other formats."""
    parameters = operation.parameters
    return render_template(
        "answer.html",
        text=operation.text,
        cite=wants_citations(parameters),
        others=[pair for pair in parameters.pairs if pair[0] not in OWN],
        forms=(RESULT_FORMATS, GRAPH_FORMATS),
        links=() if "fault" in found else links(operation, graph=bool(found.get("graph"))),
        **found,
    )


def links(operation: Operation, *, graph: bool) -> list[tuple[str, str]]:
    """Return the name and the address of each format that the answer has."""
    if len(operation.text) > LONGEST:
        return []
    parameters: Parameters = operation.parameters
    pairs = [pair for pair in parameters.pairs if pair[0] not in {"query", "format"}]
    cite = wants_citations(parameters)
    forms = CITED if cite else GRAPH_FORMATS if graph else RESULT_FORMATS
    return [
        (form.name, "?" + urlencode([("query", operation.text), *pairs, ("format", form.name)]))
        for form in forms
    ]


def shown(answer: Answer, *, cite: bool) -> Mapping[str, Any]:
    """Return what the page shows of an answer: its first rows, or yes or no, with the sources."""
    cited = json.loads(answer.body) if cite else {"citations": (), "sources": {}}
    citations = cited["citations"][:MOST_ROWS]
    named = {graph for citation in citations for graph in citation["graphs"]}
    sources = listed({graph: one for graph, one in cited["sources"].items() if graph in named})
    marks = {source.graph: source.mark for source in sources}
    told = {
        "citations": [segments(citation, marks) for citation in citations],
        "sources": sources,
        "absent": dict.fromkeys(text for one in citations for text in one.get("absent", ())),
    }
    if isinstance(answer.format, GraphFormat):
        triples = parse(answer.body, format=answer.format.writer)
        rows = (tuple(triple.triple) for triple in triples)
        return {**told, "graph": True, **table(("subject", "predicate", "object"), rows)}
    found = parse_query_results(answer.body, QueryResultsFormat.JSON)
    if isinstance(found, QueryBoolean):
        return {**told, "boolean": bool(found)}
    return {**told, **table([variable.value for variable in found.variables], map(tuple, found))}


def table(heads: Iterable[str], rows: Iterable[tuple[Node | None, ...]]) -> Mapping[str, Any]:
    """Return the first rows in words, and whether there are more."""
    lines: list[list[Term | None]] = [
        [None if node is None else term(node, {}) for node in row]
        for row in islice(rows, MOST_ROWS + 1)
    ]
    return {"heads": heads, "lines": lines[:MOST_ROWS], "more": len(lines) > MOST_ROWS}
