"""/questions: the page of a question, with its form, its answer with footnotes, its citation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from itertools import compress
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from graph.answering.binding import find_question, insert_values, load_questions, slice_rows
from graph.answering.evaluation import Answer, Query
from graph.answering.format import GRAPH_FORMATS, RESULT_FORMATS
from graph.errors import DeadlineError, EngineError, QuestionError
from graph.presenting.name_index import NameIndex
from graph.presenting.overview import Overview
from graph.publishing.resource import JSON
from graph.wording.display_name import DisplayName
from graph.wording.text import END, ISOLATE, detect_language, write_time
from ontology.namespace import ID
from queries.question import SUBJECTS, Parameter, Question, write_row
from server.engine.front.reply import Reply
from server.exclusion import add_exclusions
from server.negotiate import best_format, prefers_html, read_accept
from server.page import figure
from server.page.arrangement import FILTER, SORT, Arrangement
from server.page.citable import Cited, compare_receipt, receipt_seconds, write_row_extent
from server.page.cited_answer import MOST_ARRANGED, ROWS, CitedRow, ShownAnswer, show_answer
from server.page.frame import PART, page_number
from server.page.language import first_language, translate
from server.page.lead import write_lead
from server.page.page_view import all_sources, evaluate_for_page, require_view, send_page
from server.page.search_page import read_index
from server.page.translated_name import write_value
from server.parameters import Parameters, read_address
from server.question_api import (
    FORMATS,
    Terms,
    answer_question,
    bind_parameters,
    count_left_out,
    redirect_to_dataset,
)
from server.receipt import deciding_pairs, join_parameters, wait_receipt
from server.site import current_site

blueprint = Blueprint("question_page", __name__)

EDITOR_LENGTH: Final = 4000
"""The maximum length of a query in the address of the editor, in characters."""

NARROWER: Final = (
    "Ask for less: for one thing, where there is a choice, or in the editor for a part of the rows."
)
"""The advice after a deadline."""

KINDS: Final = {
    "article": ("Documents",),
    "undertaking": ("Undertakings",),
    "meeting": ("Meetings, signings, tasks",),
    "promise": ("Undertakings", "Meetings, signings, tasks", "Goals and developments"),
}
"""The kinds of things to choose from for a parameter; other parameters allow all kinds."""

CHOICES: Final = 300
"""The maximum number of things in a list of choices."""


@blueprint.get("/questions/")
def send_index() -> Response:
    """Return the list of the questions."""
    response = Response(render_template("questions.html", subjects=group_by_subject()))
    response.vary.add("Accept")
    return response


def find_lead(question: Question, answer: ShownAnswer) -> str:
    """Return an answer in words; names have no articles where no index of them can be read."""
    try:
        index = NameIndex([]) if answer.more else read_index()
    except EngineError:
        index = NameIndex([])
    return write_lead(question, answer, index)


@blueprint.get("/questions/<name>")
def send_question(name: str) -> Response | Reply:
    """Return the page of a question, or its answer to a program.

    It redirects clients that accept only RDF to the description of the dataset.
    """
    accept = read_accept(request)
    question = find_question(name)
    if accept.ranges and not prefers_html(accept, FORMATS):
        rdf = best_format(accept, RESULT_FORMATS) is None and best_format(accept, GRAPH_FORMATS)
        return redirect_to_dataset() if rdf else answer_question(name)
    given = read_address(request)
    parameters = own_parameters(given)
    part, most = read_extent(given)
    fault, status, answer, cited = "", HTTPStatus.OK, None, None
    terms: Terms = {}
    try:
        terms = bind_parameters(current_site(), question, parameters)
        cited_answer = answer_part(question, terms, part, most)
        answer = word_rows(show_answer(cited_answer, most), question)
        answer = add_retracted_rows(answer, question, terms, part, most)
    except QuestionError as error:
        fault = str(error)
        status = HTTPStatus.BAD_REQUEST if parameters.pairs else HTTPStatus.OK
    except DeadlineError as error:
        fault, status = f"The answer was {error}. {NARROWER}", HTTPStatus.GATEWAY_TIMEOUT
    else:
        version, seconds = cited_answer.version, receipt_seconds(given)
        cited = cite_rows(question, parameters, terms, answer, version, seconds)
    lead = find_lead(question, answer) if answer and part == 1 else ""
    arranged = Arrangement.read(answer.columns) if answer else None
    if answer and arranged:
        answer = arrange_rows(answer, arranged)
    cells = [row.cells for row in answer.lines] if answer else []
    body = render_template(
        "question.html",
        question=question,
        subject=find_subject(question),
        given=dict(parameters.pairs),
        choices={
            parameter.name: list_choices(parameter, dict(parameters.pairs))
            for parameter in question.parameters
        },
        fault=fault,
        found=hide_columns(answer, question.view) if answer else None,
        left_out=count_left_out(question, terms) if answer else [],
        lead=lead,
        arranged=arranged,
        bars=figure.draw_bars(cells) if question.view == "bar" else [],
        spans=figure.draw_spans(cells) if question.view == "timeline" else [],
        drawn=figure.draw_graph(cells) if question.view == "graph" else None,
        cited=cited,
        compared=compare_receipt(given, cited.today, cited.lines) if cited else None,
        editor=editor_path(question, terms),
        forms=RESULT_FORMATS,
        query_string=urlencode(parameters.pairs),
        part_number=page_number(),
    )
    reply = send_page(body)
    if reply.status == HTTPStatus.OK:
        reply.status = status
    return reply


def own_parameters(given: Parameters) -> Parameters:
    """Return the parameters of a page that its question has, or that exclude sources."""
    dropped = {"cite", SORT, FILTER}
    return Parameters(tuple(pair for pair in deciding_pairs(given.pairs) if pair[0] not in dropped))


def read_extent(given: Parameters) -> tuple[int, int]:
    """Return the part of the rows that a page asks for, and the rows of a part.

    A page that is sorted or filtered needs all rows.
    """
    is_arranged = given.get(SORT) or given.get(FILTER)
    return (1, MOST_ARRANGED) if is_arranged else (page_number(), ROWS)


def cite_rows(
    question: Question,
    parameters: Parameters,
    terms: Terms,
    answer: ShownAnswer,
    version: str,
    seconds: float | None = None,
) -> Cited:
    """Return the citation of a part of a question's answer; the receipt covers all parts.

    It waits for the receipt up to `seconds`.
    """
    own = ", ".join(f"{name} {value}" for name, value in parameters.pairs)
    part, _ = read_extent(read_address(request))
    place = [*parameters.pairs, *([(PART, str(part))] if part > 1 else [])]
    before = (part - 1) * ROWS
    query = Query(question.text, bindings=terms)
    return Cited(
        f"{question.summary}{f' ({own})' if own else ''}",
        write_row_extent(len(answer.lines), before, more=answer.more),
        answer.sources,
        join_parameters(f"{request.root_url}questions/{question.name}", place),
        [("question", question.name), *place],
        wait_receipt(query, version, seconds, proved=query),
        answer.lines,
    )


def answer_part(question: Question, terms: Terms, part: int = 1, most: int = ROWS) -> Answer:
    """Return one part of the cited answer to a question, and the first row of the next part."""
    text = slice_rows(question, (part - 1) * most, most + 1)
    return evaluate_for_page(
        Query(text, JSON, None, terms, cite=True, words=True, why_empty="core")
    )


def word_rows(answer: ShownAnswer, question: Question) -> ShownAnswer:
    """Return an answer whose rows have their sentences in the language of the page."""
    form = translate(question.row)
    lines = [
        replace(row, sentence=write_row(form, dict(zip(answer.columns, words, strict=True))))
        for row in answer.lines
        for words in [list(map(write_words, row.cells))]
    ]
    return replace(answer, lines=lines)


def write_words(cell: DisplayName | None) -> str:
    """Return a cell in the words of a sentence, isolated if they are of another language."""
    if cell is None:
        return ""
    words = write_time(translate(cell.text), first_language())
    is_own = first_language() == "en" or detect_language(words) == first_language()
    return words if is_own or words.isdecimal() else f"{ISOLATE}{words}{END}"


def arrange_rows(answer: ShownAnswer, arranged: Arrangement) -> ShownAnswer:
    """Return the part of the page of an answer whose rows are filtered and sorted."""
    references = {source.graph: source.words for source in answer.sources}

    def list_texts(row: CitedRow) -> list[str]:
        return [cell.text if cell else "" for cell in row.cells]

    def write_said(row: CitedRow) -> str:
        shown = [write_value(translate(cell.text), cell.kind) for cell in row.cells if cell]
        sources = [references.get(graph, "") for graph in row.graphs]
        return " ".join([row.sentence, *shown, *sources])

    lines, retracted = (
        arranged.arrange(rows, list_texts, write_said) for rows in (answer.lines, answer.retracted)
    )
    whole = replace(answer, lines=lines, retracted=tuple(retracted))
    return replace(whole.slice(page_number(), ROWS), more=len(lines) > page_number() * ROWS)


def add_retracted_rows(
    answer: ShownAnswer, question: Question, terms: Terms, part: int, most: int
) -> ShownAnswer:
    """Return an answer with the rows of this part that only excluded sources gave."""
    with all_sources() as struck:
        if not struck:
            return answer
        full_answer = show_answer(answer_part(question, terms, part, most), most)
    left = [row.cells for row in answer.lines]
    retracted = tuple(row for row in full_answer.lines if row.cells not in left)
    return replace(answer, retracted=retracted)


def bind_defaults(question: Question) -> Terms:
    """Return the default terms of a question's parameters."""
    return bind_parameters(current_site(), question, Parameters())


def hide_columns(answer: ShownAnswer, view: str) -> ShownAnswer:
    """Return an answer without the columns that are told beside it.

    A timeline has the first and last days of its dates, and how a row is meant has the property
    that ties an amount or a gift to its thing.
    """
    hidden = {"from", "to"} if view == "timeline" else {"tie"}
    kept = [name not in hidden for name in answer.columns]
    shown, retracted = (
        [replace(row, cells=list(compress(row.cells, kept))) for row in rows]
        for rows in (answer.lines, answer.retracted)
    )
    return replace(
        answer,
        columns=list(compress(answer.columns, kept)),
        heads=list(compress(answer.heads, kept)),
        lines=shown,
        retracted=tuple(retracted),
    )


def list_choices(parameter: Parameter, given: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the choices of a parameter, value and words, none for free text."""
    if parameter.enum:
        return [(value, value) for value in parameter.enum]
    kinds = require_view(Overview, "overview").kinds if parameter.type == "iri" else {}
    wanted = KINDS.get(parameter.name, tuple(kinds))
    things = [thing for kind, own in kinds.items() if kind in wanted for thing in own]
    if not things or len(things) > CHOICES:
        return []
    language = first_language()
    names = {
        thing.iri.removeprefix(ID): thing.texts.get(language) or thing.text for thing in things
    }
    value = given.get(parameter.name, parameter.default or "")
    return list(({value: value} | names if value not in names else names).items())


def editor_path(question: Question, terms: Terms) -> str:
    """Return the path of the editor with the query of a question, "" for a long query."""
    text = insert_values(question, terms)
    address = add_exclusions("/sparql?" + urlencode({"query": text, "cite": "true"}))
    return address if len(text) <= EDITOR_LENGTH else ""


def group_by_subject() -> dict[str, list[Question]]:
    """Return the questions of the catalogue by subject."""
    groups: dict[str, list[Question]] = {subject: [] for subject in SUBJECTS}
    for question in load_questions().values():
        groups[find_subject(question)].append(question)
    return {subject: own for subject, own in groups.items() if own}


def find_subject(question: Question) -> str:
    """Return the subject of the first tag that has one, else the last subject."""
    for tag in question.tags:
        for subject, tags in SUBJECTS.items():
            if tag in tags:
                return subject
    return next(reversed(SUBJECTS))
