"""The sources behind named graphs: author, place, date, quotes, and their reference in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias
from urllib.parse import quote as percent_encoded

from pyoxigraph import Store

from graph.answering.name import abbreviate
from graph.wording.display_name import MOST_KEPT, DisplayName, Names, read_text
from graph.wording.literal import LiteralWords
from graph.wording.quotation import BETWEEN, merge_fragments
from graph.wording.record import Description, Record, Records, SelectedWords
from graph.wording.reference import write_reference
from graph.wording.text import clean_text, isolate, web_address
from graph.written_value import read_count
from ontology.namespace import BACKGROUND
from ontology.terms import CPEC, DCTERMS, OA, SCHEMA, RdfTerm

FIELDS: Final = ("article", "title", "published", "attributedTo", "quote", "anchor", "href")

Rank: TypeAlias = tuple[int, str, int, str]
"""The order of sources: kind, article, position in it, name of the graph."""


class CitedSource(NamedTuple):
    """The fields of a source in `graph:evidence`; a sentence adds its article's.

    A source that may not be quoted has anchors in place of a quote, to which `href` leads.
    `attributed_to` is who says the statements in use, if that is one, or else the sentence.
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
        pairs = zip(FIELDS, self, strict=True)
        return {name: value for name, value in pairs if value is not None}

    def narrow(self, statements: Iterable[Record], words: SelectedWords) -> CitedSource:
        """Return the source with the words of some statements and other `words` alone, if any.

        It has the agent who says all of these statements.
        """
        agents: set[str] = set()
        for statement in statements:
            words = words.join(statement.words)
            agents.add(statement.attributed_to or self.attributed_to or "")
        narrowed = self.select(words) if words else self
        if len(known := agents - {""}) == 1:
            return narrowed._replace(attributed_to=known.pop())
        return narrowed

    def select(self, words: SelectedWords) -> CitedSource:
        """Return the source with some words: quotes and anchors, and an address that shows them."""
        return self._replace(
            quote=BETWEEN.join(words.quotes) or None,
            anchor=BETWEEN.join(words.anchors) or None,
            href=self.href and highlight_words(self.href, words),
        )


class Bibliography:
    """The sources of `graph:evidence`, each looked up once."""

    def __init__(self, store: Store) -> None:
        self.store, self.names, self.literals = store, Names(store), LiteralWords(store)
        self.entries = lru_cache(MOST_KEPT)(self.find_entry)
        self.records = Records(store)
        self.describe, self.look_up = self.records.describe, self.records.look_up
        self.quote_statements = lru_cache(MOST_KEPT)(self.select_statements)

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
        ).select(self.records.select_words(own))
        if source.article is None:
            return source, (2 if graph.startswith(BACKGROUND) else 3, "", 0, graph)
        position = own.first(SCHEMA.POSITION.value) or ""
        number = read_count(position) or 0
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
        if publisher and graph.startswith(BACKGROUND):
            name = f"{title}, {name}"
        position = self.look_up(graph).first(SCHEMA.POSITION.value) or ""
        words = write_reference(name, work.first(DCTERMS.DATE.value) or "", position)
        return words or clean_text(abbreviate(graph))

    def find_speaker(self, graph: str, agent: str = "") -> str:
        """Return the speaker of the statements of a graph, "" if that is its article.

        `agent` is the attribution of a single statement, if it has one.
        """
        speaker = self.name_speaker(graph, agent)
        return speaker.phrase if speaker else ""

    def name_speaker(self, graph: str, agent: str = "") -> DisplayName | None:
        """Return the name of the speaker of the statements of a graph, None for its article."""
        agent = agent or self.look_up(graph).first(CPEC.ATTRIBUTED_TO.value) or ""
        is_other = agent and agent != self.find_article(graph)
        return self.names.find(agent) if is_other else None

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
        source, subjects = self.source(graph), {triple[0] for triple in wanted}
        names = set(map(read_text, subjects))
        own = subjects.intersection(self.look_up(graph).get(OA.HAS_SELECTOR.value, ()))
        words = self.records.select_words(Description({OA.HAS_SELECTOR.value: [*own]}))
        used = (
            record
            for record in self.records.list_records(graph)
            if (record.is_asserted and tuple(record.triple) in wanted) or record.name in names
        )
        return source.narrow(used, words)


def highlight_words(address: str, words: SelectedWords) -> str:
    """Return an address with a text fragment, in place of its own, which leads to some words.

    An anchor that the text has elsewhere too leads nowhere.
    https://wicg.github.io/scroll-to-text-fragment/
    """
    address = address.partition("#:~:")[0]
    shown = [*merge_fragments(words.fragments), *merge_fragments(words.located)]
    # a hyphen separates the fragment's text from its prefix and suffix: encoded, it does not
    texts = [percent_encoded(f.words, safe="").replace("-", "%2D") for f in shown if f.unique]
    if not texts or not web_address(address) or "#" in address:
        return address
    return f"{address}#:~:" + "&".join(f"text={text}" for text in texts)
