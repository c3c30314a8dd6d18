"""The pages of sources: an article with its sentences, and a background source, with statements."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Final

from pyoxigraph import Literal, NamedNode, Store, Triple

from graph.answering.evaluation import read_query, run_select
from graph.citing.index import EvidenceIndex
from graph.explaining.unasserted import list_unasserted_of_source
from graph.presenting.claim import Claim, Claims, Equivalents, Schema
from graph.presenting.line import Line, Lines, StatementLine
from graph.publishing.reading_order import Natural, natural_key
from graph.wording.display_name import DisplayName, read_text
from graph.wording.phrase import GROUPS
from graph.wording.record import Description
from graph.wording.source_reference import Reference, References
from graph.wording.text import clean_text, web_address, write_time
from graph.written_value import read_count
from ontology.namespace import EVIDENCE, INFERRED_GRAPH
from ontology.terms import CPEC, DCTERMS, OA, RDF, SCHEMA, RdfTerm

SENTENCES_A_PAGE: Final = 20
"""The sentences of an article on one page."""

SENTENCES: Final = read_query(__file__, "article-sentences")

LONGEST_POSITION: Final = 7
"""The digits at which a position is ignored: no article is so long."""

MOST_STATED: Final = 60
"""The most statements of one sentence on its page; a real sentence has a third of that."""

MOST_INFERRED: Final = 1000
"""The limit of inferences past which a page does not list the inferences that need a sentence."""


@dataclass(slots=True)
class AnnotatedSentence:
    """A sentence with its statements, its place in the article, its speaker and its quotes.

    `marks` are the modalities of its statements in their order, and `more` how many there are
    beyond `lines`; `only` are the inferences that need it, `unasserted` the statements that it
    does not assert.
    """

    place: str
    position: str
    graph: str
    anchor: str
    path: str
    start: int
    length: int
    sha256: str
    by: str
    readings: list[str]
    quotes: list[str]
    href: str
    marks: list[str]
    lines: list[Line]
    only: list[Line]
    unasserted: list[StatementLine]
    more: int


@dataclass(slots=True)
class ArchivedCopy:
    """An archived copy of an article: its address, its day in words, and whether it has the text.

    The text that it may have is the one that was read.
    """

    address: str
    day: str
    is_same: bool


@dataclass(slots=True)
class ArticlePage:
    """One of the `pages` of an article: its sentences from `first` to `last`, of a `total`.

    `counts` are the statements on this page by modality, `after` its sentences by who says so. If
    it `is_anchored`, it may not be quoted; of a part that was read, `characters` is the length.
    """

    name: DisplayName
    published: str
    date: str
    publisher: DisplayName | None
    authors: list[DisplayName]
    address: str
    counts: dict[str, int]
    after: dict[str, int]
    sentences: list[AnnotatedSentence]
    sources: list[Reference]
    page: int
    pages: int
    first: int
    last: int
    total: int
    is_anchored: bool = False
    characters: str = ""
    copies: list[ArchivedCopy] = field(default_factory=list)


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


def view_article(
    store: Store, index: EvidenceIndex | None, this: NamedNode, page: int
) -> ArticlePage | None:
    """Return a page of an article, None for a thing that is no article."""
    sentences = list_sentences(store, this)
    return ArticleWriter(store, index, this).write_page(sentences, page) if sentences else None


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
        claim.statements = [own for own in claim.statements if own.source == this.value]
    return Background(
        writer.names(this),
        writer.references.look_up(this.value, 0).href,
        list(writer.lines.write_all(claims)),
        writer.references.list_all(),
        total,
        max(0, total - MOST_STATED),
    )


def claim_rank(graph: str, claim: Claim) -> Natural:
    """Return the sort key of a claim of a graph: the order of its records."""
    return natural_key(next(own.name for own in claim.statements if own.source == graph))


def list_sentences(store: Store, this: NamedNode) -> dict[NamedNode, int]:
    """Return the sentences of an article in order, each with its position, from 0.

    A sentence that is excluded leaves the positions of the others unchanged.
    """
    stated: dict[NamedNode, list[RdfTerm | None]] = defaultdict(list)
    for row in run_select(store, SENTENCES, {"article": this}):
        if isinstance(row["sentence"], NamedNode):
            stated[row["sentence"]].append(row["position"])
    ordered = enumerate(sorted(stated, key=lambda node: natural_key(node.value)))
    return {node: find_position(stated[node], number) for number, node in ordered}


def find_position(stated: Iterable[RdfTerm | None], default: int) -> int:
    """Return the least stated position of a sentence in its article, or else the default."""
    texts = (term.value for term in stated if isinstance(term, Literal))
    positions = (read_count(text) for text in texts if len(text) < LONGEST_POSITION)
    return min((number for number in positions if number is not None), default=default)


def select_page(sentences: Mapping[NamedNode, int], page: int) -> list[NamedNode]:
    """Return the sentences of a page, from 1; a number past the last page is the last page."""
    page = min(max(page, 1), count_pages(sentences))
    return [
        sentence for sentence, place in sentences.items() if place // SENTENCES_A_PAGE == page - 1
    ]


def count_pages(sentences: Mapping[NamedNode, int]) -> int:
    """Return the number of pages of an article."""
    return max(sentences.values()) // SENTENCES_A_PAGE + 1


def find_article(store: Store, sentence: NamedNode) -> NamedNode | None:
    """Return the article of a sentence, None for a thing that is no sentence."""
    if not any(store.quads_for_pattern(sentence, RDF.TYPE, CPEC.SENTENCE, EVIDENCE)):
        return None
    quads = store.quads_for_pattern(sentence, OA.HAS_SOURCE, None, EVIDENCE)
    return next((q.object for q in quads if isinstance(q.object, NamedNode)), None)


class ArticleWriter:
    """Writes the pages of one article; `first` is the number of its first source."""

    def __init__(
        self, store: Store, index: EvidenceIndex | None, this: NamedNode, first: int = 0
    ) -> None:
        self.store, self.this = store, this
        self.schema, self.references = Schema(store), References(store, first)
        self.names, self.lines = self.references.names, Lines(self.references)
        self.claims = Claims(self.references.evidence.records, index, self.schema)

    def write_page(self, sentences: Mapping[NamedNode, int], page: int) -> ArticlePage:
        """Return one page of the article."""
        references, this = self.references, self.this
        for node, place in sentences.items():
            references.add(node.value, place)
        pages = count_pages(sentences)
        page = min(max(page, 1), pages)
        dependents = self.find_dependents()
        stating = self.read_claims(select_page(sentences, page))
        written = [
            self.write_sentence(node, claims, dependents[node.value]) for node, claims in stating
        ]
        marks = Counter(mark for sentence in written for mark in sentence.marks)
        own = references.evidence.describe(this)
        date, publisher = own.first(DCTERMS.DATE.value) or "", own.first(DCTERMS.PUBLISHER.value)
        return ArticlePage(
            self.names(this),
            write_time(date),
            date,
            self.names.find(publisher) if publisher else None,
            list(map(self.names, own.get(DCTERMS.CREATOR.value, ()))),
            web_address(own.first(DCTERMS.SOURCE.value) or ""),
            {modality: marks[modality] for modality in GROUPS if marks[modality]},
            dict(Counter(sentence.by for sentence in written if sentence.by)),
            written,
            references.list_all(),
            page,
            pages,
            (page - 1) * SENTENCES_A_PAGE + 1,
            min(page * SENTENCES_A_PAGE, max(sentences.values()) + 1),
            len(sentences),
            own.first(CPEC.QUOTED_BY.value) == OA.RANGE_SELECTOR.value,
            own.first(CPEC.CHARACTERS_READ.value) or "",
            self.list_copies(own),
        )

    def list_copies(self, article: Description) -> list[ArchivedCopy]:
        """Return the archived copies of an article by day."""
        copies = []
        for copy in article.get(SCHEMA.ARCHIVED_AT.value, ()):
            own = self.references.evidence.describe(copy)
            is_same = own.first(SCHEMA.SHA256.value) == article.first(SCHEMA.SHA256.value)
            copies.append((own.first(SCHEMA.DATE_CREATED.value) or "", read_text(copy), is_same))
        return [
            ArchivedCopy(web_address(copy), write_time(day), is_same)
            for day, copy, is_same in sorted(copies)
        ]

    def write_sentence(
        self, node: NamedNode, claims: list[Claim], dependents: list[Claim]
    ) -> AnnotatedSentence:
        """Return a sentence with its statements."""
        for claim in claims:
            claim.statements = [own for own in claim.statements if own.source == node.value]
            modality = claim.statements[0].modality
            claim.modality = modality or self.schema.default_modality(claim.triple.predicate)
        source = self.references(node.value)
        lines = list(self.lines.write_all(claims))
        own = self.references.evidence.describe(node)
        return AnnotatedSentence(
            source.place or clean_text(node.value.rpartition("/")[2]),
            own.first(SCHEMA.POSITION.value) or "",
            node.value,
            node.value.rpartition("/")[2],
            source.path,
            *self.references.find_extent(node.value),
            own.first(SCHEMA.SHA256.value) or "",
            source.by,
            [clean_text(read_text(reading)) for reading in own.get(CPEC.READING.value, ())],
            source.quotes,
            source.href,
            [claim.modality.removeprefix(CPEC) for claim in claims],
            lines,
            list(self.lines.write_all(dependents)),
            [
                *map(
                    self.lines.write_statement,
                    list_unasserted_of_source(self.references.evidence, node),
                )
            ],
            max(0, len(self.list_stated(node)) - MOST_STATED),
        )

    def read_claims(
        self, sentences: Iterable[NamedNode]
    ) -> Iterator[tuple[NamedNode, list[Claim]]]:
        """Yield each sentence with its statements, in the order of its records."""
        for sentence in sentences:
            stated = self.list_stated(sentence)[:MOST_STATED]
            triples_by_claim: Equivalents = {triple: [triple] for triple in stated}
            claims = self.claims.make_claims(self.schema.drop_wider(triples_by_claim))
            yield sentence, sorted(claims, key=partial(claim_rank, sentence.value))

    def list_stated(self, sentence: NamedNode) -> list[Triple]:
        """Return the triples that a sentence states."""
        quads = self.store.quads_for_pattern(None, None, None, sentence)
        return sorted((quad.triple for quad in quads), key=str)

    def find_dependents(self) -> dict[str, list[Claim]]:
        """Return the inferences that need a sentence for every proof, by sentence."""
        dependents: dict[str, list[Claim]] = defaultdict(list)
        for claim in self.claims.make_claims(self.list_inferences()):
            for graph in set.intersection(*map(set, claim.graphs)) if claim.graphs else ():
                dependents[graph].append(claim)
        return dependents

    def list_inferences(self) -> Equivalents:
        """Return the inferred triples of our properties, none if there are too many."""
        quads = self.store.quads_for_pattern(None, None, None, NamedNode(INFERRED_GRAPH))
        own = [
            quad.triple
            for quad in islice(quads, 20 * MOST_INFERRED)
            if quad.predicate.value.startswith(CPEC)
        ]
        if len(own) > MOST_INFERRED:
            return {}
        return self.schema.drop_wider(self.drop_inverses(sorted(own, key=str)))

    def drop_inverses(self, triples: Iterable[Triple]) -> Equivalents:
        """Return the triples, of a triple and its inverse only the first."""
        kept: Equivalents = {}
        for triple in triples:
            inverse = self.schema.invert(triple)
            if inverse not in kept and not (inverse and self.claims.find_sources(inverse)):
                kept[triple] = [triple]
        return kept
