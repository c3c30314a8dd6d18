"""/cite: the citation of an answer, a statement, a thing or the graph, in every format."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

from flask import Blueprint, render_template, request
from werkzeug.exceptions import BadRequest, NotFound

from graph.answering.binding import find_question
from graph.presenting.view import ThingView
from ontology.namespace import ID
from server.engine.front.reply import Reply
from server.explanation import cite_statement, read_triple
from server.linked_data import read_iri
from server.negotiate import HTML, negotiate_format
from server.operation import read_parameters
from server.page.answer_page import build_query, build_table, cite_parameters
from server.page.citable import Cited, cite_graph, cite_thing, write_row_extent
from server.page.cited_answer import show_answer
from server.page.frame import page_number
from server.page.page_view import require_view
from server.page.question_page import answer_part, cite_rows, own_parameters, word_rows
from server.parameters import Parameters, read_address
from server.question_api import bind_parameters
from server.receipt import (
    join_parameters,
    read_receipt,
    read_row_name,
    receipt_headers,
    wait_receipt,
)
from server.reference.citation_format import CITATION_FORMATS, write_entries
from server.reference.item import Item
from server.response import digest, evaluate, send_body
from server.site import current_site

blueprint = Blueprint("cite", __name__)


TITLE_LENGTH: Final = 200
"""The maximum length of a query in the title of its citation, in characters."""

TYPES: Final = {
    "json": "application/json",
    "html": HTML,
    **{name: form.media_type for name, form in CITATION_FORMATS.items()},
}
"""The media types of the formats by name; the first is the default."""


@blueprint.get("/cite")
def send_citation() -> Reply:
    """Return the citation of an answer, a row, a statement, a thing or the graph."""
    parameters = read_address(request)
    name = negotiate_format(request, TYPES)
    before, row = read_receipt(parameters), read_row_name(parameters)
    cited = find_cited(parameters)
    item = cited.item(row)
    status = before.status(cited.today) if before else ""
    body = write_citation(name, cited, item, row, status)
    charset = "" if name in {"json", "csl", "annotation", "jsonld"} else "; charset=utf-8"
    tag = digest((cited.today.version, "cite", name, body))
    reply = send_body(current_site(), body.encode(), tag, TYPES[name] + charset)
    reply.headers += receipt_headers(before, cited.today, item.address)
    return reply


def write_citation(name: str, cited: Cited, item: Item, row: str, status: str) -> str:
    """Return a citation in a format."""
    if name in CITATION_FORMATS:
        return CITATION_FORMATS[name].write(item).rstrip("\n") + "\n"
    if name == "json":
        return write_record(cited, item, status)
    texts = [(name, form.title, form.write(item)) for name, form in CITATION_FORMATS.items()]
    return render_template("cite.html", cited=cited, item=item, row=row, texts=texts)


def write_record(cited: Cited, item: Item, status: str) -> str:
    """Return a citation with its receipt as JSON."""
    today = cited.today
    record = {
        "permalink": item.address,
        "version": today.version,
        "sha256": "" if today.is_withheld else today.hash,
        "rows": today.rows if today.hash else None,
        "unhashed": today.reason,
        "proofs": today.proofs,
        "words": today.words,
        "unproved": today.unproved,
        "status": status,
        "citation": write_entries("apa", item),
        "sources": {
            s.graph: {"words": s.words, "anchors" if s.is_anchored else "quotes": s.quotes}
            for s in item.sources
        },
    }
    present = {name: value for name, value in record.items() if value not in ("", None)}
    return json.dumps(present, ensure_ascii=False, indent=1) + "\n"


def find_cited(parameters: Parameters) -> Cited:
    """Return the citable answer of a request; raises BadRequest for several."""
    kinds: dict[str, Callable[[Parameters], Cited]] = {
        "query": cite_query,
        "question": cite_question,
        "s": cite_triple,
        "id": cite_entity,
    }
    named = [name for name in kinds if parameters.get_all(name)]
    if len(named) > 1:
        raise BadRequest(
            "/cite takes a query, a question, a statement (s, p, o) or a thing (id): one of them; "
            "without any it cites the graph"
        )
    return kinds[named[0]](parameters) if named else cite_graph()


def cite_query(parameters: Parameters) -> Cited:
    """Return the citation of the answer to a query."""
    operation = read_parameters(parameters)
    if operation is None or operation.verb != "query":
        raise BadRequest("an update has no citation")
    query = build_query(operation, f"{request.root_url}sparql", cite=True)
    answer = evaluate(current_site(), query).answer
    table = build_table(answer, cite=True)
    rows = write_row_extent(len(table.lines), 0, more=table.more)
    extent = rows if table.boolean is None else ""
    pairs = cite_parameters(operation)
    title = " ".join(operation.text.split())
    return Cited(
        title if len(title) <= TITLE_LENGTH else f"{title[:TITLE_LENGTH]} …",
        extent,
        table.sources,
        join_parameters(f"{request.root_url}sparql", [*pairs, ("cite", "true")]),
        pairs,
        wait_receipt(query, answer.version, proved=query),
        table.lines,
    )


def cite_question(parameters: Parameters) -> Cited:
    """Return the citation of the answer to a question."""
    question = find_question(parameters.get("question") or "")
    pairs = tuple(pair for pair in parameters.pairs if pair[0] != "question")
    own = own_parameters(Parameters(pairs))
    terms = bind_parameters(current_site(), question, own)
    answer = answer_part(question, terms, page_number())
    shown = word_rows(show_answer(answer), question)
    return cite_rows(question, own, terms, shown, answer.version)


def cite_entity(parameters: Parameters) -> Cited:
    """Return the citation of a thing or an article; raises NotFound."""
    name = parameters.get("id") or ""
    iri = read_iri(ID + name).value
    view = require_view(ThingView, "thing", iri, page_number())
    page = view.article or view.thing
    if page is None:
        raise NotFound(f"nothing is known of {iri} as a thing or an article")
    return cite_thing(name, page)


def cite_triple(parameters: Parameters) -> Cited:
    """Return the citation of a statement; raises NotInGraphError and BadRequest."""
    explanation, version = current_site().engine.explain(read_triple(parameters), "json")
    return cite_statement(explanation, version, parameters)
