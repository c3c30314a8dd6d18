"""The pages of /sparql: the editor, and a query with its answer or its corrections."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, Final
from urllib.parse import urlencode

from flask import Response, render_template, request
from pyoxigraph import NamedNode, QueryBoolean, QueryResultsFormat, parse, parse_query_results

from graph.answering.binding import EXAMPLE, find_question, insert_values
from graph.answering.complaint import Correction, correct_query, replace_names
from graph.answering.evaluation import Answer, Query
from graph.answering.format import CITED_FORMATS, GRAPH_FORMATS, GRAPHS, RESULT_FORMATS, GraphFormat
from graph.errors import CpecError, EngineError, QuerySyntaxError
from graph.publishing.resource import JSON
from graph.sparql.parser import read_asked_triple
from graph.sparql.token import scan_tokens
from graph.wording.display_name import DisplayName, make_name
from graph.wording.text import shorten_iris
from ontology.namespace import PREFIXES, shorten
from ontology.terms import RdfTerm
from server.engine.front.reply import Reply
from server.exchange import exchange
from server.link import missing_header
from server.negotiate import HTML, wants_citations
from server.operation import Operation, read_query
from server.page import figure
from server.page.citable import compare_receipt
from server.page.cited_answer import ShownAnswer, show_rows
from server.page.frame import PART, page_number
from server.page.language import NAMES, first_language
from server.page.question_page import bind_defaults, group_by_subject
from server.page.search_page import read_index as name_index
from server.parameters import read_address
from server.problem import answer_error
from server.receipt import RECEIPT, ROW, deciding_pairs, name_rows, wait_receipt
from server.response import digest, evaluate, send_body
from server.site import current_site

SHOWN_ROWS: Final = 1000
"""The maximum number of rows on pages; the other formats have all rows."""

PART_ROWS: Final = 200
"""The number of rows of one part."""

ADDRESS_LENGTH: Final = 8000
"""The maximum length of a query in an address, in characters: servers accept some 8,000."""

ERROR_CONTEXT: Final = 200
"""The number of characters shown on each side of an error."""

FORM_PARAMETERS: Final = frozenset(
    {"query", "format", "cite", "version", NAMES, PART, RECEIPT, ROW}
)
"""The parameters with a field in the form."""


UNKNOWN: Final = "the graph does not know "
"""The beginning of the words of a cause of the kind `unknown`; the name follows."""

Pairs = Sequence[tuple[str, str]]
Link = tuple[str, str]


def editor_page(question: str | None) -> Response:
    """Return the editor with the example, or with a question; raises UnknownNameError."""
    text = EXAMPLE
    if question is not None:
        entry = find_question(question)
        text = insert_values(entry, bind_defaults(entry))
    response = Response(render_editor(text=text, cite=True, others=[]), mimetype=HTML)
    response.vary.add("Accept")
    return response


def query_page(operation: Operation) -> Response | Reply:
    """Return the page of an answer, or of an error; raises BadRequest."""
    site, parameters = current_site(), operation.parameters
    cite = wants_citations(parameters)
    query = build_query(operation, exchange().base_url, cite=cite)
    try:
        tagged = evaluate(site, query)
    except CpecError as error:
        response = answer_error(error)
        response.set_data(
            render_answer(
                operation,
                fault=error,
                place=locate_error(operation.text, error),
                corrections=correct_fault(operation.text, error, kept_pairs(operation)),
            )
        )
        response.mimetype = HTML
        return response
    answer = tagged.answer
    table = build_table(answer, cite=cite)
    part = table.slice(page_number(), PART_ROWS)
    comparison = None
    if parameters.get(RECEIPT):
        today = wait_receipt(query, answer.version, proved=query)
        comparison = compare_receipt(parameters, today, part.lines)
    body = render_answer(
        operation,
        missing=answer.missing,
        found=part,
        rows=len(table.lines),
        parts=part_addresses(operation, len(table.lines)),
        part_number=page_number(),
        compared=comparison,
        cited=cite_parameters(operation) if len(operation.text) <= ADDRESS_LENGTH else [],
        drawn=figure.draw_graph([row.cells for row in table.lines]),
        links=format_links(operation, graph=isinstance(answer.format, GraphFormat)),
        corrections=correct_names(operation.text, part.empty, kept_pairs(operation)),
        sentence=write_asked(operation.text) if part.boolean else "",
    )
    tag = tagged.tag and digest((tagged.tag, "page", body))
    reply = send_body(site, body.encode(), tag, f"{HTML}; charset=utf-8")
    reply.headers += missing_header(answer.missing)
    return reply


def build_query(operation: Operation, base: str, *, cite: bool) -> Query:
    """Return the query of a page, with rows in JSON or a graph in N-Triples."""
    forms = {"result_format": JSON, "graph_format": GRAPHS["nt"]}
    return read_query(operation, base, **forms, cite=cite, words=cite, why_empty="core")


def cite_parameters(operation: Operation) -> list[tuple[str, str]]:
    """Return the parameters of /cite for an answer."""
    pairs = [pair for pair in deciding_pairs(operation.parameters.pairs) if pair[0] != "cite"]
    return list(dict.fromkeys([("query", operation.text), *pairs]))


def render_answer(operation: Operation, **more: Any) -> str:
    """Return the page of a query with its answer or its error."""
    parameters = operation.parameters
    return render_editor(
        text=operation.text,
        cite=wants_citations(parameters),
        others=[pair for pair in parameters.pairs if pair[0] not in FORM_PARAMETERS],
        answered=True,
        in_address=bool(read_address(request).get_all("query")),
        **more,
    )


def render_editor(**more: Any) -> str:
    """Return the page of the editor, with more values for its template."""
    return render_template(
        "sparql.html",
        forms=(RESULT_FORMATS, GRAPH_FORMATS),
        prefixes=PREFIXES,
        subjects=group_by_subject(),
        **more,
    )


def locate_error(text: str, error: CpecError) -> dict[str, str | int] | None:
    """Return the line and the column of an error in a query, from 1, and the text around it."""
    line, column = getattr(error, "line", None), getattr(error, "column", None)
    lines = text.split("\n")
    if not line or not column or line > len(lines):
        return None
    text, at = lines[line - 1], column - 1
    before, rest = text[max(0, at - ERROR_CONTEXT) : at], text[at : at + ERROR_CONTEXT]
    token = next(scan_tokens(rest), None)
    length = len(token.text) if token and token.start == 0 else 1
    texts = {"before": before, "at": rest[:length] or " ", "after": rest[length:]}
    return {"line": line, "column": column, **texts}


def kept_pairs(operation: Operation) -> list[tuple[str, str]]:
    """Return the parameters that the address of a corrected query keeps."""
    dropped = {"query", PART, RECEIPT, ROW}
    return [pair for pair in operation.parameters.pairs if pair[0] not in dropped]


def format_links(operation: Operation, *, graph: bool) -> list[tuple[str, str]]:
    """Return the name and the address of each other format of an answer."""
    if len(operation.text) > ADDRESS_LENGTH:
        return []
    pairs = [pair for pair in kept_pairs(operation) if pair[0] != "format"]
    cite = wants_citations(operation.parameters)
    forms = CITED_FORMATS if cite else GRAPH_FORMATS if graph else RESULT_FORMATS
    return [
        (form.name, "?" + urlencode([("query", operation.text), *pairs, ("format", form.name)]))
        for form in forms
    ]


def build_table(answer: Answer, *, cite: bool) -> ShownAnswer:
    """Return the shown rows of an answer, or its boolean, with their sources."""
    names = [""] * SHOWN_ROWS
    cited: dict[str, Any] = {"citations": [{}] * SHOWN_ROWS, "sources": {}}
    if cite:
        names, cited = name_rows(answer.body, SHOWN_ROWS), json.loads(answer.body)
        citations = cited["citations"][:SHOWN_ROWS]
        named = {graph for citation in citations for graph in citation["graphs"]}
        sources = {graph: words for graph, words in cited["sources"].items() if graph in named}
        cited = {"citations": citations, "sources": sources}
    heads, rows, boolean = read_table(answer)
    shown = list(islice(rows, SHOWN_ROWS + 1))
    words = find_names(node for row in shown for node in row)
    cells = [
        [None if node is None else mark_language(make_name(node, words)) for node in row]
        for row in shown[:SHOWN_ROWS]
    ]
    table = show_rows(heads, cells, names, cited, answer.empty)
    return replace(table, more=len(shown) > SHOWN_ROWS, boolean=boolean)


def part_addresses(operation: Operation, rows: int) -> list[str]:
    """Return the addresses of the parts of a table, none for one part and for a long query."""
    count = -(-rows // PART_ROWS)
    if count < 2 or len(operation.text) > ADDRESS_LENGTH:
        return []
    pairs = [pair for pair in operation.parameters.pairs if pair[0] not in {"query", PART}]
    own = [("query", operation.text), *pairs]
    return [f"/sparql?{urlencode([*own, (PART, number)])}" for number in range(1, count + 1)]


def read_table(
    answer: Answer,
) -> tuple[Sequence[str], Iterable[Sequence[RdfTerm | None]], bool | None]:
    """Return columns, rows and boolean of an answer; a boolean is one row without columns."""
    if isinstance(answer.format, GraphFormat):
        triples = parse(answer.body, format=answer.format.reader)
        return ("subject", "predicate", "object"), (triple.triple for triple in triples), None
    results = parse_query_results(answer.body, QueryResultsFormat.JSON)
    if isinstance(results, QueryBoolean):
        return (), [()], bool(results)
    return [variable.value for variable in results.variables], map(tuple, results), None


def mark_language(name: DisplayName) -> DisplayName:
    """Return a name with the language of the page, if the thing has this name in it."""
    language = first_language()
    if language == "en" or not name.iri:
        return name
    try:
        own = name_index().labels.get(name.iri, {}).get(language)
    except EngineError:
        return name
    return replace(name, language=language) if own == name.text else name


def find_names(nodes: Iterable[RdfTerm | None]) -> dict[str, str]:
    """Return the names of things, in the language of the page."""
    iris = {node.value for node in nodes if isinstance(node, NamedNode)}
    if not iris:
        return {}
    try:
        known = name_index().labels
    except EngineError:  # the rows show IRIs then
        return {}
    languages = (first_language(), "en", "")
    return {
        iri: next(own[language] for language in languages if language in own)
        for iri in iris
        if (own := known.get(iri)) and not own.keys().isdisjoint(languages)
    }


def correct_fault(text: str, error: CpecError, pairs: Pairs) -> list[Link]:
    """Return the words and the address of a query without its syntax error, none if none is known.

    The address has the parameters in `pairs` too.
    """
    is_known = isinstance(error, QuerySyntaxError) and len(text) <= ADDRESS_LENGTH
    correction = correct_query(text) if is_known else None
    return [write_link(correction, pairs)] if correction else []


def correct_names(text: str, empty: Mapping[str, Any], pairs: Pairs) -> list[Link]:
    """Return the queries with the terms that were meant, for an answer that is empty without."""
    links = []
    for cause in empty.get("causes", ()) if len(text) <= ADDRESS_LENGTH else ():
        if cause["kind"] == "unknown" and cause.get("near"):
            unknown = cause["words"].removeprefix(UNKNOWN).partition(";")[0]
            correction = replace_names(text, unknown, shorten(cause["near"]))
            if correction.text != text:
                links.append(write_link(correction, pairs))
        elif cause.get("query"):
            words = f"did you mean {shorten_iris(cause['near'])}?"
            links.append(write_link(Correction(words, cause["query"]), pairs))
    return links


def write_link(correction: Correction, pairs: Pairs) -> Link:
    """Return the words of a correction, and the address of the corrected query."""
    return correction.words, f"/sparql?{urlencode([('query', correction.text), *pairs])}"


def write_asked(text: str) -> str:
    """Return the only triple of an ASK that holds as a sentence, "" for another query."""
    triple = read_asked_triple(text)
    if triple is None:
        return ""
    try:
        body, _ = current_site().engine.explain(tuple(map(str, triple)), "json")
    except CpecError:
        return ""
    return str(json.loads(body)["words"])
