"""The page of the sources: what the graph has from each, and what it would lose without it."""

from __future__ import annotations

import json
from typing import Any, Final

from flask import Blueprint, render_template, request

from server.answer import send
from server.conditional import digest
from server.negotiate import PAGE_OR_JSON, format_wanted
from server.page.frame import page_number
from server.page.view import fallen, sent, unstruck, view
from server.reply import Reply
from server.site import current_site

blueprint = Blueprint("stake", __name__)

TOLD: Final = ("iri", "kind", "words", "by", "statements", "lost", "fallen")
"""What a program is told of a source."""


@blueprint.get("/sources")
def sources() -> Reply:
    """Return the sources as a page or as JSON."""
    form = format_wanted(request, PAGE_OR_JSON)
    found = view(current_site(), "sources", page=page_number())
    if form == "json":
        return sent_as_json(found)
    return sent(
        current_site(),
        render_template("stakes.html", found=with_struck(found), fallen=fallen(current_site())),
    )


def sent_as_json(found: dict[str, Any]) -> Reply:
    """Return one part of the sources for programs."""
    listed = [{name: one[name] for name in TOLD} for one in found["sources"]]
    told = {"part": found["page"], "parts": found["pages"], "total": found["total"]}
    body = json.dumps({**told, "sources": listed}, ensure_ascii=False, indent=1) + "\n"
    tag = digest((current_site().engine.version, "sources", body))
    return send(current_site(), body.encode(), tag, PAGE_OR_JSON["json"])


def with_struck(found: dict[str, Any]) -> dict[str, Any]:
    """Return the sources of one part with those that are struck in their places."""
    with unstruck() as struck:
        whole = view(current_site(), "listed") if struck else found
    if whole["pages"] > 1:
        return found
    left = {one["iri"]: one for one in found["sources"]}
    listed = [left.get(one["iri"], {**one, "struck": True}) for one in whole["sources"]]
    return {**whole, "sources": listed}
