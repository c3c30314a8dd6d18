"""The questions of the catalogue: each an address for programs and a page for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from http import HTTPStatus
from typing import Any, Final

from flask import Blueprint, Response, render_template, request
from pyoxigraph import Literal, NamedNode

from graph.asking import bind, find_question
from graph.asking import questions as catalogue
from graph.errors import EngineError, QuestionError, UnknownNameError
from graph.evaluation import Answer, Query
from graph.explaining.mark import segments
from graph.explaining.term import Term, term, text_of
from graph.format import GRAPH_FORMATS, RESULT_FORMATS
from graph.name import HOMES, KNOWN, candidates, named_node
from graph.publishing.resource import (
    JSON,
    Node,
    columns,
    is_empty,
    is_true,
    known,
    names,
    rows,
)
from queries.question import LABEL, Question
from server.answer import evaluate, respond, send
from server.citing import forms, wants_citations
from server.conditional import digest
from server.link import schema_link
from server.linked_data import see
from server.negotiate import HTML, Accept, accepted, best_format, graph_form, prefers_html
from server.parameters import Parameters
from server.reply import Reply
from server.site import Site, site
from server.source import listed

blueprint = Blueprint("question", __name__)

FORMATS: Final = (*RESULT_FORMATS, *GRAPH_FORMATS)
APPLICATION_JSON: Final = "application/json"

NO_ANSWER: Final[Mapping[str, Any]] = {
    "heads": [],
    "lines": [],
    "sources": [],
    "absent": [],
}
"""What a page shows where the question could not be asked."""


@blueprint.get("/api/queries/")
def listing() -> Response | Reply:
    """Return the questions in JSON, each with its parameters and its address.

    A person is sent to their page, who reads RDF alone to the description that has them.
    """
    accept = accepted(request)
    if prefers_html(accept, FORMATS):
        return see(request.root_url + "questions/", HTTPStatus.SEE_OTHER)
    if accept.weight(APPLICATION_JSON) == 0:
        graph_form(None, accept)
        return described()
    listed = [as_json(question) for question in catalogue().values()]
    body = json.dumps({"queries": listed}, ensure_ascii=False, indent=1) + "\n"
    return send(site(), body.encode(), digest(("queries", body)), APPLICATION_JSON)


def as_json(question: Question) -> dict[str, Any]:
    """Return what a question asks, of what, and where."""
    parameters = [
        {name: value for name, value in asdict(one).items() if value} for one in question.parameters
    ]
    return {
        "name": question.name,
        "summary": question.summary,
        "description": question.description.strip(),
        "tags": question.tags,
        "parameters": parameters,
        "address": f"{request.root_url}api/queries/{question.name}",
        "page": f"{request.root_url}questions/{question.name}",
    }


@blueprint.get("/api/queries/<name>")
def answer(name: str) -> Response | Reply:
    """Return the answer to a question, its parameters taken from the address.

    Whoever opens it in a browser is sent to the page of the question.
    """
    question = find_question(name)
    parameters = Parameters.of(request.query_string)
    accept = accepted(request)
    if not parameters.all("format") and prefers_html(accept, FORMATS):
        query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
        return see(f"{request.root_url}questions/{name}{query}", HTTPStatus.SEE_OTHER)
    result_format, graph_format = forms(parameters, accept)
    terms = bound(site(), question, parameters)
    cite = wants_citations(parameters)
    asked = Query(question.text, result_format, graph_format, terms, cite=cite)
    accept = Accept(()) if parameters.all("format") else accept
    reply = site().engine.wait(respond(site(), asked, accept, name))
    found = reply.body if isinstance(reply.body, bytes) else b""
    if result_format and found and is_empty(found, result_format):
        reply.headers.append(("Empty-Reason", question.empty))
    if cite and result_format == JSON:
        reply.headers.append(schema_link("citations"))
    return reply


@blueprint.get("/questions/")
def index() -> Response:
    """Return the list of the questions."""
    response = Response(render_template("questions.html", questions=catalogue().values()))
    response.vary.add("Accept")
    return response


@blueprint.get("/questions/<name>")
def page(name: str) -> Response | Reply:
    """Return a question as a page: what it asks, a form for its parameters, and the answer.

    A program gets the answer; one that reads RDF alone is sent to what describes the question.
    """
    accept = accepted(request)
    here, question = site(), find_question(name)
    if accept.ranges and not prefers_html(accept, FORMATS):
        rdf = best_format(accept, RESULT_FORMATS) is None and best_format(accept, GRAPH_FORMATS)
        return described() if rdf else answer(name)
    parameters = Parameters.of(request.query_string)
    fault, version, found = "", here.engine.version, NO_ANSWER
    try:
        terms = bound(here, question, parameters)
        asked = Query(question.text, JSON, None, terms, cite=True, words=True)
        tagged = evaluate(here, asked)
    except QuestionError as error:
        fault = str(error)
    else:
        version, found = tagged.answer.version, shown(tagged.answer)
    body = render_template(
        "question.html",
        question=question,
        given=dict(parameters.pairs),
        fault=fault,
        forms=RESULT_FORMATS,
        query_string=request.query_string.decode("ascii", "replace"),
        **found,
    )
    tag = digest((version, "question", body))
    reply = send(here, body.encode(), tag, f"{HTML}; charset=utf-8")
    if fault and parameters.pairs and reply.status == HTTPStatus.OK:
        reply.status = HTTPStatus.BAD_REQUEST
    return reply


def described() -> Response:
    """Send whoever looks a question up as RDF to the description of the dataset, which has it."""
    response = see(request.root_url + ".well-known/void", HTTPStatus.SEE_OTHER)
    response.vary.add("Accept")
    return response


def shown(answer: Answer) -> Mapping[str, Any]:
    """Return what the page of a question shows of a cited answer."""
    cited = json.loads(answer.body)
    sources = listed(cited["sources"])
    heads = columns(answer)
    lines = [labelled(heads, row) for row in rows(answer)]
    marks = {source.graph: source.mark for source in sources}
    said = [segments(citation, marks) for citation in cited["citations"]]
    absent = dict.fromkeys(one for row in cited["citations"] for one in row.get("absent", ()))
    return {
        "heads": [head for head in heads if not is_label(head, heads)],
        "lines": list(zip(lines, said, strict=True)),
        "sources": sources,
        "absent": list(absent),
    }


def labelled(heads: list[str], row: list[Node | None]) -> list[Term | None]:
    """Return the cells of a row in words: a thing by the label that stands beside it."""
    cells = dict(zip(heads, row, strict=True))
    words = {
        thing.value: text_of(label)
        for head, thing in cells.items()
        if isinstance(thing, NamedNode) and (label := cells.get(head + LABEL))
    }
    shown = {head: cell for head, cell in cells.items() if not is_label(head, heads)}
    return [None if cell is None else term(cell, words) for cell in shown.values()]


def is_label(head: str, heads: list[str]) -> bool:
    """Return whether a column holds the labels of another one."""
    return head.endswith(LABEL) and head.removesuffix(LABEL) in heads


def bound(here: Site, question: Question, parameters: Parameters) -> dict[str, NamedNode | Literal]:
    """Return the terms of a question's parameters; raises QuestionError and BadRequest."""
    names_given = [name for name, _ in parameters.pairs if name not in {"format", "cite"}]
    values = {name: parameters.one(name) or "" for name in names_given}
    defaults = {one.name: one.default for one in question.parameters if one.default}
    try:
        return bind(question, values, known_among(here, {**defaults, **values}.values()))
    except UnknownNameError:
        with suppress(EngineError):  # where there are too many names to look for a near one
            every = names(evaluate(here, Query(KNOWN, JSON, None)).answer)
            bind(question, values, {iri for iri in every if iri.startswith(HOMES)})
        raise


def known_among(here: Site, texts: Iterable[str]) -> set[str]:
    """Return the IRIs that the graph speaks of among those that names can stand for.

    Each is asked for: a graph may speak of more names than an answer may have.
    """
    return {iri for text in texts for iri in candidates(text) if is_known(here, iri)}


def is_known(here: Site, iri: str) -> bool:
    """Return whether the graph speaks of an IRI, which may be none."""
    try:
        asked = known(named_node(iri))
    except UnknownNameError:
        return False
    return is_true(evaluate(here, asked).answer)
