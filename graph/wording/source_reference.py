"""References: the sources of a page, numbered by first use, each with the words quoted from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Store

from graph.answering.name import abbreviate
from graph.wording.display_name import Names, clean_text
from graph.wording.reference import write_reference
from graph.wording.source import drop_nested, highlight_quotes
from graph.wording.term import make_path
from ontology.namespace import (
    BACKGROUND,
    BASE,
    EDITORIAL_GRAPH,
    EVIDENCE,
    INFERRED_GRAPH,
    LINKS,
    ONTOLOGY_GRAPH,
)
from ontology.terms import CPEC, DCTERMS, OA, SCHEMA

MOST_QUOTED: Final = 0.75
"""The share of a sentence that a page quotes at most: the text is its publisher's."""

UNLISTED: Final = frozenset({ONTOLOGY_GRAPH, INFERRED_GRAPH, ""})
"""The graphs that are no sources."""


@dataclass(slots=True)
class Reference:
    """A source as a page lists it.

    `words` say where it is found, `place` only where in its article; `by` is who the source has it
    from, where that is somebody else; `href` leads to the words at the publisher.
    """

    number: int
    graph: str
    words: str
    place: str
    path: str
    article: str = ""
    by: str = ""
    quotes: list[str] = field(default_factory=list)
    href: str = ""
    room: int = 0
    kind: str = "source"


class References:
    """Numbers the sources of a page by first use, and limits its quotes of each.

    `first` is the first number: an article numbers its own sentences from 0, the headline.
    """

    def __init__(self, store: Store, names: Names, first: int = 1) -> None:
        self.store, self.names, self.next = store, names, first
        self.found: dict[str, Reference] = {}
        self.known: dict[NamedNode, list[Quad]] = {}

    def __call__(self, graph: str) -> Reference:
        """Return the reference of a graph, a new one with the next number."""
        return self.found.get(graph) or self.add(graph, self.next)

    def add(self, graph: str, number: int) -> Reference:
        """Return the reference of a graph, a new one with that number."""
        reference = self.found[graph] = self.look_up(graph, number)
        self.next = max(self.next, number + 1)
        return reference

    def list_all(self) -> list[Reference]:
        """Return all references in the order of their numbers."""
        return list(self.found.values())

    def look_up(self, graph: str, number: int) -> Reference:
        """Return the reference of a graph, looked up."""
        node = NamedNode(graph)
        article = self.find_value(node, OA.HAS_SOURCE)
        described = article if isinstance(article, NamedNode) else node
        publisher = self.find_value(described, DCTERMS.PUBLISHER)
        title = self.find_text(described, DCTERMS.TITLE)
        name = self.names(publisher).text if publisher else clean_text(title)
        position = self.find_text(node, SCHEMA.POSITION)
        date = self.find_text(described, DCTERMS.DATE)
        words = write_reference(name, date, position) or name_source(graph)
        source = Reference(number, graph, words, name_place(position), "")
        source.path = make_path(graph) if graph.startswith(BASE) else ""
        source.article = described.value if described != node else ""
        source.by = self.find_speaker(graph)
        source.href = web_address(self.find_text(described, DCTERMS.SOURCE))
        source.room = int(self.find_extent(node)[1] * MOST_QUOTED) if source.article else 1 << 30
        source.kind = source_kind(graph, source.article)
        return source

    def find_speaker(self, graph: str, agent: str = "") -> str:
        """Return the speaker of the statements of a graph, "" if that is its article.

        `agent` is the attribution of a single statement, if it has one.
        """
        node = NamedNode(graph)
        article = self.find_text(node, OA.HAS_SOURCE)
        agent = agent or self.find_text(node, CPEC.ATTRIBUTED_TO)
        return self.names(NamedNode(agent)).phrase if agent and agent != article else ""

    def find_extent(self, sentence: NamedNode) -> tuple[int, int]:
        """Return where a sentence starts in the text of its article, and how long it is."""
        ends = [0, 0]
        for quad in self.read_evidence(sentence):
            if quad.predicate == OA.HAS_SELECTOR and isinstance(quad.object, NamedNode):
                for place, predicate in enumerate((OA.START, OA.END)):
                    text = self.find_text(quad.object, predicate)
                    ends[place] = int(text) if text.isdecimal() else ends[place]
        return ends[0], max(0, ends[1] - ends[0])

    def take_quotes(self, source: Reference, quotes: Iterable[str]) -> list[str]:
        """Return the quotes of a source, shortened when they exceed its room."""
        return [self.take_quote(source, clean_text(quote)) for quote in quotes]

    def take_quote(self, source: Reference, quote: str) -> str:
        """Return a quote, and add it to the quotes of its source."""
        if any(quote in earlier for earlier in source.quotes):
            return quote
        spent = sum(map(len, drop_nested([*source.quotes, quote])))
        if source.room and spent > source.room:
            return " ".join(quote.split()[:3]) + " …"
        source.quotes = drop_nested([*source.quotes, quote])
        if source.href:
            source.href = highlight_quotes(source.href.partition("#:~:")[0], source.quotes)
        return quote

    def find_value(self, node: NamedNode, predicate: NamedNode) -> NamedNode | Literal | None:
        """Return the first value that `graph:evidence` gives a property, by its text."""
        values = (quad.object for quad in self.read_evidence(node) if quad.predicate == predicate)
        terms = (value for value in values if isinstance(value, NamedNode | Literal))
        return min(terms, key=lambda term: term.value, default=None)

    def read_evidence(self, node: NamedNode) -> list[Quad]:
        """Return the quads of `graph:evidence` about a thing; queries a remote store once."""
        if node not in self.known:
            quads = self.store.quads_for_pattern(node, None, None, EVIDENCE)
            self.known[node] = list(quads)
        return self.known[node]

    def find_text(self, node: NamedNode, predicate: NamedNode) -> str:
        """Return the text of the first value of a property, "" where it has none."""
        value = self.find_value(node, predicate)
        return value.value if value is not None else ""


def name_place(position: str) -> str:
    """Return the place of a sentence in its article, in words."""
    return "Headline" if position == "0" else f"Sentence {position}" if position else ""


def source_kind(graph: str, article: str) -> str:
    """Return the kind of source of a graph, such as "sentence"."""
    if article:
        return "sentence"
    starts = {EDITORIAL_GRAPH: "editorial", LINKS: "links", BACKGROUND: "background"}
    return next((kind for start, kind in starts.items() if graph.startswith(start)), "source")


def name_source(graph: str) -> str:
    """Return the name of a source without title or publisher."""
    if graph == EDITORIAL_GRAPH:
        return "Types, labels and draft translations by cpec-graph"
    return clean_text(abbreviate(graph))


def web_address(address: str) -> str:
    """Return an address that may be a link, or nothing."""
    return address if address.startswith(("https://", "http://")) else ""
