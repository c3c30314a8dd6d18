"""The editor of SPARQL, and the answer to a query as a page: the query above its table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final
from urllib.parse import urlencode

from flask import Response, render_template
from pyoxigraph import NamedNode, QueryBoolean, QueryResultsFormat, parse, parse_query_results

from graph.answering.binding import find_question, insert_values, questions
from graph.answering.evaluation import Answer, Query
from graph.answering.format import (
    CITED_FORMATS,
    GRAPH_FORMATS,
    GRAPHS,
    RESULT_FORMATS,
    GraphFormat,
)
from graph.errors import CpecError, EngineError
from graph.explaining.mark import DAGGER, marks_of
from graph.explaining.term import term
from graph.publishing.resource import JSON, Node
from ontology.namespace import PREFIXES
from server.answer import evaluate, send
from server.citing import wants_citations
from server.conditional import digest
from server.front.exchange import exchange
from server.link import missing_header
from server.negotiate import HTML
from server.operation import Operation
from server.page import figure
from server.page.answer import CitedRow, Source, line, source
from server.page.citation import Comparison, compare_receipt
from server.page.frame import NAMES, PART, first_language, page_number
from server.page.question import bind_defaults
from server.page.search import read_index as name_index
from server.page.subject import group_by_subject
from server.parameters import Parameters
from server.problem import answer_error
from server.receipt import RECEIPT, ROW, deciding_pairs, name_rows, wait_receipt
from server.reply import Reply
from server.site import current_site

MOST_ROWS: Final = 1000
"""The rows that a page shows; the other formats have all."""

PART_ROWS: Final = 200
"""The rows of one part of a page."""

LONGEST: Final = 8000
"""The characters of a query up to which its answer has an address: servers take some 8,000."""

AROUND: Final = 200
"""The characters of a line that are shown on each side of an error."""

OWN: Final = frozenset(
    {"query", "format", "cite", "version", "without", "only", NAMES, PART, RECEIPT, ROW}
)
"""The parameters that the form has fields for."""

EXAMPLE: Final = """SELECT ?country ?area WHERE {
  VALUES ?country { id:Pakistan id:China }
  ?country cpec:intendsCooperationIn ?area
} ORDER BY ?country ?area"""
"""The query that the editor begins with."""


@dataclass(frozen=True, slots=True)
class AnswerTable:
    """The rows of an answer that a page shows, their sources, and whether our own word is one."""

    heads: Sequence[str]
    lines: list[CitedRow]
    more: bool
    sources: list[Source]
    own: bool
    absent: list[str]
    boolean: bool | None


def editor_page(question: str | None) -> Response:
    """Return the editor with an example, or with a question; raises UnknownNameError."""
    text = EXAMPLE
    if question is not None:
        asked = find_question(question)
        text = insert_values(asked, bind_defaults(asked))
    response = Response(editor(text=text, cite=True, others=[]), mimetype=HTML)
    response.vary.add("Accept")
    return response


def query_page(operation: Operation) -> Response | Reply:
    """Return the answer to a query as a page, or the page of the error; raises BadRequest."""
    site, parameters = current_site(), operation.parameters
    cite = wants_citations(parameters)
    asked = asked_of(operation, exchange().base_url, cite=cite)
    try:
        tagged = evaluate(site, asked)
    except CpecError as error:
        response = answer_error(error)
        response.set_data(render(operation, fault=error, place=place(operation.text, error)))
        response.mimetype = HTML
        return response
    answer = tagged.answer
    table = table_of(answer, cite=cite)
    found = part_of(table, page_number())
    graph = isinstance(answer.format, GraphFormat)
    told: Comparison | None = None
    if parameters.get(RECEIPT):
        today = wait_receipt(asked, answer.version)
        told = compare_receipt(parameters, today, found.lines)
    body = render(
        operation,
        missing=answer.missing,
        found=found,
        rows=len(table.lines),
        parts=parts(operation, len(table.lines)),
        part_number=page_number(),
        compared=told,
        cited=citing(operation) if len(operation.text) <= LONGEST else [],
        drawn=figure.draw_graph([row.cells for row in table.lines]),
        links=links(operation, graph=graph),
    )
    tag = tagged.tag and digest((tagged.tag, "page", body))
    reply = send(site, body.encode(), tag, f"{HTML}; charset=utf-8")
    reply.headers += missing_header(answer.missing)
    return reply


def asked_of(operation: Operation, base: str, *, cite: bool) -> Query:
    """Return the query of a page: its rows in JSON, or its graph."""
    return Query(
        operation.text,
        JSON,
        GRAPHS["nt"],
        default_graphs=operation.default_graphs,
        named_graphs=operation.named_graphs,
        base=base,
        cite=cite,
        words=cite,
    )


def citing(operation: Operation) -> list[tuple[str, str]]:
    """Return the parameters by which /cite is asked for an answer."""
    pairs = [pair for pair in deciding_pairs(operation.parameters.pairs) if pair[0] != "cite"]
    return list(dict.fromkeys([("query", operation.text), *pairs]))


def render(operation: Operation, **found: Any) -> str:
    """Return the editor with a query, and with its answer or its error."""
    parameters = operation.parameters
    return editor(
        text=operation.text,
        cite=wants_citations(parameters),
        others=[pair for pair in parameters.pairs if pair[0] not in OWN],
        answered=True,
        **found,
    )


def editor(**more: Any) -> str:
    """Return the page of the editor."""
    return render_template(
        "sparql.html",
        forms=(RESULT_FORMATS, GRAPH_FORMATS),
        prefixes=PREFIXES,
        subjects=group_by_subject(questions().values()),
        **more,
    )


@dataclass(frozen=True, slots=True)
class ErrorPosition:
    """Where in a query an error is: its line and column, from 1, and the line around it."""

    line: int
    column: int
    before: str
    at: str
    after: str


def place(text: str, error: CpecError) -> ErrorPosition | None:
    """Return where in a query an error is, None where it is in no line of it."""
    line, column = getattr(error, "line", None), getattr(error, "column", None)
    lines = text.split("\n")
    if not line or not column or line > len(lines):
        return None
    whole, at = lines[line - 1], column - 1
    before, rest = whole[max(0, at - AROUND) : at], whole[at : at + AROUND]
    return ErrorPosition(line, column, before, rest[:1] or " ", rest[1:])


def links(operation: Operation, *, graph: bool) -> list[tuple[str, str]]:
    """Return the name and the address of each format that the answer has."""
    if len(operation.text) > LONGEST:
        return []
    parameters: Parameters = operation.parameters
    others = {"query", "format", PART, RECEIPT, ROW}
    pairs = [pair for pair in parameters.pairs if pair[0] not in others]
    cite = wants_citations(parameters)
    forms = CITED_FORMATS if cite else GRAPH_FORMATS if graph else RESULT_FORMATS
    return [
        (form.name, "?" + urlencode([("query", operation.text), *pairs, ("format", form.name)]))
        for form in forms
    ]


def table_of(answer: Answer, *, cite: bool) -> AnswerTable:
    """Return the first rows of an answer in words, or yes or no, with their sources."""
    cited = json.loads(answer.body) if cite else {"citations": [], "sources": {}}
    citations = cited["citations"][:MOST_ROWS]
    named = {graph for one in citations for graph in one["graphs"]}
    sources = {graph: said for graph, said in cited["sources"].items() if graph in named}
    marks = marks_of(sources)
    heads, rows, boolean = columns_of(answer)
    row_ids = name_rows(answer.body, MOST_ROWS) if cite else [""] * MOST_ROWS
    shown = list(islice(rows, MOST_ROWS + 1))
    words = labels(node for row in shown for node in row)
    padded = [*citations, *({} for _ in shown[len(citations) :])]
    return AnswerTable(
        heads,
        [
            line([None if node is None else term(node, words) for node in row], citing, marks, name)
            for row, citing, name in zip(shown[:MOST_ROWS], padded, row_ids, strict=False)
        ],
        len(shown) > MOST_ROWS,
        [source(mark, graph, sources[graph]) for graph, mark in marks.items() if mark != DAGGER],
        DAGGER in marks.values(),
        list(dict.fromkeys(one for citing in citations for one in citing.get("absent", ()))),
        boolean,
    )


def part_of(table: AnswerTable, number: int) -> AnswerTable:
    """Return one part of a table, from 1, with the sources that its rows name."""
    lines = table.lines[(number - 1) * PART_ROWS : number * PART_ROWS]
    named = {piece.text for line in lines for piece in line.cited if piece.is_mark}
    sources = [source for source in table.sources if source.mark in named]
    return replace(table, lines=lines, sources=sources)


def parts(operation: Operation, rows: int) -> list[str]:
    """Return the addresses of the parts of a table, where it has several and the text has one."""
    count = -(-rows // PART_ROWS)
    if count < 2 or len(operation.text) > LONGEST:
        return []
    pairs = [pair for pair in operation.parameters.pairs if pair[0] not in {"query", PART}]
    own = [("query", operation.text), *pairs]
    return [f"/sparql?{urlencode([*own, (PART, number)])}" for number in range(1, count + 1)]


def columns_of(
    answer: Answer,
) -> tuple[Sequence[str], Iterable[Sequence[Node | None]], bool | None]:
    """Return the columns and the rows of an answer; yes or no is one row without a column."""
    if isinstance(answer.format, GraphFormat):
        triples = parse(answer.body, format=answer.format.reader)
        return ("subject", "predicate", "object"), (triple.triple for triple in triples), None
    found = parse_query_results(answer.body, QueryResultsFormat.JSON)
    if isinstance(found, QueryBoolean):
        return (), [()], bool(found)
    return [variable.value for variable in found.variables], map(tuple, found), None


def labels(nodes: Iterable[Node | None]) -> dict[str, str]:
    """Return the names of the things among some terms, in the language of the page."""
    iris = {node.value for node in nodes if isinstance(node, NamedNode)}
    if not iris:
        return {}
    try:
        known = name_index().labels
    except EngineError:  # the rows stand without names then
        return {}
    languages = (first_language(), "en", "")
    return {
        iri: next(own[language] for language in languages if language in own)
        for iri in iris
        if (own := known.get(iri)) and not own.keys().isdisjoint(languages)
    }
