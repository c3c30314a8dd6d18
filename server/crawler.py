"""What crawlers look for: robots.txt and the sitemap (https://www.sitemaps.org/protocol.html)."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, render_template, request

from graph.asking import questions
from graph.publishing.resource import entities, names
from ontology.namespace import BASE
from server.answer import evaluate
from server.site import site

blueprint = Blueprint("crawler", __name__)

CLOSED: Final = ("/sparql?", "/query", "/update", "/store", "/explain", "/metrics")
"""The addresses that crawlers have no business with: what is asked there is worked out anew."""


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Return what crawlers may ask for."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]
    lines += ["Crawl-delay: 1", f"Sitemap: {request.root_url}sitemap.xml"]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """Return the pages: of entities, of questions, of the vocabulary."""
    known = names(evaluate(site(), entities()).answer)
    paths = [f"page/{iri.removeprefix(BASE).removeprefix('id/')}" for iri in known]
    paths += [f"questions/{name}" for name in questions()]
    body = render_template(
        "sitemap.xml", root=request.root_url, paths=["sparql", "ontology", *paths]
    )
    return Response(body, mimetype="application/xml")
