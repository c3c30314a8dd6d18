"""A view: what a page shows, as data; each is asked for by its name."""

from __future__ import annotations

from typing import Any

from pyoxigraph import NamedNode, Store

from graph.citing.citation import EvidenceIndex
from graph.presenting.article import article, article_of
from graph.presenting.overview import overview
from graph.presenting.thing import thing


def view(
    store: Store, index: EvidenceIndex | None, name: str, this: str, page: int
) -> dict[str, Any]:
    """Return the view `overview`, or `thing` of an IRI: of an article that, of others a portrait.

    A sentence is its article, with `sentence` beside; where nothing is known it is empty.
    """
    if name == "overview":
        return overview(store)
    node = NamedNode(this)
    told = article(store, index, node)
    if told is not None:
        return {"article": told}
    within = article_of(store, node)
    if within is not None:
        return {"sentence": this, "of": within.value}
    portrait = thing(store, index, node, page)
    return {"thing": portrait} if portrait else {}
