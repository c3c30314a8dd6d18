"""A background source as a page tells it: where it is found, and what is taken from it."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import NamedNode, Store

from graph.citing.index import EvidenceIndex
from graph.explaining.named import DisplayName
from graph.presenting.article import MOST_STATED, ArticleWriter
from graph.presenting.line import Line
from graph.presenting.reference import Reference, web_address
from graph.striking.strike import read_sources
from ontology.terms import DCTERMS


@dataclass(slots=True)
class Background:
    """A source beside the articles: its address at the publisher, and its statements as lines.

    `total` counts the statements, `more` those that are not told.
    """

    name: DisplayName
    address: str
    lines: list[Line]
    sources: list[Reference]
    total: int
    more: int


def view_background(
    store: Store, index: EvidenceIndex | None, this: NamedNode
) -> Background | None:
    """Return a background source for a page; None for a graph that is none."""
    if this.value not in read_sources(store):
        return None
    telling = ArticleWriter(store, index, this)
    total = len(telling.list_stated(this))
    ((_, claims),) = telling.read_claims([this])
    for claim in claims:
        claim.attestations = [one for one in claim.attestations if one.graph == this.value]
    return Background(
        telling.names(this),
        web_address(telling.references.find_text(this, DCTERMS.SOURCE)),
        telling.lines.write_all(claims),
        telling.references.list_all(),
        total,
        max(0, total - MOST_STATED),
    )
