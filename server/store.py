"""The graph store: one graph read, replaced, added to or dropped (SPARQL 1.1 Graph Store Protocol).

A graph is named by `?graph=`, by `?default`, or directly: one below /store by its own address.
"""

from __future__ import annotations

import time
import uuid
from functools import partial
from http import HTTPStatus
from typing import Final

from flask import Blueprint, request
from werkzeug.exceptions import BadRequest

from graph.answering.format import GRAPH_FORMATS, GRAPHS, GraphFormat
from graph.engine.request import Change, GraphChange, Verb
from server.answer import labelled, send
from server.conditional import digest, has_precondition, require_match
from server.document import SentDocument, read_documents
from server.front.exchange import exchange
from server.negotiate import accepted, graph_form
from server.operation import graph_iri
from server.parameters import Parameters
from server.reply import Reply
from server.site import site
from server.sparql import changed, require_token

blueprint = Blueprint("store", __name__)

VERBS: Final[dict[str, Verb]] = {"PUT": "replace", "POST": "merge", "DELETE": "drop"}


@blueprint.get("/store", strict_slashes=False)
@blueprint.get("/store/<path:name>")
def read(name: str = "") -> Reply:  # noqa: ARG001 - target() reads the whole address
    """Return one graph whole (section 5.2)."""
    here, graph, accept = site(), target(), accepted(request)
    form = graph_form(Parameters.parse(request.query_string).get("format"), accept)
    start = time.perf_counter()
    answer = here.engine.graph(graph, form)
    exchange().timed("engine", start)
    tag = tag_of(answer.version, graph, form)
    return send(here, answer.body, tag, labelled(accept, form))


@blueprint.route("/store", methods=["PUT", "POST", "DELETE"], strict_slashes=False)
@blueprint.route("/store/<path:name>", methods=["PUT", "POST", "DELETE"])
def write(name: str = "") -> Reply:
    """Replace, add to or drop one graph (sections 5.3 to 5.5)."""
    here = site()
    require_token(here, request)
    created = request.method == "POST" and not name and not request.query_string
    graph = f"{request.base_url.rstrip('/')}/{uuid.uuid4()}" if created else target()
    documents = (
        [] if request.method == "DELETE" else read_documents(request, here.settings.max_body)
    )
    start = time.perf_counter()
    change = apply(VERBS[request.method], graph, documents)
    exchange().timed("engine", start)
    reply = changed(change)
    if not change.existed:
        reply.status = HTTPStatus.CREATED
        if graph is not None:
            reply.headers.append(("Location", graph))
    return reply


def tag_of(version: str, graph: str | None, form: GraphFormat) -> str:
    """Return the entity tag of a graph, None being the default one, in a format."""
    return digest((version, "graph", graph or "", form.name))


def require_unchanged(graph: str | None, version: str, existed: bool) -> None:
    """Raise PreconditionFailed where the graph is not what the client takes it for."""
    require_match([tag_of(version, graph, form) for form in GRAPH_FORMATS], existed=existed)


def apply(verb: Verb, graph: str | None, documents: list[SentDocument]) -> Change:
    """Make the change where the client's conditions hold; several documents are one change.

    Raises UnknownNameError where a graph to drop is not there, and PreconditionFailed.
    """
    engine, base = site().engine, graph or request.base_url
    if len(documents) > 1:
        lines = [engine.parse(one.body, one.format, base) for one in documents]
        documents = [SentDocument(b"".join(lines), GRAPHS["nq"])]
    if documents:
        change = GraphChange(verb, graph, documents[0].body, documents[0].format, base)
    else:
        change = GraphChange(verb, graph)
    return engine.change(change, partial(require_unchanged, graph) if has_precondition() else None)


def target() -> str | None:
    """Return the graph that the request names, None being the default one; raises BadRequest."""
    parameters = Parameters.parse(request.query_string)
    graph, default = parameters.get("graph"), parameters.get("default")
    direct = request.base_url if request.path.rstrip("/") != "/store" else None
    if sum(one is not None for one in (graph, default, direct)) != 1:
        raise BadRequest("name one graph: ?default, ?graph=IRI, or its own address below /store")
    name = direct if graph is None else graph
    return None if name is None else graph_iri(name)
