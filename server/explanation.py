"""/explain: the sources and proofs of a triple, as JSON, as RDF, or as a page."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from pyoxigraph import Literal, NamedNode
from werkzeug.exceptions import BadRequest

from graph.answering.name import strip_home
from graph.errors import NotInGraphError
from graph.publishing.resource import query_stating_graphs, query_triple
from graph.wording.display_name import make_name
from graph.wording.mark import DAGGER, number_sources
from graph.wording.text import clean_text, web_address
from server.engine.front.reply import Reply
from server.exchange import exchange
from server.exclusion import EXCLUSION_PARAMETERS
from server.link import schema_link
from server.negotiate import HTML, negotiate_format
from server.page.citable import Cited, compare_receipt, page_receipt_headers
from server.page.cited_answer import show_source
from server.parameters import Parameters, read_address
from server.receipt import RECEIPT, deciding_pairs, join_parameters, read_receipt, wait_receipt
from server.response import client_has, digest, not_modified, send_body
from server.site import current_site

blueprint = Blueprint("explain", __name__)

FORMS: Final = {"json": "application/json", "ttl": "text/turtle", "html": HTML}
"""The media types of an explanation by format name; the first is the default."""


@blueprint.get("/explain")
def explain_triple() -> Reply:
    """Return why the triple `s`, `p`, `o` holds; a 404 names the nearest triple."""
    parameters = read_address(request)
    form, triple = negotiate_format(request, FORMS), read_triple(parameters)
    before = read_receipt(parameters)
    site, start = current_site(), time.perf_counter()
    parts = ("explain", *triple, form, str(before or ""))
    tag = digest((site.engine.version, *parts))
    if client_has(tag):
        return not_modified(tag)
    try:
        body, version = site.engine.explain(triple, "ttl" if form == "ttl" else "json")
    except NotInGraphError as error:
        if before:
            error.args = (f"{error}\nIts receipt says that it held in version {before.version}.",)
        raise
    exchange().time("engine", start)
    if form == "html":
        body = render_explanation(body, version, parameters)
    charset = "" if form == "json" else "; charset=utf-8"
    reply = send_body(site, body, digest((version, *parts)), FORMS[form] + charset)
    if form == "json":
        reply.headers.append(schema_link("explanation"))
    if form != "html" and parameters.get(RECEIPT) is not None:
        cited = cite_statement(*site.engine.explain(triple, "json"), parameters)
        reply.headers += page_receipt_headers(cited, parameters)
    return reply


def read_triple(parameters: Parameters) -> tuple[str, ...]:
    """Return the triple of an address; raises BadRequest if a term is missing."""
    triple = []
    for name in "spo":
        if not (value := parameters.get(name)):
            raise BadRequest(
                f"{name}= is missing: a triple has a subject (s), a property (p) and an object (o)"
            )
        triple.append(value)
    return tuple(triple)


def cite_statement(explanation: bytes, version: str, parameters: Parameters) -> Cited:
    """Return a citation of an explained statement; the graphs that state it are its rows."""
    why = json.loads(explanation)
    marks = number_sources(why["sources"])
    terms = [read_term(why["triple"][end]) for end in ("subject", "predicate", "object")]
    query, proved = query_stating_graphs(terms), query_triple(terms)
    today = wait_receipt(query, version, proved=proved)
    pairs = [pair for pair in parameters.pairs if pair[0] in {*"spo", *EXCLUSION_PARAMETERS}]
    return Cited(
        clean_text(why["words"]),
        "" if why["stated"] else "inferred",
        [show_source(mark, g, why["sources"][g]) for g, mark in marks.items() if mark != DAGGER],
        join_parameters(f"{request.root_url}explain", pairs),
        pairs,
        today if why["stated"] else today.withhold(),
    )


def read_term(binding: Mapping[str, str]) -> NamedNode | Literal:
    """Return a term of results JSON (SPARQL 1.1 Query Results JSON Format, section 3.2.2)."""
    value, language, datatype = binding["value"], binding.get("xml:lang"), binding.get("datatype")
    if binding["type"] == "uri":
        return NamedNode(value)
    if language or not datatype:
        return Literal(value, language=language)
    return Literal(value, datatype=NamedNode(datatype))


def render_explanation(explanation: bytes, version: str, parameters: Parameters) -> bytes:
    """Return an explanation as a page."""
    why, cited = json.loads(explanation), cite_statement(explanation, version, parameters)
    marks = number_sources(why["sources"])
    sources = [
        {
            "mark": marks[graph],
            "graph": graph,
            "name": make_name(NamedNode(graph), {graph: strip_home(graph)}),
            "words": source["words"],
            "address": web_address(source.get("href", "")),
        }
        for graph, source in why["sources"].items()
    ]
    return render_template(
        "explain.html",
        why=why,
        sources=sources,
        marks=marks,
        query=urlencode(deciding_pairs(parameters.pairs)),
        cited=cited,
        compared=compare_receipt(parameters, cited.today, ()),
    ).encode()
