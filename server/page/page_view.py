"""The views of a page, read from a worker, and the reply that sends the page."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import TypeVar

from flask import g
from werkzeug.exceptions import NotFound

from graph.answering.evaluation import Answer, Query
from graph.excluding.exclusion import NO_EXCLUSION, Exclusion
from graph.presenting.retraction import Retraction
from graph.presenting.view import read_view
from graph.publishing.resource import JSON
from server.engine.front.reply import Reply
from server.exchange import exchange
from server.negotiate import HTML
from server.request import EXCLUSION
from server.response import digest, evaluate, send_body
from server.site import current_site

View = TypeVar("View")


@contextmanager
def all_sources() -> Iterator[Exclusion]:
    """Read with all sources of the page's day in this block; yields what the page excludes else."""
    exclusion = EXCLUSION.get()
    EXCLUSION.set(Exclusion(as_of=exclusion.as_of))
    try:
        yield replace(exclusion, as_of="")
    finally:
        EXCLUSION.set(exclusion)


def find_retraction(this: str = "", page: int = 1) -> Retraction | None:
    """Return the losses without the page's excluded sources, None if it excludes none by name."""
    with all_sources() as struck:
        return find_view(Retraction, "retraction", this, page, struck) if struck else None


def require_view(kind: type[View], name: str, this: str = "", page: int = 1) -> View:
    """Return a view; raises NotFound for a view of nothing, and the errors of the engine."""
    view = find_view(kind, name, this, page)
    if view is None:
        raise NotFound(f"nothing is known of {this}")
    return view


def find_view(
    kind: type[View], name: str, this: str = "", page: int = 1, exclusion: Exclusion = NO_EXCLUSION
) -> View | None:
    """Return a view (graph/presenting/view.py), or None; raises the errors of the engine."""
    site, start = current_site(), time.perf_counter()
    version = site.engine.version
    key = digest((version, "view", name, this, str(page), exclusion.name))
    answer = site.cache.get(key)
    if answer is None:
        asked = {"view": name, "this": this, "page": page, "retraction": asdict(exclusion)}
        header, body = site.engine.run("view", asked)
        answer = Answer(body, JSON, str(header["version"]))
        if answer.version == version and not header["provisional"]:
            site.cache.put(key, answer)
        else:
            g.provisional = True
    exchange().time("view", start)
    return read_view(kind, answer.body)


def evaluate_for_page(query: Query) -> Answer:
    """Return the answer to a query for a page; raises the errors of the engine."""
    tagged = evaluate(current_site(), query)
    if tagged.tag is None:
        g.provisional = True
    return tagged.answer


def send_page(body: str) -> Reply:
    """Return a page as a reply; without an entity tag if one of its answers is provisional."""
    site = current_site()
    tag = None if g.get("provisional") else digest((site.engine.version, "page", body))
    return send_body(site, body.encode(), tag, f"{HTML}; charset=utf-8")
