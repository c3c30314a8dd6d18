"""The page of a question: its form, its answer with footnotes, and how to cite that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from pyoxigraph import Literal, NamedNode

from graph.answering.binding import find_question, insert_values, questions, slice_rows
from graph.answering.evaluation import Answer, Query
from graph.answering.format import GRAPH_FORMATS, RESULT_FORMATS
from graph.errors import DeadlineError, QuestionError
from graph.presenting.overview import Overview
from graph.publishing.resource import JSON
from ontology.namespace import ID
from queries.question import Parameter, Question
from server.negotiate import accepted, best_format, prefers_html
from server.page import figure
from server.page.answer import ROWS, Shown, shown
from server.page.citation import Cited, compared, patience, rows_of
from server.page.frame import PART, first_language, page_number
from server.page.subject import by_subject, subject_of
from server.page.view import evaluate_for_page, require_view, send_page, unstruck
from server.parameters import Parameters
from server.question import FORMATS, answer_question, bind_parameters, redirect_to_dataset
from server.receipt import deciding_pairs, join_parameters, wait_receipt
from server.reply import Reply
from server.site import current_site

blueprint = Blueprint("question_page", __name__)

LONGEST: Final = 4000
"""The characters of a query up to which it is a part of an address."""

NARROWER: Final = (
    "Ask for less: for one thing, where there is a choice, or in the editor for a part of the rows."
)
"""What is advised where an answer takes too long."""

KINDS: Final = {
    "undertaking": ("Undertakings",),
    "meeting": ("Meetings, signings, tasks",),
}
"""The kinds of things that can be chosen for a parameter, by its name; for another, all."""

MOST_CHOICES: Final = 300
"""The things up to which a parameter is chosen from a list."""

NUMBERS: Final = (
    "No",
    "One",
    "Two",
    "Three",
    "Four",
    "Five",
    "Six",
    "Seven",
    "Eight",
    "Nine",
    "Ten",
)


@blueprint.get("/questions/")
def index() -> Response:
    """Return the list of the questions."""
    response = Response(
        render_template("questions.html", subjects=by_subject(questions().values()))
    )
    response.vary.add("Accept")
    return response


@blueprint.get("/questions/<name>")
def page(name: str) -> Response | Reply:
    """Return a question as a page: what it asks, a form for its parameters, and the answer.

    A program gets the answer; one that reads RDF alone is sent to what describes the question.
    """
    accept = accepted(request)
    question = find_question(name)
    if accept.ranges and not prefers_html(accept, FORMATS):
        rdf = best_format(accept, RESULT_FORMATS) is None and best_format(accept, GRAPH_FORMATS)
        return redirect_to_dataset() if rdf else answer_question(name)
    given = Parameters.parse(request.query_string)
    parameters = own_of(given)
    fault, status, found, terms, told = "", HTTPStatus.OK, None, {}, dict[str, Any]()
    try:
        terms = bind_parameters(current_site(), question, parameters)
        answered = asked(question, terms, page_number())
        found = with_fallen(shown(answered), question, terms)
    except QuestionError as error:
        fault = str(error)
        status = HTTPStatus.BAD_REQUEST if parameters.pairs else HTTPStatus.OK
    except DeadlineError as error:
        fault, status = f"The answer was {error}. {NARROWER}", HTTPStatus.GATEWAY_TIMEOUT
    else:
        seconds = patience(given)
        cited = cited_of(question, parameters, terms, found, answered.version, seconds)
        told = {"cited": cited, "compared": compared(given, cited.today, found.lines)}
    reply = send_page(rendered(question, parameters, terms, found, fault, **told))
    if reply.status == HTTPStatus.OK:
        reply.status = status
    return reply


def own_of(given: Parameters) -> Parameters:
    """Return the parameters of a page that are its question's, or strike sources."""
    return Parameters(tuple(pair for pair in deciding_pairs(given.pairs) if pair[0] != "cite"))


def cited_of(
    question: Question,
    parameters: Parameters,
    terms: Mapping[str, NamedNode | Literal],
    found: Shown,
    version: str,
    seconds: float | None = None,
) -> Cited:
    """Return a part of the answer to a question as what can be cited; the receipt is of all.

    It is sought for so many seconds, if they are given.
    """
    own = ", ".join(f"{name} {value}" for name, value in parameters.pairs)
    part = [(PART, str(page_number()))] if page_number() > 1 else []
    before = (page_number() - 1) * ROWS
    whole = Query(question.text, bindings=terms)
    return Cited(
        f"{question.summary}{f' ({own})' if own else ''}",
        rows_of(len(found.lines), before, more=found.more),
        found.sources,
        join_parameters(f"{request.root_url}questions/{question.name}", [*parameters.pairs, *part]),
        [("question", question.name), *parameters.pairs, *part],
        wait_receipt(whole, version, seconds),
        found.lines,
    )


def asked(question: Question, terms: Mapping[str, NamedNode | Literal], part: int = 1) -> Answer:
    """Return the cited answer to a question: the rows of a part, and one more, if there is."""
    text = slice_rows(question, (part - 1) * ROWS, ROWS + 1)
    return evaluate_for_page(Query(text, JSON, None, terms, cite=True, words=True))


def with_fallen(
    found: Shown, question: Question, terms: Mapping[str, NamedNode | Literal]
) -> Shown:
    """Return an answer with the rows that fell where sources are struck, which are at hand."""
    with unstruck() as struck:
        if not struck:
            return found
        whole = shown(asked(question, terms, page_number()))
    left = [line.cells for line in found.lines]
    return replace(found, fallen=tuple(line for line in whole.lines if line.cells not in left))


def bound_by_default(question: Question) -> Mapping[str, NamedNode | Literal]:
    """Return the terms of a question's parameters where nothing is given for them."""
    return bind_parameters(current_site(), question, Parameters())


def rendered(
    question: Question,
    parameters: Parameters,
    terms: Mapping[str, NamedNode | Literal],
    found: Shown | None,
    fault: str,
    **told: Any,
) -> str:
    """Return the page of a question and its answer, or of what is wrong with it."""
    cells = [line.cells for line in found.lines] if found else []
    return render_template(
        "question.html",
        question=question,
        subject=subject_of(question),
        given=dict(parameters.pairs),
        choices={one.name: choices(one, dict(parameters.pairs)) for one in question.parameters},
        fault=fault,
        found=found,
        number="" if found and (found.more or page_number() > 1) else number_words(len(cells)),
        bars=figure.bars(cells) if question.view == "bar" else [],
        spans=figure.spans(cells) if question.view == "timeline" else [],
        drawn=figure.graph(cells) if question.view == "graph" else None,
        **told,
        editor=editor(question, terms),
        forms=RESULT_FORMATS,
        query_string=urlencode(parameters.pairs),
        part_number=page_number(),
    )


def choices(parameter: Parameter, given: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what can be chosen for a parameter, each with its words; nothing for free text."""
    if parameter.enum:
        return [(value, value) for value in parameter.enum]
    kinds = require_view(Overview, "overview").kinds if parameter.type == "iri" else {}
    wanted = KINDS.get(parameter.name, tuple(kinds))
    things = [thing for kind, own in kinds.items() if kind in wanted for thing in own]
    if not things or len(things) > MOST_CHOICES:
        return []
    language = first_language()
    found = {
        thing.iri.removeprefix(ID): thing.texts.get(language) or thing.text for thing in things
    }
    value = given.get(parameter.name, parameter.default or "")
    return list(({value: value} | found if value not in found else found).items())


def number_words(number: int) -> str:
    """Return a small number in words, any other in digits."""
    return NUMBERS[number] if number < len(NUMBERS) else f"{number:,}"


def editor(question: Question, terms: Mapping[str, NamedNode | Literal]) -> str:
    """Return the path of the query with its parameters filled in; "" if it is too long."""
    text = insert_values(question, terms)
    return "/sparql?" + urlencode({"query": text, "cite": "true"}) if len(text) <= LONGEST else ""
