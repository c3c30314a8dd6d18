"""The page of a background source: what is taken from it, each statement with its words."""

from __future__ import annotations

from flask import render_template
from pyoxigraph import NamedNode

from graph.answering.format import GRAPH_FORMATS
from server.page.view import sent, view
from server.reply import Reply
from server.site import site


def background(graph: NamedNode) -> Reply | None:
    """Return a background source as a page, None where nothing is known of it."""
    found = view(site(), "background", graph.value)
    if not found:
        return None
    return sent(
        site(), render_template("background.html", source=found, graph=graph, forms=GRAPH_FORMATS)
    )
