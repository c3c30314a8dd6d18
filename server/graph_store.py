"""The graph store: read, replace, merge or drop a graph (SPARQL 1.1 Graph Store Protocol).

`?graph=` or `?default` names the graph, or its own address below /store.
"""

from __future__ import annotations

import time
import uuid
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from typing import Final

from flask import Blueprint, request
from werkzeug.exceptions import BadRequest

from graph.answering.format import GRAPH_FORMATS, GRAPHS, GraphFormat
from server.body import SentDocument, read_documents
from server.engine.front.reply import Reply
from server.engine.request import WriteKey, WriteResult
from server.exchange import exchange
from server.negotiate import choose_graph_format, read_accept
from server.operation import read_graph_iri
from server.parameters import read_address
from server.request import GraphChange, Verb
from server.response import digest, has_precondition, require_match, send_body, write_content_type
from server.site import current_site
from server.write import read_key, report_change, require_token

blueprint = Blueprint("store", __name__)

VERBS: Final[dict[str, Verb]] = {"PUT": "replace", "POST": "merge", "DELETE": "drop"}


@blueprint.get("/store", strict_slashes=False)
@blueprint.get("/store/<path:name>")
def read_graph(name: str = "") -> Reply:  # noqa: ARG001 - read_target() reads the whole address
    """Return a whole graph (section 5.2)."""
    site, graph, accept = current_site(), read_target(), read_accept(request)
    form = choose_graph_format(read_address(request).get("format"), accept)
    start = time.perf_counter()
    answer = site.engine.graph(graph, form)
    exchange().time("engine", start)
    tag = tag_graph(answer.version, graph, form)
    return send_body(site, answer.body, tag, write_content_type(accept, form))


@blueprint.route("/store", methods=["PUT", "POST", "DELETE"], strict_slashes=False)
@blueprint.route("/store/<path:name>", methods=["PUT", "POST", "DELETE"])
def write_graph(name: str = "") -> Reply:
    """Replace, merge or drop a graph (sections 5.3 to 5.5)."""
    site = current_site()
    require_token(site, request)
    created = request.method == "POST" and not name and not request.query_string
    graph = None if created else read_target()
    documents = (
        [] if request.method == "DELETE" else read_documents(request, site.settings.max_body)
    )
    hashes = (f"{sent.format.name} {sha256(sent.body).hexdigest()}" for sent in documents)
    key = read_key(request, (request.method, request.path, str(graph), str(created), *hashes))
    if created:  # a repetition names the same graph
        number = uuid.UUID(key.name[:32]) if key else uuid.uuid4()
        graph = f"{request.base_url.rstrip('/')}/{number}"
    start = time.perf_counter()
    change = apply_change(VERBS[request.method], graph, documents, key)
    exchange().time("engine", start)
    reply = report_change(change)
    if not change.existed:
        reply.status = HTTPStatus.CREATED
        if graph is not None:
            reply.headers.append(("Location", graph))
    return reply


def tag_graph(version: str, graph: str | None, form: GraphFormat) -> str:
    """Return the entity tag of a graph in a format; None is the default graph."""
    return digest((version, "graph", graph or "", form.name))


def require_unchanged(graph: str | None, version: str, existed: bool) -> None:
    """Raise PreconditionFailed if the graph has changed since the client read it."""
    require_match([tag_graph(version, graph, form) for form in GRAPH_FORMATS], existed=existed)


def apply_change(
    verb: Verb, graph: str | None, documents: list[SentDocument], key: WriteKey | None
) -> WriteResult:
    """Change a graph by all documents at once, if the client's preconditions hold.

    Raises UnknownNameError for a graph to drop that does not exist, and PreconditionFailed.
    """
    engine, base = current_site().engine, graph or request.base_url
    if len(documents) > 1:
        lines = [engine.parse(sent.body, sent.format, base) for sent in documents]
        documents = [SentDocument(b"".join(lines), GRAPHS["nq"])]
    if documents:
        change = GraphChange(verb, graph, documents[0].body, documents[0].format, base)
    else:
        change = GraphChange(verb, graph)
    require = partial(require_unchanged, graph) if has_precondition() else None
    return engine.change(change, require, key)


def read_target() -> str | None:
    """Return the graph that the request names, None for the default graph; raises BadRequest."""
    parameters = read_address(request)
    graph, default = parameters.get("graph"), parameters.get("default")
    direct = request.base_url if request.path.rstrip("/") != "/store" else None
    if [graph, default, direct].count(None) != 2:
        raise BadRequest("name one graph: ?default, ?graph=IRI, or its own address below /store")
    name = direct if graph is None else graph
    return None if name is None else read_graph_iri(name)
