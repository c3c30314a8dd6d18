"""The views of a page, read from a worker, and the reply that sends the page."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from typing import TypeVar

from flask import g
from werkzeug.exceptions import NotFound

from graph.answering.evaluation import Answer, Query
from graph.engine.request import EXCLUSION
from graph.excluding.exclusion import NO_EXCLUSION, Exclusion
from graph.presenting.retraction import Retraction
from graph.presenting.view import read_view
from graph.publishing.resource import JSON
from server.conditional import digest
from server.front.exchange import exchange
from server.negotiate import HTML
from server.reply import Reply
from server.response import evaluate, send_body
from server.site import current_site

View = TypeVar("View")


@contextmanager
def all_sources() -> Iterator[bool]:
    """Read with all sources in this block; yields whether the page excludes some."""
    exclusion = EXCLUSION.get()
    EXCLUSION.set(None)
    try:
        yield bool(exclusion)
    finally:
        EXCLUSION.set(exclusion)


def find_retraction(this: str = "", page: int = 1) -> Retraction | None:
    """Return the losses without the page's excluded sources, None if it excludes none."""
    exclusion = EXCLUSION.get()
    with all_sources() as is_excluding:
        return (
            find_view(Retraction, "retraction", this, page, exclusion or NO_EXCLUSION)
            if is_excluding
            else None
        )


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
        asked = {"view": name, "this": this, "page": page, "retraction": astuple(exclusion)}
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
