"""/sources: the statements of each source, and the loss of the graph without it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Final

from flask import Blueprint, render_template, request

from graph.presenting.impact import Impacts
from server.conditional import digest
from server.negotiate import PAGE_OR_JSON, negotiate_format
from server.page.frame import page_number
from server.page.page_view import all_sources, find_retraction, require_view, send_page
from server.reply import Reply
from server.response import send_body
from server.site import current_site

blueprint = Blueprint("impact", __name__)

MEMBERS: Final = ("iri", "kind", "words", "by", "statements", "lost", "fallen")
"""The members of a source in JSON."""


@blueprint.get("/sources")
def send_sources() -> Reply:
    """Return the sources as a page or as JSON."""
    form = negotiate_format(request, PAGE_OR_JSON)
    impacts = require_view(Impacts, "sources", page=page_number())
    if form == "json":
        return send_json(impacts)
    left = {impact.iri for impact in impacts.sources}
    body = render_template(
        "impacts.html", found=add_excluded(impacts), left=left, retraction=find_retraction()
    )
    return send_page(body)


def send_json(impacts: Impacts) -> Reply:
    """Return a page of the sources as JSON."""
    sources = [{name: getattr(impact, name) for name in MEMBERS} for impact in impacts.sources]
    counts = {"part": impacts.page, "parts": impacts.pages, "total": impacts.total}
    body = json.dumps({**counts, "sources": sources}, ensure_ascii=False, indent=1) + "\n"
    site = current_site()
    tag = digest((site.engine.version, "sources", body))
    return send_body(site, body.encode(), tag, PAGE_OR_JSON["json"])


def add_excluded(impacts: Impacts) -> Impacts:
    """Return the sources with the excluded ones in their places, if all fit on one page."""
    with all_sources() as is_excluding:
        every = require_view(Impacts, "listed") if is_excluding else impacts
    if every.pages > 1:
        return impacts
    left = {impact.iri: impact for impact in impacts.sources}
    return replace(every, sources=[left.get(impact.iri, impact) for impact in every.sources])
