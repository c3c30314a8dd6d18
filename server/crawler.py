"""The files for crawlers and programs: robots.txt, sitemaps, llms.txt, the OpenSearch description.

https://www.sitemaps.org/protocol.html, https://llmstxt.org/,
https://github.com/dewitt/opensearch/blob/master/opensearch-1-1-draft-6.md
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from graph.answering.binding import load_questions
from graph.publishing.resource import query_entities, query_entity_count, read_names, read_rows
from graph.wording.display_name import read_text
from ontology.namespace import BASE, PREFIXES
from server.page.search_page import SEARCH_LENGTH
from server.response import evaluate
from server.site import current_site

blueprint = Blueprint("crawler", __name__)

PART_SIZE: Final = 10_000
"""The number of entities in one sitemap; the protocol allows 50,000 addresses."""

DISALLOWED: Final = (
    *("/sparql?", "/query", "/update", "/store", "/feed"),
    *("/explain", "/explore?", "/sources?", "/cite", "/metrics"),
)
"""The paths that crawlers shall not visit: each visit costs an evaluation."""


@blueprint.get("/robots.txt")
def send_robots() -> Response:
    """Return robots.txt (RFC 9309)."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in DISALLOWED)]
    lines += ["Crawl-delay: 1", f"Sitemap: {request.root_url}sitemap.xml"]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@blueprint.get("/llms.txt")
def send_guide() -> Response:
    """Return the guide for language models: the addresses that answer a question with sources."""
    body = render_template(
        "llms.txt", here=request.root_url, questions=load_questions().values(), prefixes=PREFIXES
    )
    return Response(body, content_type="text/markdown; charset=utf-8")


@blueprint.get("/opensearch.xml")
def send_search_description() -> Response:
    """Return the OpenSearch description, by which a browser offers the search of this server."""
    body = render_template("opensearch.xml", here=request.root_url, longest=SEARCH_LENGTH)
    return Response(body, content_type="application/opensearchdescription+xml; charset=utf-8")


@blueprint.get("/sitemap.xml")
def send_sitemap() -> Response:
    """Return the sitemap of all pages, or an index of its parts if there are many entities."""
    number = count_entities()
    if number > PART_SIZE:
        parts = [f"sitemap-{part}.xml" for part in range(1, -(-number // PART_SIZE) + 1)]
        return render_sitemap("sitemapindex", "sitemap", parts)
    return send_part(1)


@blueprint.get("/sitemap-<int:part>.xml")
def send_sitemap_part(part: int) -> Response:
    """Return a part of the sitemap, from 1; raises NotFound."""
    if not 1 <= part <= max(1, -(-count_entities() // PART_SIZE)):
        raise NotFound(f"there is no part {part} of the sitemap")
    return send_part(part)


def send_part(part: int) -> Response:
    """Return the sitemap of a part of the entities; the first part has the other pages too."""
    fixed = [
        "",
        "things/",
        "articles/",
        "sources",
        "sparql",
        "dataset",
        "explore",
        "api",
        "ontology",
        *(f"questions/{name}" for name in load_questions()),
    ]
    return render_sitemap(
        "urlset", "url", [*(fixed if part == 1 else ()), *list_entity_paths(part)]
    )


def count_entities() -> int:
    """Return the number of entities with a page."""
    ((number,),) = read_rows(evaluate(current_site(), query_entity_count()).answer)
    return int(read_text(number))


def list_entity_paths(part: int) -> list[str]:
    """Return the paths of the pages of a part of the entities."""
    iris = read_names(
        evaluate(current_site(), query_entities((part - 1) * PART_SIZE, PART_SIZE)).answer
    )
    return [f"page/{iri.removeprefix(BASE).removeprefix('id/')}" for iri in iris]


def render_sitemap(root: str, entry: str, paths: Iterable[str]) -> Response:
    """Return a sitemap, or an index of sitemaps (root `sitemapindex`, entry `sitemap`)."""
    body = render_template(
        "sitemap.xml", root=root, entry=entry, here=request.root_url, paths=list(paths)
    )
    return Response(body, mimetype="application/xml")
