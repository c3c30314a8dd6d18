"""The page of the dataset: what it is, how big, and its files to be downloaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Response, render_template, request

from graph.answering.evaluation import Query
from graph.answering.format import GRAPH_FORMATS
from graph.explaining.term import text_of
from graph.publishing.resource import JSON, read_rows
from ontology.namespace import BASE
from server.answer import evaluate, send
from server.conditional import digest
from server.linked_data import redirect
from server.negotiate import HTML, accepted, prefers_html
from server.page.citation import compared, patience, receipt_told
from server.page.view import view
from server.page.whole import cited_graph
from server.parameters import Parameters
from server.reply import Reply
from server.site import current_site

blueprint = Blueprint("dataset", __name__)

FILES: Final = """
SELECT ?file ?title ?type ?size ?checksum WHERE {
  GRAPH graph:dataset {
    ?file a dcat:Distribution ; dcterms:title ?title ; dcat:mediaType ?type ; dcat:byteSize ?size ;
      spdx:checksum/spdx:checksumValue ?checksum .
  }
} ORDER BY ?title ?file
"""
"""The files of the dataset, as its description lists them."""

ABOUT: Final = f"""
SELECT ?description ?triples ?classes ?properties WHERE {{
  GRAPH graph:dataset {{
    <{BASE}dataset> dcterms:description ?description ; void:triples ?triples ;
      void:classes ?classes ; void:properties ?properties .
  }}
}} LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class File:
    """A file of the dataset: its name, its media type, its bytes and its SHA-256."""

    name: str
    type: str
    size: int
    checksum: str


@blueprint.get("/dataset")
def dataset() -> Response | Reply:
    """Return the dataset as a page; programs are sent to its description."""
    site, given = current_site(), Parameters.parse(request.query_string)
    cited = cited_graph(patience(given))
    if not prefers_html(accepted(request), GRAPH_FORMATS):
        response = redirect(request.root_url + ".well-known/void", 303)
        response.vary.add("Accept")
        response.headers.extend(receipt_told(cited, given))
        return response
    about = read_rows(evaluate(site, Query(ABOUT, JSON, None)).answer)
    body = render_template(
        "dataset.html",
        about=list(map(text_of, about[0])) if about else [],
        files=files(),
        overview=view(site, "overview"),
        cited=cited,
        compared=compared(given, cited.today, ()),
        forms=GRAPH_FORMATS,
    )
    tag = digest((site.engine.version, "dataset", body))
    reply = send(site, body.encode(), tag, f"{HTML}; charset=utf-8")
    reply.headers += receipt_told(cited, given)
    return reply


def files() -> dict[str, list[File]]:
    """Return the files by what they hold, none where the server has none."""
    found: dict[str, list[File]] = {}
    if current_site().dumps is None:
        return found
    for row in read_rows(evaluate(current_site(), Query(FILES, JSON, None)).answer):
        file, title, kind, size, checksum = map(text_of, row)
        name = file.rpartition("/")[2]
        media_type = kind.partition("/media-types/")[2]
        found.setdefault(title, []).append(File(name, media_type, int(size), checksum))
    return found
