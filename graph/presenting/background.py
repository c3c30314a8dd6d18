"""The page of a background source: its address and its statements."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import NamedNode, Store

from graph.citing.index import EvidenceIndex
from graph.presenting.article import MOST_STATED, ArticleWriter
from graph.presenting.line import Line
from graph.wording.display_name import DisplayName
from graph.wording.source_reference import Reference
from ontology.terms import CPEC, RDF


@dataclass(slots=True)
class Background:
    """A source beside the articles: its address at the publisher, and its statements as lines.

    `total` counts the statements, `more` those without a line.
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
    """Return a background source for its page, None for another graph."""
    if not any(store.quads_for_pattern(this, RDF.TYPE, CPEC.BACKGROUND_SOURCE)):
        return None
    writer = ArticleWriter(store, index, this)
    total = len(writer.list_stated(this))
    ((_, claims),) = writer.read_claims([this])
    for claim in claims:
        claim.attestations = [a for a in claim.attestations if a.graph == this.value]
    return Background(
        writer.names(this),
        writer.references.look_up(this.value, 0).href,
        writer.lines.write_all(claims),
        writer.references.list_all(),
        total,
        max(0, total - MOST_STATED),
    )
