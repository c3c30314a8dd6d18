"""The SPARQL endpoint: a request read, its query or update run (SPARQL 1.1 Protocol).

It answers before Flask, whose routing and hooks cost more than most queries do. What it does not
answer goes on to Flask: the description of the endpoint, other methods, and every error.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Request

from graph.engine.request import Change, Update
from graph.evaluation import Query
from server.answer import respond
from server.citing import forms, wants_citations
from server.description import describe
from server.exchange import exchange
from server.negotiate import Accept
from server.operation import FORM, QUERY, UPDATE, Operation, read_operation
from server.site import Site
from server.token import is_writer, require_token

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

blueprint = Blueprint("sparql", __name__)

METHODS: Final = ("GET", "HEAD", "POST", "QUERY")
ADDRESSES: Final = {"/sparql": METHODS, "/query": METHODS, "/update": ("POST",)}
"""The addresses of the endpoint and the methods that each takes."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The endpoint of a site, before the application that has the pages."""

    site: Site
    pages: WSGIApplication

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a query or an update, and hand on what is neither."""
        here = exchange()
        address = environ["PATH_INFO"].removesuffix("/")
        if here.request.method in ADDRESSES.get(address, ()) and here.error is None:
            here.route = address
            try:
                response = answer(self.site, address, here.request)
            except Exception as error:  # noqa: BLE001 - Flask tells it, whatever it is
                here.error = error
            else:
                if response is not None:
                    return response(environ, start_response)
        return self.pages(environ, start_response)


@blueprint.route("/sparql", methods=ADDRESSES["/sparql"], strict_slashes=False)
@blueprint.route("/query", methods=ADDRESSES["/query"], strict_slashes=False)
@blueprint.route("/update", methods=ADDRESSES["/update"], strict_slashes=False)
def description() -> Response:
    """Say what the endpoint is: what has a query or an update does not come here."""
    return describe()


def answer(site: Site, address: str, request: Request) -> Response | None:
    """Return the answer to a query or an update, or None where the request has neither.

    Raises errors of graph/errors.py, and those of HTTP.
    """
    if address == "/update" or (request.method == "POST" and request.mimetype == UPDATE):
        require_token(site.token, authorization(request))
    writer = is_writer(site.token, authorization(request))
    limit = site.settings.max_body if writer else site.settings.max_query
    operation = read_operation(request, limit)
    if operation is None:
        return None
    if address not in {"/sparql", f"/{operation.verb}"}:
        verb = operation.verb
        raise BadRequest(f"{address} takes no {verb}; send it to /{verb} or to /sparql")
    return (run_query if operation.verb == "query" else run_update)(site, request, operation)


def authorization(request: Request) -> str:
    """Return what the client says of its right to write."""
    return request.headers.get("Authorization", "")


def run_query(site: Site, request: Request, operation: Operation) -> Response:
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
        base=exchange().base_url,
        cite=wants_citations(parameters),
    )
    response = respond(site, asked, Accept(()) if parameters.one("format") else accept)
    response.headers["Accept-Query"] = f'"{QUERY}", "{FORM}"'
    return response


def run_update(site: Site, request: Request, operation: Operation) -> Response:
    """Run an update, and return what it changed; it is on disk when the answer is sent."""
    require_token(site.token, authorization(request))
    start = time.perf_counter()
    change = site.engine.update(
        Update(
            operation.text,
            operation.default_graphs,
            operation.named_graphs,
            base=exchange().base_url,
        )
    )
    exchange().timed("engine", start)
    return changed(site, change, 200)


def changed(site: Site, change: Change, status: int) -> Response:
    """Return what a write did."""
    done = {"added": change.added, "behind": site.behind, "removed": change.removed}
    body = json.dumps({**done, "version": change.version}, separators=(",", ":")) + "\n"
    headers = {"Cache-Control": "no-store"}
    return Response(body, status, headers, content_type="application/json")
