"""The sources behind named graphs: author, place, date, quotes, and their reference in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from operator import add
from typing import Final, NamedTuple, TypeAlias
from urllib.parse import quote as percent_encoded

from pyoxigraph import BlankNode, NamedNode, Store

from graph.answering.name import abbreviate
from graph.wording.display_name import MOST_KEPT, Names
from graph.wording.quotation import (
    BETWEEN,
    ELLIPSIS,
    Fragment,
    drop_nested,
    merge_fragments,
    quote_fragments,
)
from graph.wording.reference import write_reference
from graph.wording.text import clean_text, isolate, web_address
from ontology.namespace import BACKGROUND, EVIDENCE
from ontology.terms import CPEC, DCTERMS, OA, RDF, SCHEMA, RdfTerm

TRIPLE: Final = tuple(RDF + end for end in ("subject", "predicate", "object"))

FIELDS: Final = ("article", "title", "published", "attributedTo", "quote", "anchor", "href")

Rank: TypeAlias = tuple[int, str, int, str]
"""The order of sources: kind, article, position in it, name of the graph."""


class CitedSource(NamedTuple):
    """The fields of a source in `graph:evidence`; a sentence adds its article's.

    A source that may not be quoted has an anchor in place of a quote: the first and the last words
    of a passage, to which `href` leads.
    """

    article: str | None = None
    title: str | None = None
    published: str | None = None
    attributed_to: str | None = None
    quote: str | None = None
    anchor: str | None = None
    href: str | None = None

    def to_json(self) -> dict[str, str]:
        """Return the known fields, with the names of citations.schema.json."""
        return {name: value for name, value in zip(FIELDS, self, strict=True) if value is not None}

    def narrow(self, words: SelectedWords, agents: set[str | None]) -> CitedSource:
        """Return the source with some of its words alone, if there are any, and their agent."""
        if not any(words):
            return self
        return self.select(words)._replace(
            attributed_to=self.attributed_to if len(agents) != 1 else next(iter(agents))
        )

    def select(self, words: SelectedWords) -> CitedSource:
        """Return the source with some words: quotes and anchors, and an address that shows them."""
        return self._replace(
            quote=BETWEEN.join(words.quotes) or None,
            anchor=BETWEEN.join(drop_nested(words.anchors)) or None,
            href=self.href and highlight_words(self.href, words),
        )


class SelectedWords(NamedTuple):
    """The words of a source that statements rest on: fragments, and anchors where it has none."""

    fragments: list[Fragment]
    anchors: list[str]

    def __bool__(self) -> bool:
        """Return whether there are any."""
        return any(self)

    @property
    def quotes(self) -> list[str]:
        """The quotations that the fragments make."""
        return quote_fragments(self.fragments)


class Description(dict[str, list[RdfTerm]]):
    """The description of a subject in `graph:evidence`: values by predicate, sorted by text."""

    def first(self, predicate: str) -> str | None:
        """Return the text of the first value of a predicate."""
        values = self.get(predicate)
        return getattr(values[0], "value", None) if values else None


class Bibliography:
    """The sources of `graph:evidence`, each looked up once."""

    def __init__(self, store: Store) -> None:
        self.store, self.names = store, Names(store)
        self.entries = lru_cache(MOST_KEPT)(self.find_entry)
        self.describe = lru_cache(MOST_KEPT)(self.read_description)
        self.quote_statements = lru_cache(MOST_KEPT)(self.select_statements)

    def read_description(self, subject: RdfTerm) -> Description:
        """Return the description of a subject, without blank nodes."""
        description = Description()
        if not isinstance(subject, NamedNode):
            return description
        for quad in self.store.quads_for_pattern(subject, None, None, EVIDENCE):
            if not isinstance(value := quad.object, BlankNode):
                description.setdefault(quad.predicate.value, []).append(value)
        for values in description.values():
            if len(values) > 1:
                values.sort(key=str)
        return description

    def look_up(self, graph: str) -> Description:
        """Return the description of a graph; empty if its name is no IRI."""
        try:
            return self.describe(NamedNode(graph))
        except ValueError:
            return Description()

    def source(self, graph: str) -> CitedSource:
        """Return the source of a graph; an unknown field is None."""
        return self.entries(graph)[0]

    def rank(self, graph: str) -> Rank:
        """Return the rank of a source: body, headline, background, our own word."""
        return self.entries(graph)[1]

    def find_entry(self, graph: str) -> tuple[CitedSource, Rank]:
        """Return the source of a graph, with the fields of its article, and its rank."""
        own = self.look_up(graph)
        article = own[OA.HAS_SOURCE.value][0] if OA.HAS_SOURCE.value in own else None
        work = own if article is None else self.describe(article)
        source = CitedSource(
            getattr(article, "value", None),
            work.first(DCTERMS.TITLE.value),
            work.first(DCTERMS.DATE.value),
            own.first(CPEC.ATTRIBUTED_TO.value) or own.first(DCTERMS.CREATOR.value),
            href=work.first(DCTERMS.SOURCE.value),
        ).select(self.select_words(own))
        if source.article is None:
            return source, (2 if graph.startswith(BACKGROUND) else 3, "", 0, graph)
        position = own.first(SCHEMA.POSITION.value) or ""
        number = int(position) if position.isdecimal() else 0
        return source, (0 if number else 1, source.article, number, graph)

    def find_article(self, graph: str) -> str:
        """Return the article of a sentence, "" for another source."""
        return self.look_up(graph).first(OA.HAS_SOURCE.value) or ""

    def write_reference(self, graph: str) -> str:
        """Return the reference of a source: INP-WealthPk, 29 April 2026, sentence 8."""
        work = self.look_up(self.find_article(graph) or graph)
        publisher = work.first(DCTERMS.PUBLISHER.value)
        title = clean_text(work.first(DCTERMS.TITLE.value) or "")
        name = self.names.find(publisher).text if publisher else title
        position = self.look_up(graph).first(SCHEMA.POSITION.value) or ""
        words = write_reference(name, work.first(DCTERMS.DATE.value) or "", position)
        return words or clean_text(abbreviate(graph))

    def find_speaker(self, graph: str, agent: str = "") -> str:
        """Return the speaker of the statements of a graph, "" if that is its article.

        `agent` is the attribution of a single statement, if it has one.
        """
        agent = agent or self.look_up(graph).first(CPEC.ATTRIBUTED_TO.value) or ""
        is_other = agent and agent != self.find_article(graph)
        return self.names.find(agent).phrase if is_other else ""

    def write_source(self, graph: str, source: CitedSource | None = None) -> str:
        """Return the reference of a source with its quotes, and the agent who said them.

        The quotes are those in `source`; without it, all quotes of the graph. A source that may not
        be quoted has anchors.
        """
        source = source or self.source(graph)
        words = self.write_reference(graph)
        if source.article and (speaker := self.find_speaker(graph, source.attributed_to or "")):
            words += f", according to {isolate(speaker)}"
        if source.anchor:
            words += f", anchor {isolate(source.anchor)}"
        quotes = (f"“{isolate(quote)}”" for quote in (source.quote or "").split(BETWEEN))
        return f"{words}: {BETWEEN.join(quotes)}" if source.quote else words

    def select_words(self, own: Description) -> SelectedWords:
        """Return the fragments and the anchors of a sentence or a statement."""
        selectors = sorted(own.get(OA.HAS_SELECTOR.value, []), key=lambda s: (len(str(s)), str(s)))
        pairs = [(getattr(s, "value", ""), self.describe(s)) for s in selectors]
        fragments = [
            Fragment.read(name, getattr(text, "value", ""))
            for name, described in pairs
            for text in described.get(OA.EXACT.value, ())
        ]
        anchors = [
            getattr(text, "value", "")
            for _, described in pairs
            for text in described.get(CPEC.ANCHOR.value, ())
        ]
        return SelectedWords(fragments, drop_nested(anchors))

    def quote(
        self, used: Iterable[tuple[str, tuple[RdfTerm, RdfTerm, RdfTerm]]]
    ) -> dict[str, CitedSource]:
        """Return the sources of graphs, each with the quotes of the statements and records in use.

        A graph without records for its statements (curating/annotation.py) has all its quotes.
        """
        triples: dict[str, set[tuple[RdfTerm, RdfTerm, RdfTerm]]] = defaultdict(set)
        for graph, triple in used:
            triples[graph].add(triple)
        return {graph: self.quote_statements(graph, frozenset(w)) for graph, w in triples.items()}

    def select_statements(
        self, graph: str, wanted: frozenset[tuple[RdfTerm, RdfTerm, RdfTerm]]
    ) -> CitedSource:
        """Return the source of a graph with the quotes of some of its statements and records."""
        source = self.source(graph)
        if source.quote is None and source.anchor is None:
            return source
        subjects = {triple[0] for triple in wanted}
        selectors = subjects.intersection(self.look_up(graph).get(OA.HAS_SELECTOR.value, ()))
        words = self.select_words(Description({OA.HAS_SELECTOR.value: [*selectors]}))
        agents: set[str | None] = set()
        for record in self.store.quads_for_pattern(None, OA.HAS_SOURCE, NamedNode(graph), EVIDENCE):
            if isinstance(record.subject, NamedNode):
                own = self.describe(record.subject)
                triple = tuple(own[end][0] for end in TRIPLE if end in own)
                if record.subject in subjects or triple in wanted:
                    words = SelectedWords(*map(add, words, self.select_words(own)))
                    agents.add(own.first(CPEC.ATTRIBUTED_TO.value) or source.attributed_to)
        return source.narrow(words, agents)


def highlight_words(address: str, words: SelectedWords) -> str:
    """Return an address with a text fragment, in place of its own, which leads to some words.

    An anchor leads from its first to its last words: https://wicg.github.io/scroll-to-text-fragment/
    """
    address = address.partition("#:~:")[0]
    if not words or not web_address(address) or "#" in address:
        return address
    ends = [[fragment.words] for fragment in merge_fragments(words.fragments)]
    ends += [[end.strip() for end in anchor.split(ELLIPSIS)] for anchor in words.anchors]
    # a hyphen separates the fragment's text from its prefix and suffix: encoded, it does not
    texts = (
        ",".join(percent_encoded(end, safe="").replace("-", "%2D") for end in own) for own in ends
    )
    return f"{address}#:~:" + "&".join(f"text={text}" for text in texts)
