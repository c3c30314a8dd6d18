"""The SPARQL endpoint: a request read, its query or update run (SPARQL 1.1 Protocol).

It answers before Flask, whose routing and hooks cost more than most queries do. What it does not
answer goes on to Flask: pages, the description of the endpoint, other methods, and every error.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import flask
from flask import Blueprint, Response
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import BadRequest, Forbidden, Unauthorized
from werkzeug.wrappers import Request

from graph.answering.evaluation import Query
from graph.engine.request import Change, Update
from graph.publishing.resource import JSON
from server.answer import respond
from server.answer_page import query_page
from server.citing import forms, wants_citations
from server.description import describe
from server.front.exchange import exchange
from server.link import schema_link
from server.negotiate import Accept, accepted, wants_page
from server.operation import FORM, QUERY, UPDATE, Operation, read_operation
from server.receipt import note
from server.reply import Reply
from server.site import Site
from server.site import site as current_site
from server.token import is_writer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from server.front.exchange import Application

blueprint = Blueprint("sparql", __name__)

METHODS: Final = ("GET", "HEAD", "POST", "QUERY")
ADDRESSES: Final = {"/sparql": METHODS, "/query": METHODS, "/update": ("POST",)}
"""The addresses of the endpoint and the methods that each takes."""

CHALLENGE: Final = WWWAuthenticate("bearer", {"realm": "cpec-graph"})


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The endpoint of a site, before the application that has the pages."""

    site: Site
    pages: Application

    async def __call__(self, environ: WSGIEnvironment) -> Reply:
        """Answer a query or an update, and hand on what is neither."""
        here = exchange()
        address = "/" + environ["PATH_INFO"].lstrip("/").removesuffix("/")  # as Flask takes it
        if here.request.method in ADDRESSES.get(address, ()) and here.error is None:
            here.route = address
            try:
                reply = await answer(self.site, address, here.request)
            except Exception as error:  # noqa: BLE001 - Flask tells it, whatever it is
                here.error = error
            else:
                if reply is not None:
                    return reply
        return await self.pages(environ)


@blueprint.route("/sparql", methods=ADDRESSES["/sparql"], strict_slashes=False)
@blueprint.route("/query", methods=ADDRESSES["/query"], strict_slashes=False)
@blueprint.route("/update", methods=ADDRESSES["/update"], strict_slashes=False)
def pages() -> Response | Reply:
    """Return the answer to a query as a page; where there is none, say what the endpoint is."""
    operation = read_operation(flask.request, limit_of(current_site(), flask.request))
    return describe() if operation is None else query_page(operation)


async def answer(site: Site, address: str, request: Request) -> Reply | None:
    """Return the reply to a query or an update, or None where Flask has it.

    That is so where the request has neither, or wants a page.
    Raises errors of graph/errors.py, and those of HTTP.
    """
    if address == "/update" or (request.method == "POST" and request.mimetype == UPDATE):
        require_token(site, request)
    operation = read_operation(request, limit_of(site, request))
    if operation is None:
        return None
    if address not in {"/sparql", f"/{operation.verb}"}:
        verb = operation.verb
        raise BadRequest(f"{address} takes no {verb}; send it to /{verb} or to /sparql")
    if operation.verb == "query" and wants_page(operation.parameters, accepted(request)):
        request.environ["wsgi.input"].seek(0)  # Flask reads it again
        return None
    if operation.verb == "query":
        return await run_query(site, request, operation)
    require_token(site, request)
    return await asyncio.to_thread(run_update, site, operation)


def limit_of(site: Site, request: Request) -> int:
    """Return the bytes that the body of a request may have."""
    writer = is_writer(site.token, authorization(request))
    return site.settings.max_body if writer else site.settings.max_query


def authorization(request: Request) -> str:
    """Return what the client says of its right to write."""
    return request.headers.get("Authorization", "")


def require_token(site: Site, request: Request) -> None:
    """Raise Forbidden where writes are not configured, Unauthorized without the token."""
    if site.token is None:
        raise Forbidden("writing is not configured here")
    given = authorization(request)
    if not is_writer(site.token, given):
        bearer = given.lower().startswith("bearer ")
        wrong = "that is not the token" if bearer else "a write needs a Bearer token"
        raise Unauthorized(wrong, www_authenticate=CHALLENGE)


async def run_query(site: Site, request: Request, operation: Operation) -> Reply:
    """Return the answer to a query in the format that the client likes best."""
    accept = accepted(request)
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
    reply = await respond(site, asked, Accept(()) if parameters.get_all("format") else accept)
    if asked.cite and asked.result_format == JSON:
        reply.headers.append(schema_link("citations"))
    reply.headers.append(("Accept-Query", f'"{QUERY}", "{FORM}"'))
    pairs = (("query", operation.text), *parameters.pairs)
    await note(reply, site, asked, parameters, exchange().base_url, pairs)
    return reply


def run_update(site: Site, operation: Operation) -> Reply:
    """Run an update, and return what it changed; it is on disk when the reply is sent."""
    using, named = operation.default_graphs, operation.named_graphs
    start = time.perf_counter()
    change = site.engine.update(Update(operation.text, using, named, exchange().base_url))
    exchange().timed("engine", start)
    return changed(change)


def changed(change: Change) -> Reply:
    """Return what a write did."""
    done = {"added": change.added, "removed": change.removed, **change.told}
    body = json.dumps({**done, "version": change.version}, separators=(",", ":")) + "\n"
    headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
    return Reply(body.encode(), headers)
