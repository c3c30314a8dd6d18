"""A view: the values of a page, which a worker writes as JSON and the front reads back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Final, TypeVar, get_args, get_origin, get_type_hints

from pyoxigraph import NamedNode, Store

from graph.citing.index import EvidenceIndex
from graph.excluding.exclusion import NO_EXCLUSION, Exclusion, read_sources, resolve_sources
from graph.presenting.article import (
    SENTENCES_A_PAGE,
    ArticlePage,
    find_article,
    list_sentences,
    view_article,
    view_background,
)
from graph.presenting.impact import view_impacts
from graph.presenting.ledger import view_ledger
from graph.presenting.overview import view_overview
from graph.presenting.passage import list_passages
from graph.presenting.retraction import view_retraction
from graph.presenting.thing import ThingPage, view_thing
from graph.wording.display_name import Names

View = TypeVar("View")


WHOLE: Final[dict[str, Callable[[Store], object]]] = {
    "ledger": view_ledger,
    "overview": view_overview,
    "passages": list_passages,
}
"""The views of the whole graph."""


@dataclass(frozen=True, slots=True)
class SentencePlace:
    """The place of a sentence: its article, and the part of the article's page."""

    article: str
    part: int


@dataclass(frozen=True, slots=True)
class ThingView:
    """The view of an IRI: a thing, an article, the place of a sentence, or nothing."""

    thing: ThingPage | None = None
    article: ArticlePage | None = None
    place: SentencePlace | None = None


def write_view(
    store: Store,
    index: EvidenceIndex | None,
    name: str,
    this: str,
    page: int,
    exclusion: Exclusion = NO_EXCLUSION,
) -> bytes:
    """Return a view as JSON, null for a view of nothing; `select_view` names the views."""
    view = select_view(store, index, name, this, page, exclusion)
    return json.dumps(
        view, default=list_members, ensure_ascii=False, separators=(",", ":")
    ).encode()


def list_members(value: Any) -> dict[str, Any]:
    """Return the fields of a slotted dataclass by name."""
    return {name: getattr(value, name) for name in value.__slots__}


def select_view(
    store: Store, index: EvidenceIndex | None, name: str, this: str, page: int, exclusion: Exclusion
) -> object:
    """Return the view of a name.

    ledger              Ledger
    overview            Overview
    passages            list[Passage]
    sources, listed     Impacts, with and without losses
    source              DisplayName
    retraction          Retraction, None without an index
    background          Background, None for another graph
    thing               ThingView
    """
    if name in WHOLE:
        return WHOLE[name](store)
    if name in {"sources", "listed"}:
        return view_impacts(store, index if name == "sources" else None, page)
    if name == "source":
        return Names(store)(NamedNode(min(resolve_sources(read_sources(store), [this]))))
    if name == "retraction":
        return view_retraction(store, index, exclusion, this, page) if index is not None else None
    if name == "background":
        return view_background(store, index, NamedNode(this))
    return view_iri(store, index, NamedNode(this), page)


def view_iri(store: Store, index: EvidenceIndex | None, node: NamedNode, page: int) -> ThingView:
    """Return the view of an IRI."""
    article_page = view_article(store, index, node, page)
    if article_page is not None:
        return ThingView(article=article_page)
    own = find_article(store, node)
    if own is not None:
        part = list_sentences(store, own)[node] // SENTENCES_A_PAGE + 1
        return ThingView(place=SentencePlace(own.value, part))
    return ThingView(thing=view_thing(store, index, node, page))


def read_view(kind: type[View], body: bytes) -> View | None:
    """Return the view that `write_view` wrote, None for null."""
    view: View | None = read_value(kind, json.loads(body))
    return view


def read_value(kind: Any, value: Any) -> Any:
    """Return a JSON value as its type: a dataclass, a scalar, or a container of these."""
    if value is None or kind in {str, int, bool, Any}:
        return value
    if isinstance(kind, type) and is_dataclass(kind):
        return kind(
            **{name: read_value(own, value[name]) for name, own in type_hints(kind).items()}
        )
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is list:
        return [read_value(arguments[0], item) for item in value]
    if origin is dict:
        return {key: read_value(arguments[1], item) for key, item in value.items()}
    if origin is tuple:
        return tuple(map(read_value, arguments, value))
    if origin is UnionType:  # X | None
        return read_value(arguments[0], value)
    raise TypeError(f"a view has no values of type {kind}")


@cache
def type_hints(kind: type) -> dict[str, Any]:
    """Return the types of a dataclass's fields, which typing evaluates anew each time."""
    return get_type_hints(kind)
