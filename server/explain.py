"""Why a triple holds: its sources and proofs, as JSON, as RDF, or as a page."""

from __future__ import annotations

import json
import time
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from werkzeug.exceptions import BadRequest, NotAcceptable

from server.answer import send
from server.conditional import digest, has_it, not_modified
from server.front.exchange import exchange
from server.link import schema_link
from server.negotiate import HTML, accepted
from server.parameters import Parameters
from server.reply import Reply
from server.site import site
from server.source import listed

blueprint = Blueprint("explain", __name__)

FORMS: Final = {"json": "application/json", "ttl": "text/turtle", "html": HTML}
"""The formats of an explanation by their names, the default first."""


@blueprint.get("/explain")
def explain() -> Reply:
    """Return why the triple `s`, `p`, `o` holds; 404 where it does not, with the nearest."""
    parameters = Parameters.of(request.query_string)
    form = negotiated(parameters)
    triple = tuple(required(parameters, name) for name in "spo")
    here, start = site(), time.perf_counter()
    tag = digest((here.engine.version, "explain", *triple, form))
    if has_it(tag):
        return not_modified(tag)
    body, version = here.engine.explain(triple, "ttl" if form == "ttl" else "json")
    exchange().timed("engine", start)
    if form == "html":
        body = page(body)
    tag = digest((version, "explain", *triple, form))
    kind = FORMS[form] + ("" if form == "json" else "; charset=utf-8")
    reply = send(here, body, tag, kind)
    if form == "json":
        reply.headers.append(schema_link("explanation"))
    return reply


def negotiated(parameters: Parameters) -> str:
    """Return the name of the format; raises BadRequest and NotAcceptable."""
    name = parameters.one("format")
    if name is not None:
        if name not in FORMS:
            raise BadRequest(f"format={name} is not one of {', '.join(FORMS)}")
        return name
    best = accepted(request).best(FORMS.values())
    if best is None:
        raise NotAcceptable(f"explanations are written in {', '.join(FORMS.values())}")
    return next(name for name, media_type in FORMS.items() if media_type == best)


def required(parameters: Parameters, name: str) -> str:
    """Return the value of a parameter; raises BadRequest where there is none."""
    value = parameters.one(name)
    if not value:
        raise BadRequest(f"{name} is needed: a triple is asked for by its s, p and o")
    return value


def page(body: bytes) -> bytes:
    """Return an explanation as a page."""
    found = json.loads(body)
    sources = listed(found["sources"])
    asked = Parameters.of(request.query_string)
    return render_template(
        "explain.html",
        why=found,
        sources=sources,
        marks={source.graph: source.mark for source in sources},
        query=urlencode([pair for pair in asked.pairs if pair[0] != "format"]),
    ).encode()
