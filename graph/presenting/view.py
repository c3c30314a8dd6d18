"""A view: what a page shows, as data; each is asked for by its name."""

from __future__ import annotations

from typing import Any

from pyoxigraph import NamedNode, Store

from graph.citing.index import EvidenceIndex
from graph.presenting.article import PART, article, article_of, sentences_of
from graph.presenting.overview import overview
from graph.presenting.thing import thing


def view(
    store: Store, index: EvidenceIndex | None, name: str, this: str, page: int
) -> dict[str, Any]:
    """Return the view `overview`, or `thing` of an IRI: of an article that, of others a portrait.

    Of a sentence it is the article in which it stands, and in which part; where nothing is known it
    is empty.
    """
    if name == "overview":
        return overview(store)
    node = NamedNode(this)
    told = article(store, index, node, page)
    if told is not None:
        return {"article": told}
    within = article_of(store, node)
    if within is not None:
        place = sentences_of(store, within).index(node)
        return {"sentence": this, "of": within.value, "part": place // PART + 1}
    portrait = thing(store, index, node, page)
    return {"thing": portrait} if portrait else {}
