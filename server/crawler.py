"""What crawlers look for: robots.txt and the sitemap (https://www.sitemaps.org/protocol.html)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from graph.answering.binding import questions
from graph.explaining.term import text_of
from graph.publishing.resource import query_entities, query_entity_count, read_names, read_rows
from ontology.namespace import BASE
from server.answer import evaluate
from server.site import site

blueprint = Blueprint("crawler", __name__)

PART: Final = 10_000
"""The entities of one sitemap; a file may have 50,000 addresses."""

CLOSED: Final = (
    *("/sparql?", "/query", "/update", "/store"),
    *("/explain", "/explore?", "/sources?", "/cite", "/metrics"),
)
"""The addresses that crawlers have no business with: what is asked there is worked out anew."""


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Return what crawlers may ask for."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]
    lines += ["Crawl-delay: 1", f"Sitemap: {request.root_url}sitemap.xml"]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """Return the pages: of questions, of the vocabulary, of entities; or an index of such files."""
    number = entity_total()
    if number > PART:
        parts = [f"sitemap-{part}.xml" for part in range(1, -(-number // PART) + 1)]
        return written("sitemapindex", "sitemap", parts)
    return pages(1)


@blueprint.get("/sitemap-<int:part>.xml")
def sitemap_part(part: int) -> Response:
    """Return the pages of one part of the entities; the first has the other pages too."""
    if not 1 <= part <= max(1, -(-entity_total() // PART)):
        raise NotFound(f"there is no part {part} of the sitemap")
    return pages(part)


def pages(part: int) -> Response:
    """Return the sitemap of a part."""
    others = [
        "",
        "things/",
        "articles/",
        "sources",
        "sparql",
        "dataset",
        "explore",
        "api",
        "ontology",
        *(f"questions/{name}" for name in questions()),
    ]
    return written("urlset", "url", [*(others if part == 1 else ()), *entity_pages(part)])


def entity_total() -> int:
    """Return the number of entities that have a page."""
    ((number,),) = read_rows(evaluate(site(), query_entity_count()).answer)
    return int(text_of(number))


def entity_pages(part: int) -> list[str]:
    """Return the paths of the pages of one part of the entities, from 1."""
    known = read_names(evaluate(site(), query_entities((part - 1) * PART, PART)).answer)
    return [f"page/{iri.removeprefix(BASE).removeprefix('id/')}" for iri in known]


def written(root: str, entry: str, paths: Iterable[str]) -> Response:
    """Return addresses as a sitemap, or as an index of sitemaps."""
    body = render_template(
        "sitemap.xml", root=root, entry=entry, here=request.root_url, paths=list(paths)
    )
    return Response(body, mimetype="application/xml")
