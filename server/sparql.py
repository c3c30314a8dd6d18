"""The SPARQL endpoint: reads the operation of a request, and runs it (SPARQL 1.1 Protocol).

It answers before Flask, whose routing and hooks cost more than most queries. Flask answers the
rest: pages, the service description, other methods, and every error.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import flask
from flask import Blueprint, Response
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Request

from graph.publishing.resource import JSON
from server.description import describe_endpoint
from server.engine.front.reply import Reply
from server.exchange import exchange
from server.feed import SINCE, answer_since
from server.link import schema_link
from server.negotiate import Accept, choose_forms, read_accept, wants_citations, wants_page
from server.operation import QUERY, UPDATE, Operation, read_operation, read_query
from server.page.answer_page import query_page
from server.parameters import FORM
from server.receipt import add_receipt
from server.request import Update
from server.response import respond
from server.site import Site, current_site
from server.write import read_authorization, read_key, report_change, require_token

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from server.exchange import Application

blueprint = Blueprint("sparql", __name__)

METHODS: Final = ("GET", "HEAD", "POST", "QUERY")
ADDRESSES: Final = {"/sparql": METHODS, "/query": METHODS, "/update": ("POST",)}
"""The methods of each path of the endpoint."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The endpoint of a site, in front of the application of the pages."""

    site: Site
    pages: Application

    async def __call__(self, environ: WSGIEnvironment) -> Reply:
        """Answer a query or an update; pass other requests on to the pages."""
        current = exchange()
        address = "/" + environ["PATH_INFO"].lstrip("/").removesuffix("/")  # as Flask routes it
        if current.request.method in ADDRESSES.get(address, ()) and current.error is None:
            current.route = address
            try:
                reply = await answer_operation(self.site, address, current.request)
            except Exception as error:  # noqa: BLE001 - Flask answers every error
                current.error = error
            else:
                if reply is not None:
                    return reply
        return await self.pages(environ)


@blueprint.route("/sparql", methods=ADDRESSES["/sparql"], strict_slashes=False)
@blueprint.route("/query", methods=ADDRESSES["/query"], strict_slashes=False)
@blueprint.route("/update", methods=ADDRESSES["/update"], strict_slashes=False)
def send_page() -> Response | Reply:
    """Return the page of a query's answer, or the service description without a query."""
    operation = read_operation(flask.request, body_limit(current_site(), flask.request))
    return describe_endpoint() if operation is None else query_page(operation)


async def answer_operation(site: Site, address: str, request: Request) -> Reply | None:
    """Return the reply to a query or an update, None without one and for pages.

    Raises CpecError and HTTPException.
    """
    if address == "/update" or (request.method == "POST" and request.mimetype == UPDATE):
        require_token(site, request)
    operation = read_operation(request, body_limit(site, request))
    if operation is None:
        return None
    if address not in {"/sparql", f"/{operation.verb}"}:
        verb = operation.verb
        raise BadRequest(f"{address} takes no {verb}; send it to /{verb} or to /sparql")
    since = operation.parameters.get(SINCE)
    if operation.verb == "query" and since is not None:
        query = read_query(operation, exchange().base_url)
        return await asyncio.to_thread(answer_since, site, query, since)
    if operation.verb == "query" and wants_page(operation.parameters, read_accept(request)):
        request.environ["wsgi.input"].seek(0)  # Flask reads it again
        return None
    if operation.verb == "query":
        return await run_query(site, request, operation)
    require_token(site, request)
    return await asyncio.to_thread(run_update, site, operation)


def body_limit(site: Site, request: Request) -> int:
    """Return the maximum size of the body of a request, in bytes: larger with the token."""
    writer = site.tokens.allow(read_authorization(request))
    return site.settings.max_body if writer else site.settings.max_query


async def run_query(site: Site, request: Request, operation: Operation) -> Reply:
    """Return the answer to a query in a format that the client accepts."""
    accept = read_accept(request)
    parameters = operation.parameters
    result_format, graph_format = choose_forms(parameters, accept)
    query = read_query(
        operation,
        exchange().base_url,
        result_format=result_format,
        graph_format=graph_format,
        cite=wants_citations(parameters),
        why_empty="core" if wants_citations(parameters) else "look-up",
    )
    reply = await respond(site, query, Accept(()) if parameters.get_all("format") else accept)
    if query.cite and query.result_format == JSON:
        reply.headers.append(schema_link("citations"))
    reply.headers.append(("Accept-Query", f'"{QUERY}", "{FORM}"'))
    pairs = (("query", operation.text), *parameters.pairs)
    await add_receipt(reply, site, query, parameters, exchange().base_url, pairs)
    return reply


def run_update(site: Site, operation: Operation) -> Reply:
    """Run an update and return its effect, which is on disk before the reply."""
    using, named = operation.default_graphs, operation.named_graphs
    key = read_key(exchange().request, ("update", operation.text, *using, "named", *named))
    start = time.perf_counter()
    change = site.engine.update(Update(operation.text, using, named, exchange().base_url), key)
    exchange().time("engine", start)
    return report_change(change)
