"""/reconcile: the Reconciliation API 0.2, and batches of 0.1, for OpenRefine and others.

https://reconciliation-api.github.io/specs/0.2/. A worker answers all but the manifest, so no name
of a client is compared in the process that owns the socket.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Any, Final

from flask import Blueprint, render_template, request
from werkzeug.exceptions import BadRequest, NotFound, UnsupportedMediaType

from graph.reconciling.query import MOST_BYTES, QUERY_LENGTH
from ontology.namespace import ID
from ontology.terms import CPEC
from server.body import read_body
from server.engine.front.reply import EMBEDDED, Reply
from server.exclusion import add_exclusions
from server.negotiate import HTML
from server.parameters import FORM, Parameters, read_address, read_form
from server.response import digest, send_body, send_json
from server.site import current_site

blueprint = Blueprint("reconciliation", __name__)

SUGGESTED: Final = frozenset({"entity", "type", "property"})

PREVIEW: Final = {"width": 400, "height": 180}
"""The size of the frame of a preview, in pixels."""


@blueprint.get("/reconcile")
def send_manifest() -> Reply:
    """Return the manifest, or the answer to `queries` or `extend` in the address."""
    parameters = read_address(request)
    if {"queries", "extend"} & {name for name, _ in parameters.pairs}:
        return answer_parameters(parameters)
    return send_json(write_manifest(request.root_url), "manifest")


@blueprint.post("/reconcile")
def answer_form() -> Reply:
    """Return the answer to `queries` or `extend` in a form; raises UnsupportedMediaType."""
    if request.mimetype != FORM:
        raise UnsupportedMediaType(f"a batch is sent as {FORM}: queries=..., or extend=...")
    return answer_parameters(read_form(request, read_body(request, MOST_BYTES)))


def answer_parameters(parameters: Parameters) -> Reply:
    """Return the candidates of a batch, or the values of properties; raises BadRequest."""
    queries, extend = parameters.get("queries"), parameters.get("extend")
    if (queries is None) == (extend is None):
        raise BadRequest("a batch has queries=... or extend=..., one of them")
    if queries is None:
        return ask_worker("extend", extend or "")
    return ask_worker("batch", queries)


@blueprint.get("/reconcile/suggest/<kind>")
def suggest(kind: str) -> Reply:
    """Return the things, classes or properties that begin like `prefix`; raises NotFound."""
    if kind not in SUGGESTED:
        raise NotFound(f"no suggestions of {kind!r}: entity, type or property")
    return ask_worker(kind, require_short("prefix"))


@blueprint.get("/reconcile/properties")
def propose() -> Reply:
    """Return the properties that things of `type` have; raises ParameterError."""
    return ask_worker("properties", require_short("type"))


@blueprint.get("/reconcile/preview")
def preview() -> Reply:
    """Return a small page on the thing `id` for a frame of another page; raises NotFound."""
    name = require_short("id")
    header, body = current_site().engine.run("reconcile", {"part": "preview"}, name.encode())
    thing = json.loads(body)
    if not thing:
        raise NotFound(f"nothing is called {name!r}")
    page = render_template("preview.html", thing=thing)
    reply = send_result(page.encode(), header, f"{HTML}; charset=utf-8")
    reply.headers.append(EMBEDDED)
    return reply


def require_short(name: str) -> str:
    """Return a parameter of the address, "" if it is missing; raises BadRequest for a long one."""
    value = read_address(request).get(name) or ""
    if len(value) > QUERY_LENGTH:
        raise BadRequest(f"{name} may have {QUERY_LENGTH} characters, not {len(value):,}")
    return value


def ask_worker(part: str, text: str) -> Reply:
    """Return the answer of a worker to a part of the API, as JSON."""
    header, body = current_site().engine.run("reconcile", {"part": part}, text.encode())
    return send_result(body, header, "application/json")


def send_result(body: bytes, header: dict[str, Any], media_type: str) -> Reply:
    """Return the answer of a worker, with an entity tag for a GET of a version that is known."""
    is_known = request.method != "POST" and not header.get("provisional")
    tag = digest((str(header["version"]), "reconcile", body.decode())) if is_known else None
    return send_body(current_site(), body, tag, media_type)


def write_manifest(root: str) -> dict[str, Any]:
    """Return the manifest of the service at a server; its addresses keep the excluded sources."""
    suggest = {
        kind: locate_service(root, f"/reconcile/suggest/{kind}")
        for kind in ("entity", "property", "type")
    }
    proposals = locate_service(root, "/reconcile/properties")
    limit = {"name": "limit", "label": "Limit", "type": "number", "default": 0}
    return {
        "versions": ["0.1", "0.2"],
        "name": "cpec-graph",
        "identifierSpace": ID,
        "schemaSpace": CPEC,
        "serviceVersion": version("cpec-graph"),
        "documentation": f"{root}api",
        "view": {"url": add_exclusions(f"{root}page/{{{{id}}}}")},
        "defaultTypes": [
            {"id": "Organisation", "name": "Organisation"},
            {"id": "Place", "name": "Place"},
            {"id": "Person", "name": "Person"},
        ],
        "suggest": suggest,
        "preview": {"url": add_exclusions(f"{root}reconcile/preview?id={{{{id}}}}"), **PREVIEW},
        "extend": {
            "propose_properties": proposals,
            "property_settings": [{**limit, "help_text": "The most values; 0 for 50"}],
        },
    }


def locate_service(root: str, path: str) -> dict[str, str]:
    """Return the address of a service of a server, as a manifest has it."""
    return {"service_url": root.rstrip("/"), "service_path": add_exclusions(path)}
