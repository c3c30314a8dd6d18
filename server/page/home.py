"""The first page: what this is, how big it is, three answers, the things and the questions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

from flask import Blueprint, Response, render_template, request

from graph.answering.binding import find_question, questions
from graph.answering.format import GRAPH_FORMATS
from graph.errors import EngineError, QuestionError
from graph.explaining.term import Term
from ontology.namespace import CPEC
from ontology.vocabulary import STRENGTH
from queries.question import Question
from server.linked_data import see
from server.negotiate import accepted, prefers_html
from server.page.answer import shown
from server.page.question import asked, bound_by_default
from server.page.subject import by_subject
from server.page.view import sent, view
from server.reply import Reply
from server.site import site

blueprint = Blueprint("home", __name__)

ANSWERS: Final = {
    "cooperation-areas": ("Pakistan", "cooperatesIn"),
    "intended-areas": ("Pakistan", "intendsCooperationIn"),
    "minutes-signed": ("", "date"),
}
"""The questions that the first page answers, each with the statement whose words it quotes.

That has this subject, or else the first thing of the answer, and the first other as its value.
"""


@blueprint.get("/")
def root() -> Response | Reply:
    """Return the first page; programs are sent to the description of the dataset."""
    if not prefers_html(accepted(request), GRAPH_FORMATS):
        response = see(request.root_url + ".well-known/void", 303)
        response.vary.add("Accept")
        return response
    return page("home.html", answers=list(filter(None, map(answered, ANSWERS))))


@blueprint.get("/things/")
def things() -> Reply:
    """Return the list of the things, by kind."""
    return page("things.html")


@blueprint.get("/articles/")
def articles() -> Reply:
    """Return the list of the articles."""
    return page("articles.html")


def page(template: str, **more: Any) -> Reply:
    """Return a page that shows the graph at a glance."""
    here = site()
    found = view(here, "overview")
    body = render_template(
        template, overview=found, subjects=by_subject(questions().values()), **more
    )
    return sent(here, body)


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with the first things of its answer, the surest first, and who says the first."""

    question: Question
    cells: list[Term]
    more: int
    quotes: list[str]
    source: str


def answered(name: str) -> Answered | None:
    """Return a question of the catalogue with its answer; None where no source has one."""
    question = find_question(name)
    try:
        found = shown(asked(question, bound_by_default(question)))
    except QuestionError:  # a graph that does not know what is asked of by default
        return None
    lines = sorted(found.lines, key=lambda one: STRENGTH.get(CPEC + one.modality, len(STRENGTH)))
    rows = [line.cells[1:] if len(lines) == 1 else line.cells[:1] for line in lines]
    cells = [cell for row in rows for cell in row if cell]
    if not cells:
        return None
    subject, predicate = ANSWERS[name]
    quotes, source = words_of(subject or key(cells[0]), predicate, key(cells[0 if subject else 1]))
    return Answered(question, cells[:3], max(0, len(cells) - 3), quotes, source)


def key(cell: Term) -> str:
    """Return a cell as a triple is asked for by it."""
    return unquote(cell.path).removeprefix("page/") or cell.text


def words_of(*triple: str) -> tuple[list[str], str]:
    """Return the words that state a triple, and where they stand, as far as that is known."""
    try:
        body, _ = site().engine.explain(triple, "json")
    except (QuestionError, EngineError):
        return [], ""
    for source in json.loads(body)["sources"].values():
        if "quote" in source:
            return source["quote"].split(" … "), source["words"].partition(": “")[0]
    return [], ""
