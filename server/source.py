"""The sources of an answer or of an explanation, as a page lists them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pyoxigraph import NamedNode

from graph.answering.name import short
from graph.explaining.mark import marks_of
from graph.explaining.term import Term, term


@dataclass(frozen=True, slots=True)
class ListedSource:
    """A source as a page lists it: its mark, its name, its words, its address elsewhere."""

    mark: str
    graph: str
    name: Term
    words: str
    address: str


def listed(sources: Mapping[str, Mapping[str, str]]) -> list[ListedSource]:
    """Return the sources of an explanation, or of an answer with words, in their order."""
    marks = marks_of(sources)
    return [
        ListedSource(
            marks[graph],
            graph,
            term(NamedNode(graph), {graph: short(graph)}),
            source["words"],
            web_address(source.get("href", "")),
        )
        for graph, source in sources.items()
    ]


def web_address(href: str) -> str:
    """Return an address that may be a link, or nothing."""
    return href if href.startswith(("https://", "http://")) else ""
