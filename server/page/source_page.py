"""/sources: the statements of each source, and the loss of the graph without it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Final

from flask import Blueprint, render_template, request

from graph.presenting.stake import Stakes
from server.conditional import digest
from server.negotiate import PAGE_OR_JSON, negotiate_format
from server.page.frame import page_number
from server.page.page_view import find_fallen, require_view, send_page, unstruck
from server.reply import Reply
from server.response import send_body
from server.site import current_site

blueprint = Blueprint("stake", __name__)

MEMBERS: Final = ("iri", "kind", "words", "by", "statements", "lost", "fallen")
"""The members of a source in JSON."""


@blueprint.get("/sources")
def send_sources() -> Reply:
    """Return the sources as a page or as JSON."""
    form = negotiate_format(request, PAGE_OR_JSON)
    stakes = require_view(Stakes, "sources", page=page_number())
    if form == "json":
        return send_json(stakes)
    left = {stake.iri for stake in stakes.sources}
    body = render_template("stakes.html", found=add_struck(stakes), left=left, fallen=find_fallen())
    return send_page(body)


def send_json(stakes: Stakes) -> Reply:
    """Return a page of the sources as JSON."""
    sources = [{name: getattr(stake, name) for name in MEMBERS} for stake in stakes.sources]
    counts = {"part": stakes.page, "parts": stakes.pages, "total": stakes.total}
    body = json.dumps({**counts, "sources": sources}, ensure_ascii=False, indent=1) + "\n"
    site = current_site()
    tag = digest((site.engine.version, "sources", body))
    return send_body(site, body.encode(), tag, PAGE_OR_JSON["json"])


def add_struck(stakes: Stakes) -> Stakes:
    """Return the sources with the struck ones in their places, if all fit on one page."""
    with unstruck() as is_struck:
        every = require_view(Stakes, "listed") if is_struck else stakes
    if every.pages > 1:
        return stakes
    left = {stake.iri: stake for stake in stakes.sources}
    return replace(every, sources=[left.get(stake.iri, stake) for stake in every.sources])
