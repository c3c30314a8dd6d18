"""What is cited, in every format in which people and programs keep it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

from flask import Blueprint, render_template, request
from werkzeug.exceptions import BadRequest, NotFound

from graph.answering.binding import find_question
from graph.presenting.view import ThingView
from ontology.namespace import ID
from server.answer import evaluate, send
from server.answer_page import asked_of, citing, table_of
from server.bibliography import CITATION_FORMATS, Item, write_text
from server.conditional import digest
from server.explanation import cite_statement, read_triple
from server.linked_data import read_iri
from server.negotiate import HTML, format_wanted
from server.operation import Operation, read_parameters
from server.page.answer import shown
from server.page.citation import Cited, rows_of
from server.page.frame import page_number
from server.page.question import asked, cited_of, own_of
from server.page.view import require_view
from server.page.whole import cite_graph, cite_thing
from server.parameters import Parameters
from server.question import bind_parameters
from server.receipt import (
    join_parameters,
    read_receipt,
    read_row_name,
    receipt_headers,
    wait_receipt,
)
from server.reply import Reply
from server.site import current_site

blueprint = Blueprint("cite", __name__)


TITLE: Final = 200
"""The characters of a query that its citation begins with."""

TYPES: Final = {
    "json": "application/json",
    "html": HTML,
    **{name: form.media_type for name, form in CITATION_FORMATS.items()},
}
"""The media types of all formats by their names, the default first."""


@blueprint.get("/cite")
def cite() -> Reply:
    """Return how an answer, a row of it, a statement, a thing or the graph is cited."""
    parameters = Parameters.parse(request.query_string)
    name = format_wanted(request, TYPES)
    before, row = read_receipt(parameters), read_row_name(parameters)
    cited = cited_of_any(parameters)
    item = cited.item(row)
    status = before.status(cited.today) if before else ""
    body = written(name, cited, item, row, status)
    kind = TYPES[name] + ("; charset=utf-8" if name not in {"json", "csl", "annotation"} else "")
    reply = send(
        current_site(), body.encode(), digest((cited.today.version, "cite", name, body)), kind
    )
    reply.headers += receipt_headers(before, cited.today, item.address)
    return reply


def written(name: str, cited: Cited, item: Item, row: str, status: str) -> str:
    """Return a citation in a format."""
    if name in CITATION_FORMATS:
        return CITATION_FORMATS[name].write(item).rstrip("\n") + "\n"
    if name == "json":
        return as_json(cited, item, status)
    texts = [(one, form.title, form.write(item)) for one, form in CITATION_FORMATS.items()]
    return render_template("cite.html", cited=cited, item=item, row=row, texts=texts)


def as_json(cited: Cited, item: Item, status: str) -> str:
    """Return a citation with its receipt, for programs."""
    today = cited.today
    told = {
        "permalink": item.address,
        "version": today.version,
        "sha256": today.hash,
        "rows": today.rows if today.hash else None,
        "unhashed": today.reason,
        "status": status,
        "citation": write_text(item),
        "sources": {one.graph: {"words": one.words, "quotes": one.quotes} for one in item.sources},
    }
    known = {name: value for name, value in told.items() if value not in ("", None)}
    return json.dumps(known, ensure_ascii=False, indent=1) + "\n"


def cited_of_any(parameters: Parameters) -> Cited:
    """Return what a request cites; raises BadRequest where that are several."""
    kinds: dict[str, Callable[[Parameters], Cited]] = {
        "query": cited_text,
        "question": cited_question,
        "s": cited_statement,
        "id": cited_whole,
    }
    named = [name for name in kinds if parameters.get_all(name)]
    if len(named) > 1:
        raise BadRequest(
            "a query is cited, a question, a statement by its s, p and o, or a thing: one of them, "
            "or without any the graph"
        )
    return kinds[named[0]](parameters) if named else cite_graph()


def cited_text(parameters: Parameters) -> Cited:
    """Return the answer to the query of an address."""
    operation = read_parameters(parameters)
    if operation is None or operation.verb != "query":
        raise BadRequest("an update is not cited")
    return cited_answer(operation)


def cited_answer(operation: Operation) -> Cited:
    """Return the answer to a query as what can be cited."""
    site = current_site()
    asked = asked_of(operation, f"{request.root_url}sparql", cite=True)
    answer = evaluate(site, asked).answer
    found = table_of(answer, cite=True)
    number = len(found.lines)
    extent = "" if found.boolean is not None else rows_of(number, 0, more=found.more)
    pairs = citing(operation)
    return Cited(
        shortened(operation.text),
        extent,
        found.sources,
        join_parameters(f"{request.root_url}sparql", [*pairs, ("cite", "true")]),
        pairs,
        wait_receipt(asked, answer.version),
        found.lines,
    )


def shortened(text: str) -> str:
    """Return the text of a query on one line, as far as a title has room for it."""
    words = " ".join(text.split())
    return words if len(words) <= TITLE else f"{words[:TITLE]} …"


def cited_question(parameters: Parameters) -> Cited:
    """Return the answer to a question of the catalogue."""
    question = find_question(parameters.get("question") or "")
    pairs = tuple(pair for pair in parameters.pairs if pair[0] != "question")
    own = own_of(Parameters(pairs))
    terms = bind_parameters(current_site(), question, own)
    answered = asked(question, terms, page_number())
    return cited_of(question, own, terms, shown(answered), answered.version)


def cited_whole(parameters: Parameters) -> Cited:
    """Return a thing or an article; raises NotFound where nothing is known of it."""
    name = parameters.get("id") or ""
    iri = read_iri(ID + name).value
    view = require_view(ThingView, "thing", iri, page_number())
    page = view.article or view.thing
    if page is None:
        raise NotFound(f"nothing is known of {iri} as a thing or an article")
    return cite_thing(name, page)


def cited_statement(parameters: Parameters) -> Cited:
    """Return a statement; raises what explaining it does."""
    return cite_statement(
        *current_site().engine.explain(read_triple(parameters), "json"), parameters
    )
