"""The first page: what this is, how big it is, three answers, the things and the questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, Response, render_template, request

from graph.asking import find_question, questions
from graph.errors import QuestionError
from graph.explaining.term import Term
from graph.format import GRAPH_FORMATS
from queries.question import Question
from server.answer import send
from server.conditional import digest
from server.linked_data import see
from server.negotiate import HTML, accepted, prefers_html
from server.page.question import asked, bound_by_default, shown
from server.page.subject import by_subject
from server.page.view import view
from server.reply import Reply
from server.site import site

blueprint = Blueprint("home", __name__)

ANSWERS: Final = ("cooperation-areas", "intended-areas", "minutes-signed")
"""The questions that the first page answers."""


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
    return send(
        here, body.encode(), digest((here.engine.version, template, body)), f"{HTML}; charset=utf-8"
    )


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with the first things of its answer, and the words of its first source."""

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
    if len(found.lines) == 1:
        cells = [one for one in found.lines[0].cells[1:] if one]
    else:
        cells = [one for line in found.lines for one in line.cells[:1] if one]
    if not cells:
        return None
    first = next(iter(found.sources), None)
    quotes, words = (first.quotes[:3], first.words) if first else ([], "")
    return Answered(question, cells[:3], max(0, len(cells) - 3), quotes, words)
