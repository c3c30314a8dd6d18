"""/api/queries: the questions of the catalogue for programs, an address for each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from http import HTTPStatus
from typing import Any, Final

from flask import Blueprint, Response, request
from pyoxigraph import Literal, NamedNode

from graph.answering.binding import bind_question, find_question
from graph.answering.binding import load_questions as catalogue
from graph.answering.evaluation import Query
from graph.answering.format import GRAPH_FORMATS, RESULT_FORMATS
from graph.answering.name import HOMES, KNOWN_NAMES, list_candidates, make_iri
from graph.errors import EngineError, UnknownNameError
from graph.explaining.left_out import Counts, count_rows, insert_members, left_out_words
from graph.publishing.csv_table import BYTE_ORDER_MARK, guard_results
from graph.publishing.resource import JSON, query_known, read_boolean, read_names
from queries.question import Question
from server.engine.front.reply import Reply
from server.exclusion import EXCLUSION_PARAMETERS, refuse_exclusion
from server.link import schema_link
from server.linked_data import redirect
from server.negotiate import (
    PAGE_OR_JSON,
    Accept,
    choose_forms,
    choose_graph_format,
    prefers_html,
    read_accept,
    wants_citations,
    wants_mark,
)
from server.parameters import Parameters, read_address
from server.receipt import RECEIPT, ROW, add_receipt
from server.response import evaluate, respond, send_json
from server.site import Site, current_site

blueprint = Blueprint("question", __name__)

Terms = Mapping[str, NamedNode | Literal]
"""The terms of a question's parameters, by name."""

FORMATS: Final = (*RESULT_FORMATS, *GRAPH_FORMATS)
RESERVED: Final = frozenset(
    {"format", "cite", "bom", "version", *EXCLUSION_PARAMETERS, RECEIPT, ROW}
)
"""The parameters of an address that are not its question's."""


@blueprint.get("/api/queries/")
def list_questions() -> Response | Reply:
    """Return the questions in JSON, each with its parameters and its address.

    It redirects browsers to the page of the questions, RDF clients to the dataset's description.
    """
    accept = read_accept(request)
    if prefers_html(accept, FORMATS):
        return redirect(request.root_url + "questions/", HTTPStatus.SEE_OTHER)
    if accept.weight(PAGE_OR_JSON["json"]) == 0:
        choose_graph_format(None, accept)
        return redirect_to_dataset()
    records = [question_record(question) for question in catalogue().values()]
    return send_json({"queries": records}, "queries")


def question_record(question: Question) -> dict[str, Any]:
    """Return a question as JSON."""
    parameters = [
        {name: value for name, value in asdict(parameter).items() if value}
        for parameter in question.parameters
    ]
    return {
        "name": question.name,
        "summary": question.summary,
        "description": question.description.strip(),
        "tags": question.tags,
        "modalities": question.modalities,
        **({"absent": question.absent} if question.absent else {}),
        "parameters": parameters,
        "address": f"{request.root_url}api/queries/{question.name}",
        "page": f"{request.root_url}questions/{question.name}",
    }


@blueprint.get("/api/queries/<name>")
def answer_question(name: str) -> Response | Reply:
    """Return the answer to a question with the parameters of the address.

    It redirects browsers to the page of the question.
    """
    question = find_question(name)
    parameters = read_address(request)
    accept = read_accept(request)
    if not parameters.get_all("format") and prefers_html(accept, FORMATS):
        string = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
        return redirect(f"{request.root_url}questions/{name}{string}", HTTPStatus.SEE_OTHER)
    result_format, graph_format = choose_forms(parameters, accept)
    terms = bind_parameters(current_site(), question, parameters)
    cite, is_marked = wants_citations(parameters), wants_mark(parameters, result_format)
    query = Query(question.text, result_format, graph_format, terms, cite=cite, why_empty="core")
    accept = Accept(()) if parameters.get_all("format") else accept
    reply = current_site().engine.wait(respond(current_site(), query, accept, name, question.empty))
    body = reply.body if isinstance(reply.body, bytes) else b""
    counts = count_left_out(question, terms)
    if counts:
        reply.headers.append(("Left-Out", left_out_words(counts)))
    if cite and result_format == JSON:
        reply.headers.append(schema_link("citations"))
        if body:
            reply.body = insert_members(body, form=question.row, leftOut=counts)
    if is_marked and body:
        reply.body = BYTE_ORDER_MARK + guard_results(body)
    path = f"{request.root_url}questions/{name}"
    pairs = [pair for pair in parameters.pairs if pair[0] not in {"cite", "bom"}]
    current_site().engine.wait(add_receipt(reply, current_site(), query, parameters, path, pairs))
    return reply


def count_left_out(question: Question, terms: Terms) -> Counts:
    """Return how many rows the question leaves out for their modality, by asking for them."""
    if not question.left_out:
        return []
    query = Query(question.left_out_text, JSON, None, terms, cite=True)
    answer = evaluate(current_site(), query).answer
    return count_rows(json.loads(answer.body)["citations"])


def redirect_to_dataset() -> Response:
    """Redirect to the description of the dataset, which has the questions as RDF."""
    refuse_exclusion("the description of the dataset")
    response = redirect(request.root_url + ".well-known/void", HTTPStatus.SEE_OTHER)
    response.vary.add("Accept")
    return response


def bind_parameters(site: Site, question: Question, parameters: Parameters) -> Terms:
    """Return the terms of a question's parameters; raises QuestionError and BadRequest."""
    own = [name for name, _ in parameters.pairs if name not in RESERVED]
    values = {name: parameters.get(name) or "" for name in own}
    defaults = {own.name: own.default for own in question.parameters if own.default}
    # each IRI is asked for, since a dataset may have more names than an answer may have rows
    candidates = (iri for text in (defaults | values).values() for iri in list_candidates(text))
    try:
        return bind_question(question, values, {iri for iri in candidates if is_known(site, iri)})
    except UnknownNameError:
        with suppress(EngineError):  # too many names to search for a near one
            iris = read_names(evaluate(site, Query(KNOWN_NAMES, JSON, None)).answer)
            bind_question(question, values, {iri for iri in iris if iri.startswith(HOMES)})
        raise


def is_known(site: Site, iri: str) -> bool:
    """Return whether a text is an IRI of the dataset."""
    try:
        query = query_known(make_iri(iri))
    except UnknownNameError:
        return False
    return read_boolean(evaluate(site, query).answer)
