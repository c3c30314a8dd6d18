"""/questions: the page of a question, with its form, its answer with footnotes, its citation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from pyoxigraph import Literal, NamedNode

from graph.answering.binding import find_question, insert_values, load_questions, slice_rows
from graph.answering.evaluation import Answer, Query
from graph.answering.format import GRAPH_FORMATS, RESULT_FORMATS
from graph.errors import DeadlineError, QuestionError
from graph.presenting.overview import Overview
from graph.publishing.resource import JSON
from ontology.namespace import ID
from queries.question import Parameter, Question
from server.exclusion import add_exclusions
from server.negotiate import best_format, prefers_html, read_accept
from server.page import figure
from server.page.citable import (
    Cited,
    compare_receipt,
    receipt_seconds,
    write_row_extent,
)
from server.page.cited_answer import ROWS, ShownAnswer, show_answer
from server.page.frame import PART, page_number
from server.page.language import first_language
from server.page.lead import write_lead
from server.page.page_view import all_sources, evaluate_for_page, require_view, send_page
from server.page.subject import find_subject, group_by_subject
from server.parameters import Parameters, read_address
from server.question_api import (
    FORMATS,
    answer_question,
    bind_parameters,
    count_left_out,
    redirect_to_dataset,
)
from server.receipt import deciding_pairs, join_parameters, wait_receipt
from server.reply import Reply
from server.site import current_site

blueprint = Blueprint("question_page", __name__)

EDITOR_LENGTH: Final = 4000
"""The maximum length of a query in the address of the editor, in characters."""

NARROWER: Final = (
    "Ask for less: for one thing, where there is a choice, or in the editor for a part of the rows."
)
"""The advice after a deadline."""

KINDS: Final = {
    "undertaking": ("Undertakings",),
    "meeting": ("Meetings, signings, tasks",),
}
"""The kinds of things to choose from for a parameter; other parameters allow all kinds."""

CHOICES: Final = 300
"""The maximum number of things in a list of choices."""


@blueprint.get("/questions/")
def send_index() -> Response:
    """Return the list of the questions."""
    response = Response(
        render_template("questions.html", subjects=group_by_subject(load_questions().values()))
    )
    response.vary.add("Accept")
    return response


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
    fault, status, answer, terms, cited = "", HTTPStatus.OK, None, {}, None
    try:
        terms = bind_parameters(current_site(), question, parameters)
        cited_answer = answer_part(question, terms, page_number())
        answer = add_retracted_rows(show_answer(cited_answer), question, terms)
    except QuestionError as error:
        fault = str(error)
        status = HTTPStatus.BAD_REQUEST if parameters.pairs else HTTPStatus.OK
    except DeadlineError as error:
        fault, status = f"The answer was {error}. {NARROWER}", HTTPStatus.GATEWAY_TIMEOUT
    else:
        seconds = receipt_seconds(given)
        version = cited_answer.version
        cited = cite_rows(question, parameters, terms, answer, version, seconds)
    reply = send_page(render_question(question, parameters, terms, answer, fault, cited))
    if reply.status == HTTPStatus.OK:
        reply.status = status
    return reply


def own_parameters(given: Parameters) -> Parameters:
    """Return the parameters of a page that its question has, or that exclude sources."""
    return Parameters(tuple(pair for pair in deciding_pairs(given.pairs) if pair[0] != "cite"))


def cite_rows(
    question: Question,
    parameters: Parameters,
    terms: Mapping[str, NamedNode | Literal],
    answer: ShownAnswer,
    version: str,
    seconds: float | None = None,
) -> Cited:
    """Return the citation of a part of a question's answer; the receipt covers all parts.

    It waits for the receipt up to `seconds`.
    """
    own = ", ".join(f"{name} {value}" for name, value in parameters.pairs)
    part = [(PART, str(page_number()))] if page_number() > 1 else []
    before = (page_number() - 1) * ROWS
    query = Query(question.text, bindings=terms)
    return Cited(
        f"{question.summary}{f' ({own})' if own else ''}",
        write_row_extent(len(answer.lines), before, more=answer.more),
        answer.sources,
        join_parameters(f"{request.root_url}questions/{question.name}", [*parameters.pairs, *part]),
        [("question", question.name), *parameters.pairs, *part],
        wait_receipt(query, version, seconds, proved=query),
        answer.lines,
    )


def answer_part(
    question: Question, terms: Mapping[str, NamedNode | Literal], part: int = 1
) -> Answer:
    """Return one part of the cited answer to a question, and the first row of the next part."""
    text = slice_rows(question, (part - 1) * ROWS, ROWS + 1)
    return evaluate_for_page(
        Query(text, JSON, None, terms, cite=True, words=True, why_empty="core")
    )


def add_retracted_rows(
    answer: ShownAnswer, question: Question, terms: Mapping[str, NamedNode | Literal]
) -> ShownAnswer:
    """Return an answer with the rows of this part that only excluded sources gave."""
    with all_sources() as is_excluding:
        if not is_excluding:
            return answer
        full_answer = show_answer(answer_part(question, terms, page_number()))
    left = [row.cells for row in answer.lines]
    retracted = tuple(row for row in full_answer.lines if row.cells not in left)
    return replace(answer, retracted=retracted)


def bind_defaults(question: Question) -> Mapping[str, NamedNode | Literal]:
    """Return the default terms of a question's parameters."""
    return bind_parameters(current_site(), question, Parameters())


def render_question(
    question: Question,
    parameters: Parameters,
    terms: Mapping[str, NamedNode | Literal],
    answer: ShownAnswer | None,
    fault: str,
    cited: Cited | None,
) -> str:
    """Return the page of a question with its answer or its fault."""
    given = read_address(request)
    cells = [row.cells for row in answer.lines] if answer else []
    return render_template(
        "question.html",
        question=question,
        subject=find_subject(question),
        given=dict(parameters.pairs),
        choices={
            parameter.name: list_choices(parameter, dict(parameters.pairs))
            for parameter in question.parameters
        },
        fault=fault,
        found=hide_bounds(answer) if answer and question.view == "timeline" else answer,
        left_out=count_left_out(question, terms) if answer else [],
        lead=write_lead(question, answer) if answer and page_number() == 1 else "",
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


def hide_bounds(answer: ShownAnswer) -> ShownAnswer:
    """Return an answer without the first and last days of its dates, which its picture shows."""
    if answer.columns[-2:] != ["from", "to"]:
        return answer
    shown, retracted = (
        [replace(row, cells=row.cells[:-2]) for row in rows]
        for rows in (answer.lines, answer.retracted)
    )
    return replace(
        answer,
        columns=answer.columns[:-2],
        heads=answer.heads[:-2],
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


def editor_path(question: Question, terms: Mapping[str, NamedNode | Literal]) -> str:
    """Return the path of the editor with the query of a question, "" for a long query."""
    text = insert_values(question, terms)
    address = add_exclusions("/sparql?" + urlencode({"query": text, "cite": "true"}))
    return address if len(text) <= EDITOR_LENGTH else ""
