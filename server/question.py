"""The questions of the catalogue for programs: each is an address that answers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from http import HTTPStatus
from typing import Any, Final

from flask import Blueprint, Response, request
from pyoxigraph import Literal, NamedNode

from graph.answering.binding import bind, find_question
from graph.answering.binding import questions as catalogue
from graph.answering.evaluation import Query
from graph.answering.format import GRAPH_FORMATS, RESULT_FORMATS
from graph.answering.name import HOMES, KNOWN, candidates, named_node
from graph.errors import EngineError, UnknownNameError
from graph.publishing.resource import (
    JSON,
    query_known,
    read_boolean,
    read_names,
)
from queries.question import Question
from server.answer import evaluate, respond, send
from server.citing import forms, wants_citations
from server.conditional import digest
from server.link import schema_link
from server.linked_data import see
from server.negotiate import Accept, accepted, graph_form, prefers_html
from server.parameters import Parameters
from server.receipt import RECEIPT, ROW, note
from server.reply import Reply
from server.site import Site, site

blueprint = Blueprint("question", __name__)

FORMATS: Final = (*RESULT_FORMATS, *GRAPH_FORMATS)
OTHERS: Final = frozenset({"format", "cite", "version", "without", "only", RECEIPT, ROW})
"""The parameters of an address that are none of its question."""

APPLICATION_JSON: Final = "application/json"


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
    parameters = Parameters.parse(request.query_string)
    accept = accepted(request)
    if not parameters.get_all("format") and prefers_html(accept, FORMATS):
        query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
        return see(f"{request.root_url}questions/{name}{query}", HTTPStatus.SEE_OTHER)
    result_format, graph_format = forms(parameters, accept)
    terms = bound(site(), question, parameters)
    cite = wants_citations(parameters)
    asked = Query(question.text, result_format, graph_format, terms, cite=cite)
    accept = Accept(()) if parameters.get_all("format") else accept
    reply = site().engine.wait(respond(site(), asked, accept, name))
    found = reply.body if isinstance(reply.body, bytes) else b""
    if result_format and found and result_format.is_empty(found):
        reply.headers.append(("Empty-Reason", question.empty))
    if cite and result_format == JSON:
        reply.headers.append(schema_link("citations"))
    path = f"{request.root_url}questions/{name}"
    pairs = [pair for pair in parameters.pairs if pair[0] != "cite"]
    site().engine.wait(note(reply, site(), asked, parameters, path, pairs))
    return reply


def described() -> Response:
    """Send whoever looks a question up as RDF to the description of the dataset, which has it."""
    response = see(request.root_url + ".well-known/void", HTTPStatus.SEE_OTHER)
    response.vary.add("Accept")
    return response


def bound(here: Site, question: Question, parameters: Parameters) -> dict[str, NamedNode | Literal]:
    """Return the terms of a question's parameters; raises QuestionError and BadRequest."""
    names_given = [name for name, _ in parameters.pairs if name not in OTHERS]
    values = {name: parameters.get(name) or "" for name in names_given}
    defaults = {one.name: one.default for one in question.parameters if one.default}
    try:
        return bind(question, values, known_among(here, {**defaults, **values}.values()))
    except UnknownNameError:
        with suppress(EngineError):  # where there are too many names to look for a near one
            every = read_names(evaluate(here, Query(KNOWN, JSON, None)).answer)
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
        asked = query_known(named_node(iri))
    except UnknownNameError:
        return False
    return read_boolean(evaluate(here, asked).answer)
