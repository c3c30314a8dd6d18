"""Why a triple holds: its sources and proofs, as JSON, as RDF, or as a page."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from pyoxigraph import Literal, NamedNode
from werkzeug.exceptions import BadRequest

from graph.answering.evaluation import Query
from graph.errors import NotInGraphError
from graph.explaining.mark import DAGGER, marks_of
from graph.explaining.named import shown
from server.answer import send
from server.conditional import client_has, digest, not_modified
from server.front.exchange import exchange
from server.link import schema_link
from server.negotiate import HTML, format_wanted
from server.page.answer import source
from server.page.citation import Cited, compared
from server.page.frame import STRIKING
from server.parameters import Parameters
from server.receipt import RECEIPT, addressed, deciding, given, permalink, receipt_of, told
from server.reply import Reply
from server.site import site
from server.source import listed

blueprint = Blueprint("explain", __name__)

FORMS: Final = {"json": "application/json", "ttl": "text/turtle", "html": HTML}
"""The formats of an explanation by their names, the default first."""

CHARSET: Final = {"ttl": "; charset=utf-8", "html": "; charset=utf-8"}

STANDS: Final = "SELECT ?source {{ GRAPH ?source {{ {} {} {} }} }}"
"""The query for the graphs in which a triple stands."""


@blueprint.get("/explain")
def explain() -> Reply:
    """Return why the triple `s`, `p`, `o` holds; 404 where it does not, with the nearest."""
    parameters = Parameters.parse(request.query_string)
    form, triple, before = format_wanted(request, FORMS), triple_of(parameters), given(parameters)
    here, start = site(), time.perf_counter()
    parts = ("explain", *triple, form, str(before or ""))
    tag = digest((here.engine.version, *parts))
    if client_has(tag):
        return not_modified(tag)
    try:
        body, version = here.engine.explain(triple, "ttl" if form == "ttl" else "json")
    except NotInGraphError as error:
        if before:
            error.args = (f"{error}\nIts receipt says that it held in version {before.version}.",)
        raise
    exchange().timed("engine", start)
    if form == "html":
        body = page(body, version, parameters)
    reply = send(here, body, digest((version, *parts)), FORMS[form] + CHARSET.get(form, ""))
    if form == "json":
        reply.headers.append(schema_link("explanation"))
    if form != "html" and parameters.get(RECEIPT) is not None:
        cited = statement(*here.engine.explain(triple, "json"), parameters)
        reply.headers += told(before, cited.today, permalink(cited.address, cited.today))
    return reply


def triple_of(parameters: Parameters) -> tuple[str, ...]:
    """Return the triple of an address; raises BadRequest where a part of it is missing."""
    return tuple(required(parameters, name) for name in "spo")


def statement(body: bytes, version: str, parameters: Parameters) -> Cited:
    """Return a statement that a version explains so, with the sources that it rests on.

    Its rows are the graphs in which it stands.
    """
    why = json.loads(body)
    marks = marks_of(why["sources"])
    terms = [as_term(why["triple"][end]) for end in ("subject", "predicate", "object")]
    pairs = [pair for pair in parameters.pairs if pair[0] in {*"spo", *STRIKING}]
    return Cited(
        shown(why["words"]),
        "" if why["stated"] else "inferred",
        [source(mark, g, why["sources"][g]) for g, mark in marks.items() if mark != DAGGER],
        addressed(f"{request.root_url}explain", pairs),
        pairs,
        site().engine.wait(receipt_of(site(), Query(STANDS.format(*terms)), version)),
    )


def as_term(said: Mapping[str, str]) -> NamedNode | Literal:
    """Return a term that is given as results in JSON have it."""
    if said["type"] == "uri":
        return NamedNode(said["value"])
    language, datatype = said.get("xml:lang"), said.get("datatype")
    if language or not datatype:
        return Literal(said["value"], language=language)
    return Literal(said["value"], datatype=NamedNode(datatype))


def required(parameters: Parameters, name: str) -> str:
    """Return the value of a parameter; raises BadRequest where there is none."""
    value = parameters.get(name)
    if not value:
        raise BadRequest(f"{name} is needed: a triple is asked for by its s, p and o")
    return value


def page(body: bytes, version: str, asked: Parameters) -> bytes:
    """Return an explanation as a page."""
    found, cited = json.loads(body), statement(body, version, asked)
    sources = listed(found["sources"])
    return render_template(
        "explain.html",
        why=found,
        sources=sources,
        marks={source.graph: source.mark for source in sources},
        query=urlencode(deciding(asked.pairs)),
        cited=cited,
        compared=compared(asked, cited.today, ()),
    ).encode()
