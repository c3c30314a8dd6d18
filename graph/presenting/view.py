"""A view: what a page shows, as data; each is asked for by its name."""

from __future__ import annotations

import json
from typing import Any

from pyoxigraph import NamedNode, Store

from graph.citing.index import EvidenceIndex
from graph.explaining.named import Names
from graph.presenting.article import PART, article, article_of, sentences_of
from graph.presenting.background import background
from graph.presenting.fallen import fallen
from graph.presenting.overview import overview
from graph.presenting.stake import stakes
from graph.presenting.thing import thing
from graph.striking.strike import WHOLE, Strike, named, sources_of


def view(
    store: Store,
    index: EvidenceIndex | None,
    name: str,
    this: str,
    page: int,
    strike: Strike = WHOLE,
) -> bytes:
    """Return a view as JSON: the graph at a glance, its `sources`, what is `fallen`, a `thing`.

    Where the sources are only `listed`, no losses are counted. A `source` is told by its name, a
    `background` one with its statements. Of a thing that is an article it is that, of others a
    portrait; of a sentence the article in which it stands, and in which part. Where nothing is
    known it is empty.
    """
    found = shown(store, index, name, this, page, strike)
    return json.dumps(found, default=members, ensure_ascii=False, separators=(",", ":")).encode()


def members(value: Any) -> dict[str, Any]:
    """Return what a page shows of a thing, an article or a part of one, by its names."""
    return {name: getattr(value, name) for name in value.__slots__}


def shown(
    store: Store, index: EvidenceIndex | None, name: str, this: str, page: int, strike: Strike
) -> object:
    """Return a view as objects."""
    if name == "overview":
        return overview(store)
    if name in {"sources", "listed"}:
        return stakes(store, index if name == "sources" else None, page)
    if name == "source":
        return Names(store)(NamedNode(min(named(sources_of(store), [this]))))
    if name == "fallen":
        return fallen(store, index, strike, this, page) if index is not None else {}
    if name == "background":
        return background(store, index, NamedNode(this)) or {}
    return of_thing(store, index, NamedNode(this), page)


def of_thing(store: Store, index: EvidenceIndex | None, node: NamedNode, page: int) -> object:
    """Return the view of a thing, of an article or of a sentence."""
    told = article(store, index, node, page)
    if told is not None:
        return {"article": told}
    within = article_of(store, node)
    if within is not None:
        place = sentences_of(store, within)[node]
        return {"sentence": node.value, "of": within.value, "part": place // PART + 1}
    portrait = thing(store, index, node, page)
    return {"thing": portrait} if portrait else {}
