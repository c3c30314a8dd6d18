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
from graph.engine.request import STRIKE
from graph.presenting.fallen import Fallen
from graph.presenting.view import read_view
from graph.publishing.resource import JSON
from graph.striking.strike import WHOLE, Strike
from server.conditional import digest
from server.front.exchange import exchange
from server.negotiate import HTML
from server.reply import Reply
from server.response import evaluate, send_body
from server.site import current_site

View = TypeVar("View")


@contextmanager
def unstruck() -> Iterator[bool]:
    """Read with all sources in this block; yields whether the page strikes sources."""
    striking = STRIKE.get()
    STRIKE.set(None)
    try:
        yield bool(striking)
    finally:
        STRIKE.set(striking)


def find_fallen(this: str = "", page: int = 1) -> Fallen | None:
    """Return the statements that fall with the page's struck sources, None without any."""
    strike = STRIKE.get()
    with unstruck() as is_struck:
        return find_view(Fallen, "fallen", this, page, strike or WHOLE) if is_struck else None


def require_view(kind: type[View], name: str, this: str = "", page: int = 1) -> View:
    """Return a view; raises NotFound for a view of nothing, and the errors of the engine."""
    view = find_view(kind, name, this, page)
    if view is None:
        raise NotFound(f"nothing is known of {this}")
    return view


def find_view(
    kind: type[View], name: str, this: str = "", page: int = 1, strike: Strike = WHOLE
) -> View | None:
    """Return a view (graph/presenting/view.py), or None; raises the errors of the engine."""
    site, start = current_site(), time.perf_counter()
    version = site.engine.version
    key = digest((version, "view", name, this, str(page), strike.name))
    answer = site.cache.get(key)
    if answer is None:
        asked = {"view": name, "this": this, "page": page, "fallen": astuple(strike)}
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
