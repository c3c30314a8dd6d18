"""The files for crawlers and programs: robots.txt, sitemaps, llms.txt, the OpenSearch description.

https://www.sitemaps.org/protocol.html, https://llmstxt.org/,
https://github.com/dewitt/opensearch/blob/master/opensearch-1-1-draft-6.md
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from graph.answering.binding import load_questions
from graph.publishing.resource import ENTITY_COUNT, query_entities, read_names, read_rows
from graph.wording.display_name import read_text
from ontology.namespace import BASE, PREFIXES
from server.page.search_page import SEARCH_LENGTH
from server.response import evaluate
from server.site import current_site

blueprint = Blueprint("crawler", __name__)

PART_SIZE: Final = 10_000
"""The number of entities in one sitemap; the protocol allows 50,000 addresses."""

PAGES: Final = (
    *("", "things/", "articles/", "sources"),
    *("sparql", "dataset", "explore", "timeline", "api", "ontology"),
)
"""The paths of the pages that every dataset has."""

VALID: Final = timedelta(days=182)
"""The time for which the contact of security.txt is valid."""

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


@blueprint.get("/.well-known/security.txt")
def send_security() -> Response:
    """Return security.txt (RFC 9116), valid for half a year; raises NotFound without a contact."""
    contact = current_site().settings.contact
    if not contact:
        raise NotFound("the operator names no contact: cpec serve --contact does; see /about")
    expires = (datetime.now(UTC) + VALID).date().isoformat()
    lines = [f"Contact: {contact}", f"Expires: {expires}T00:00:00Z"]
    lines += [f"Canonical: {request.base_url}", "Preferred-Languages: en"]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@blueprint.get("/opensearch.xml")
def send_search_description() -> Response:
    """Return the OpenSearch description, by which a browser offers the search of this server."""
    body = render_template("opensearch.xml", here=request.root_url, longest=SEARCH_LENGTH)
    return Response(body, content_type="application/opensearchdescription+xml; charset=utf-8")


@blueprint.get("/sitemap.xml")
@blueprint.get("/sitemap-<int:part>.xml")
def send_sitemap(part: int | None = None) -> Response:
    """Return the sitemap of all pages, or an index of its parts if there are many, or a part.

    The first part has the pages that every dataset has, too. Raises NotFound.
    """
    ((number,),) = read_rows(evaluate(current_site(), ENTITY_COUNT).answer)
    count = max(1, -(-int(read_text(number)) // PART_SIZE))
    if part is None and count > 1:
        parts = [f"sitemap-{number}.xml" for number in range(1, count + 1)]
        return render_sitemap("sitemapindex", "sitemap", parts)
    part = 1 if part is None else part
    if not 1 <= part <= count:
        raise NotFound(f"there is no part {part} of the sitemap")
    fixed = [*PAGES, *(f"questions/{name}" for name in load_questions())]
    query = query_entities((part - 1) * PART_SIZE, PART_SIZE)
    iris = read_names(evaluate(current_site(), query).answer)
    entities = [f"page/{iri.removeprefix(BASE).removeprefix('id/')}" for iri in iris]
    return render_sitemap("urlset", "url", [*(fixed if part == 1 else ()), *entities])


def render_sitemap(root: str, entry: str, paths: Iterable[str]) -> Response:
    """Return a sitemap, or an index of sitemaps (root `sitemapindex`, entry `sitemap`)."""
    body = render_template(
        "sitemap.xml", root=root, entry=entry, here=request.root_url, paths=list(paths)
    )
    return Response(body, mimetype="application/xml")
