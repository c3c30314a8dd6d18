"""The sources behind named graphs: who says it, where, when, and in which words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote as percent_encoded

from pyoxigraph import BlankNode, NamedNode

from graph.provenance import Provenance
from ontology.namespace import CPEC, EVIDENCE_GRAPH, PREFIXES

DCTERMS: Final = PREFIXES["dcterms"]
OA: Final = PREFIXES["oa"]


@dataclass(frozen=True, slots=True)
class Source:
    """What `graph:evidence` says of a graph; an article's fields stand for its sentence."""

    article: str | None = None
    title: str | None = None
    published: str | None = None
    attributed_to: str | None = None
    quote: str | None = None
    href: str | None = None

    def to_json(self) -> dict[str, str]:
        """Return the fields that are known, named as in docs/citations.schema.json."""
        fields = {
            "article": self.article,
            "title": self.title,
            "published": self.published,
            "attributedTo": self.attributed_to,
            "quote": self.quote,
            "href": self.href,
        }
        return {name: value for name, value in fields.items() if value is not None}


class Evidence:
    """What `graph:evidence` says, looked up by subject and predicate."""

    def __init__(self, provenance: Provenance) -> None:
        self.provenance = provenance
        self.graph = provenance.numbers.get(EVIDENCE_GRAPH, -1)
        self.numbers: dict[str, int | None] = {}

    def number(self, predicate: str) -> int | None:
        """Return the number of a predicate; there are few, so they are kept."""
        if predicate not in self.numbers:
            numbers = self.provenance.lexicon.numbers
            self.numbers[predicate] = numbers.get(NamedNode(predicate))
        return self.numbers[predicate]

    def values(self, subject: str, predicate: str) -> list[str]:
        """Return the values of a predicate, in the order of their text."""
        provenance = self.provenance
        lexicon, second = provenance.lexicon, self.number(predicate)
        try:
            first = lexicon.numbers.get(NamedNode(subject))
        except ValueError:  # a source that is named by a text
            return []
        if first is None or second is None:
            return []
        found = []
        for fact in provenance.union.matches(first, second, -1):
            term = lexicon.terms[fact[2]]
            if not isinstance(term, BlankNode) and self.graph in provenance.stating(fact):
                found.append(term.value)
        return sorted(found)

    def value(self, subject: str, predicate: str) -> str | None:
        """Return the first value of a predicate, in the order of their text."""
        return next(iter(self.values(subject, predicate)), None)

    def source(self, graph: str) -> Source:
        """Return the source of a graph; empty fields are those of which nothing is said."""
        article = self.value(graph, OA + "hasSource")
        described = article or graph
        quotes = [
            words
            for selector in self.values(graph, OA + "hasSelector")
            for words in self.values(selector, OA + "exact")
        ]
        address = self.value(described, DCTERMS + "source")
        return Source(
            article,
            self.value(described, DCTERMS + "title"),
            self.value(described, DCTERMS + "date"),
            self.value(graph, CPEC + "attributedTo") or self.value(graph, DCTERMS + "creator"),
            " … ".join(quotes) or None,
            address and highlighted(address, quotes),
        )


def highlighted(address: str, quotes: list[str]) -> str:
    """Return an address that takes a browser to the quotes in the page.

    https://wicg.github.io/scroll-to-text-fragment/
    """
    if not quotes or not address.startswith(("http://", "https://")) or "#" in address:
        return address
    # a hyphen parts the fragment's prefix and suffix from its text, so it is encoded too
    texts = (percent_encoded(words, safe="").replace("-", "%2D") for words in quotes)
    return f"{address}#:~:" + "&".join(f"text={text}" for text in texts)
