"""The SPARQL endpoint: a request read, its query or update run (SPARQL 1.1 Protocol)."""

from __future__ import annotations

import time
from typing import Final

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import BadRequest

from graph.engine.request import Change, Update
from graph.evaluation import Query
from server.answer import respond, timed
from server.citing import forms, wants_citations
from server.description import describe
from server.negotiate import Accept
from server.operation import FORM, QUERY, UPDATE, Operation, read_operation
from server.site import Site, site
from server.token import is_writer, require_token

blueprint = Blueprint("sparql", __name__)

METHODS: Final = ["GET", "POST", "QUERY"]


@blueprint.route("/sparql", methods=METHODS, strict_slashes=False)
def sparql() -> Response:
    """Answer a query or run an update; without either, say what the endpoint is."""
    operation = read()
    if operation is None:
        return describe()
    return run_query(operation) if operation.verb == "query" else run_update(operation)


@blueprint.route("/query", methods=METHODS, strict_slashes=False)
def query() -> Response:
    """Answer a query; without one, say what the endpoint is."""
    operation = read()
    if operation is None:
        return describe()
    if operation.verb != "query":
        raise BadRequest("this address takes queries; updates go to /update or /sparql")
    return run_query(operation)


@blueprint.post("/update", strict_slashes=False)
def update() -> Response:
    """Run an update."""
    require_token(site().token, authorization())
    operation = read()
    if operation is None or operation.verb != "update":
        raise BadRequest("this address takes updates; queries go to /query or /sparql")
    return run_update(operation)


def authorization() -> str:
    """Return what the client says of its right to write."""
    return request.headers.get("Authorization", "")


def read() -> Operation | None:
    """Return what the request asks; one who may write may send more."""
    here = site()
    if request.method == "POST" and request.mimetype == UPDATE:
        require_token(here.token, authorization())
    writer = is_writer(here.token, authorization())
    limit = here.settings.max_body if writer else here.settings.max_query
    return read_operation(request, limit)


def run_query(operation: Operation) -> Response:
    """Return the answer to a query in the format that the client likes best."""
    accept = Accept.of(request.headers.get("Accept", ""))
    parameters = operation.parameters
    result_format, graph_format = forms(parameters, accept)
    asked = Query(
        operation.text,
        result_format,
        graph_format,
        default_graphs=operation.default_graphs,
        named_graphs=operation.named_graphs,
        base=request.base_url,
        cite=wants_citations(parameters),
    )
    response = respond(site(), asked, Accept(()) if parameters.one("format") else accept)
    response.headers["Accept-Query"] = f'"{QUERY}", "{FORM}"'
    return response


def run_update(operation: Operation) -> Response:
    """Run an update, and return what it changed; it is on disk when the answer is sent."""
    here: Site = site()
    require_token(here.token, authorization())
    start = time.perf_counter()
    change = here.engine.update(
        Update(
            operation.text, operation.default_graphs, operation.named_graphs, base=request.base_url
        )
    )
    timed("engine", start)
    return changed(change, 200)


def changed(change: Change, status: int) -> Response:
    """Return what a write did."""
    response = jsonify(
        version=change.version, added=change.added, removed=change.removed, behind=site().behind
    )
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
