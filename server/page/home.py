"""The first page: what this is, how big it is, three answers, the things and the questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, Response, render_template, request

from graph.answering.binding import find_question, questions
from graph.answering.format import GRAPH_FORMATS
from graph.errors import QuestionError
from graph.explaining.term import Term
from ontology.terms import CPEC
from ontology.vocabulary import STRENGTH
from queries.question import Question
from server.linked_data import redirect
from server.negotiate import accepted, prefers_html
from server.page.answer import Source, shown
from server.page.question import asked, bound_by_default
from server.page.subject import by_subject
from server.page.view import sent, view
from server.reply import Reply
from server.site import current_site

blueprint = Blueprint("home", __name__)

ANSWERS: Final = ("cooperation-areas", "intended-areas", "minutes-signed")
"""The questions that the first page answers."""


@blueprint.get("/")
def root() -> Response | Reply:
    """Return the first page; programs are sent to the description of the dataset."""
    if not prefers_html(accepted(request), GRAPH_FORMATS):
        response = redirect(request.root_url + ".well-known/void", 303)
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
    site = current_site()
    found = view(site, "overview")
    body = render_template(
        template, overview=found, subjects=by_subject(questions().values()), **more
    )
    return sent(site, body)


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with the first things of its answer, the surest first, and who says the first."""

    question: Question
    cells: list[Term]
    more: int
    source: Source | None


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
    source = next((one for one in found.sources if one.graph in lines[0].graphs), None)
    return Answered(question, cells[:3], max(0, len(cells) - 3), source)
