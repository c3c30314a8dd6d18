"""The first page, and the lists of the things and the articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Response, render_template, request

from graph.answering.binding import find_question, load_questions
from graph.answering.format import GRAPH_FORMATS
from graph.errors import QuestionError
from graph.presenting.overview import Overview
from graph.wording.display_name import DisplayName
from ontology.terms import CPEC
from ontology.vocabulary import STRENGTH
from queries.question import Question
from server.exclusion import refuse_exclusion
from server.linked_data import redirect
from server.negotiate import prefers_html, read_accept
from server.page.cited_answer import Source, show_answer
from server.page.page_view import require_view, send_page
from server.page.question_page import answer_part, bind_defaults
from server.page.subject import group_by_subject
from server.reply import Reply

blueprint = Blueprint("home", __name__)

EXAMPLES: Final = ("cooperation-areas", "intended-areas", "minutes-signed")
"""The questions with their answers on the first page."""


@blueprint.get("/")
def send_home() -> Response | Reply:
    """Return the first page; redirect RDF clients to the description of the dataset."""
    if not prefers_html(read_accept(request), GRAPH_FORMATS):
        refuse_exclusion("the description of the dataset")
        response = redirect(request.root_url + ".well-known/void", 303)
        response.vary.add("Accept")
        return response
    return send_overview("home.html", list(filter(None, map(answer_example, EXAMPLES))))


@blueprint.get("/things/")
def send_things() -> Reply:
    """Return the list of the things, by kind."""
    return send_overview("things.html")


@blueprint.get("/articles/")
def send_articles() -> Reply:
    """Return the list of the articles."""
    return send_overview("articles.html")


@blueprint.get("/about")
def send_about() -> Reply:
    """Return the page on how the graph is made, and how to tell of a mistake."""
    return send_page(render_template("about.html"))


def send_overview(template: str, answers: Sequence[Answered] = ()) -> Reply:
    """Return a page of the overview of the graph."""
    body = render_template(
        template,
        overview=require_view(Overview, "overview"),
        subjects=group_by_subject(load_questions().values()),
        answers=answers,
    )
    return send_page(body)


@dataclass(frozen=True, slots=True)
class Answered:
    """A question, the first things of its answer, the surest first, and the source of the first."""

    question: Question
    cells: list[DisplayName]
    more: int
    source: Source | None


def answer_example(name: str) -> Answered | None:
    """Return a question of the catalogue with its answer, None for an empty one."""
    question = find_question(name)
    try:
        answer = show_answer(answer_part(question, bind_defaults(question)))
    except QuestionError:  # the graph lacks a default value
        return None
    lines = sorted(answer.lines, key=lambda row: STRENGTH.get(CPEC + row.modality, len(STRENGTH)))
    rows = [line.cells[1:] if len(lines) == 1 else line.cells[:1] for line in lines]
    cells = [cell for row in rows for cell in row if cell]
    if not cells:
        return None
    source = next(iter(lines[0].select_sources(answer.sources)), None)
    return Answered(question, cells[:3], max(0, len(cells) - 3), source)
