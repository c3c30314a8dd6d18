"""A view of the graph for a page, and the page as a reply: without a tag where it may change."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from typing import Any

from flask import g

from graph.answering.evaluation import Answer, Query
from graph.engine.request import STRIKE
from graph.publishing.resource import JSON
from graph.striking.strike import WHOLE, Strike
from server.answer import evaluate, send
from server.conditional import digest
from server.front.exchange import exchange
from server.negotiate import HTML
from server.reply import Reply
from server.site import Site


@contextmanager
def unstruck() -> Iterator[bool]:
    """Ask with all sources in this block; give whether some are struck on the page."""
    striking = STRIKE.get()
    STRIKE.set(None)
    try:
        yield bool(striking)
    finally:
        STRIKE.set(striking)


def fallen(site: Site, this: str = "", page: int = 1) -> dict[str, Any]:
    """Return what falls with the sources that are struck on the page, nothing where none are."""
    strike = STRIKE.get()
    with unstruck() as struck:
        return view(site, "fallen", this, page, strike or WHOLE) if struck else {}


def view(
    site: Site, name: str, this: str = "", page: int = 1, strike: Strike = WHOLE
) -> dict[str, Any]:
    """Return a view (graph/presenting/view.py); raises what the engine raises."""
    version, start = site.engine.version, time.perf_counter()
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
    exchange().timed("view", start)
    found: dict[str, Any] = json.loads(answer.body)
    return found


def answer_of(site: Site, query: Query) -> Answer:
    """Return the answer to a query for a page; raises what the engine raises."""
    tagged = evaluate(site, query)
    if tagged.tag is None:
        g.provisional = True
    return tagged.answer


def sent(site: Site, body: str) -> Reply:
    """Return a page as a reply; it has an entity tag unless its answers are provisional."""
    tag = None if g.get("provisional") else digest((site.engine.version, "page", body))
    return send(site, body.encode(), tag, f"{HTML}; charset=utf-8")
