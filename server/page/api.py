"""/api and /openapi.json: the HTTP interface, as a page with examples, and as OpenAPI."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Final

from flask import Blueprint, render_template, request

from server.conditional import digest
from server.openapi import build_document, read_base, tagged_operations
from server.page.page_view import send_page
from server.reply import Reply
from server.response import send_body
from server.site import current_site

blueprint = Blueprint("api", __name__)

EXAMPLES: Final = {
    "curl": ("curl", "curl.sh"),
    "sparqlwrapper": ("Python: SPARQLWrapper", "sparqlwrapper.py"),
    "rdflib": ("Python: rdflib", "graph.py"),
    "pandas": ("Python: pandas", "table.py"),
    "r": ("R", "table.R"),
    "javascript": ("JavaScript", "answer.mjs"),
}
"""The heading and the file of each example by its anchor."""

FOLDER: Final = Path(__file__).parents[1] / "examples"
ADDRESS: Final = "http://localhost:8000"
"""The address of the server in the files of the examples."""


@blueprint.get("/openapi.json")
def send_document() -> Reply:
    """Return the OpenAPI document."""
    body = json.dumps(build_document(request.root_url.rstrip("/")), ensure_ascii=False) + "\n"
    return send_body(current_site(), body.encode(), digest(("openapi", body)), "application/json")


@blueprint.get("/api", strict_slashes=False)
def send_api() -> Reply:
    """Return the page of the interface."""
    address = request.root_url.rstrip("/")
    base = read_base()
    body = render_template(
        "api.html",
        examples=[
            (anchor, heading, text.replace(ADDRESS, address))
            for anchor, (heading, text) in read_examples().items()
        ],
        groups=[(tag, list(tagged_operations(base, tag["name"]))) for tag in base["tags"]],
    )
    return send_page(body)


@cache
def read_examples() -> dict[str, tuple[str, str]]:
    """Return the heading and the text of each example, by its anchor."""
    return {
        anchor: (heading, (FOLDER / file).read_text("utf-8"))
        for anchor, (heading, file) in EXAMPLES.items()
    }
