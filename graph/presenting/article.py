"""A page of an article: its sentences in order, and what each of them states."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import Final

from pyoxigraph import Literal, NamedNode, Store, Triple

from graph.citing.index import EvidenceIndex
from graph.curating.reference import spoken_date
from graph.explaining.named import DisplayName, Names, shown
from graph.explaining.phrase import GROUPS
from graph.explaining.unasserted import list_unasserted_of_source
from graph.presenting.claim import Claim, Claims, Equivalents, Schema
from graph.presenting.line import Line, Lines, UnassertedLine
from graph.presenting.reference import EVIDENCE, Reference, References, name_place, web_address
from graph.publishing.reading_order import Natural, natural_key
from ontology.namespace import INFERRED_GRAPH
from ontology.terms import CPEC, DCTERMS, OA, RDF, SCHEMA

SENTENCES_A_PAGE: Final = 20
"""The sentences of an article on one page."""

LONGEST_POSITION: Final = 7
"""The digits from which on a position is not read: no article is so long."""

MOST_STATED: Final = 60
"""The statements of one sentence that are told; honest ones have a third of them."""

MOST_INFERRED: Final = 1000
"""The inferences past which a page does not say which of them rest on one sentence."""


@dataclass(slots=True)
class AnnotatedSentence:
    """A sentence with what it states, where it stands, who says so, and its quotes.

    `marks` are the modalities of its statements in their order, and `more` how many there are
    beyond those that are told; `only` is what would not follow without it, and `unasserted` are
    the statements that it does not assert.
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
    unasserted: list[UnassertedLine]
    more: int


@dataclass(slots=True)
class ArticlePage:
    """One of the `pages` of an article: its sentences from `first` to `last`, of a `total`.

    `counts` are the statements on this page by modality, `after` its sentences by who says so.
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


def view_article(
    store: Store, index: EvidenceIndex | None, this: NamedNode, page: int
) -> ArticlePage | None:
    """Return a page of an article; None for a thing that is no article."""
    sentences = list_sentences(store, this)
    return ArticleWriter(store, index, this).write_page(sentences, page) if sentences else None


def claim_rank(graph: str, claim: Claim) -> Natural:
    """Return the key by which claims are sorted that a graph states: its records come in order."""
    return natural_key(next(one.record.name for one in claim.attestations if one.graph == graph))


def list_sentences(store: Store, this: NamedNode) -> dict[NamedNode, int]:
    """Return the sentences of an article in their order, each with its place in it, from 0.

    Where a sentence is struck, the others keep their places.
    """
    found = [
        quad.subject
        for quad in store.quads_for_pattern(None, OA.HAS_SOURCE, this, EVIDENCE)
        if isinstance(quad.subject, NamedNode)
        and any(store.quads_for_pattern(quad.subject, RDF.TYPE, CPEC.SENTENCE, EVIDENCE))
    ]
    ordered = enumerate(sorted(found, key=lambda one: natural_key(one.value)))
    return {one: find_position(store, one, number) for number, one in ordered}


def find_position(store: Store, sentence: NamedNode, default: int) -> int:
    """Return the position that a sentence has in its article, where that is told."""
    quads = store.quads_for_pattern(sentence, SCHEMA.POSITION, None, EVIDENCE)
    texts = (quad.object.value for quad in quads if isinstance(quad.object, Literal))
    return min(
        (int(text) for text in texts if text.isdecimal() and len(text) < LONGEST_POSITION),
        default=default,
    )


def select_page(sentences: Mapping[NamedNode, int], page: int) -> list[NamedNode]:
    """Return the sentences on one page, counted from 1; past the last page those of the last."""
    page = min(max(page, 1), count_pages(sentences))
    return [one for one, place in sentences.items() if place // SENTENCES_A_PAGE == page - 1]


def count_pages(sentences: Mapping[NamedNode, int]) -> int:
    """Return how many pages an article has."""
    return max(sentences.values()) // SENTENCES_A_PAGE + 1


def find_article(store: Store, sentence: NamedNode) -> NamedNode | None:
    """Return the article in which a sentence stands, or None for what is no sentence."""
    if not any(store.quads_for_pattern(sentence, RDF.TYPE, CPEC.SENTENCE, EVIDENCE)):
        return None
    quads = store.quads_for_pattern(sentence, OA.HAS_SOURCE, None, EVIDENCE)
    return next((q.object for q in quads if isinstance(q.object, NamedNode)), None)


class ArticleWriter:
    """Tells one article."""

    def __init__(self, store: Store, index: EvidenceIndex | None, this: NamedNode) -> None:
        self.store, self.this = store, this
        self.names, self.schema = Names(store), Schema(store)
        self.references = References(store, self.names, first=0)
        self.lines = Lines(self.names, self.references)
        self.claims = Claims(store, index.kernel if index else None, self.schema)

    def write_page(self, sentences: Mapping[NamedNode, int], page: int) -> ArticlePage:
        """Return one page of the article."""
        references, this = self.references, self.this
        for one, place in sentences.items():
            references.add(one.value, place)
        pages = count_pages(sentences)
        page = min(max(page, 1), pages)
        resting = self.find_dependents()
        stating = self.read_claims(select_page(sentences, page))
        found = [self.write_sentence(one, claims, resting[one.value]) for one, claims in stating]
        marks = Counter(mark for one in found for mark in one.marks)
        date, publisher = (
            references.find_text(this, DCTERMS.DATE),
            references.find_value(this, DCTERMS.PUBLISHER),
        )
        authors = self.store.quads_for_pattern(this, DCTERMS.CREATOR, None, EVIDENCE)
        return ArticlePage(
            self.names(this),
            spoken_date(date),
            date,
            self.names(publisher) if publisher else None,
            [self.names(quad.object) for quad in authors],
            web_address(references.find_text(this, DCTERMS.SOURCE)),
            {modality: marks[modality] for modality in GROUPS if marks[modality]},
            dict(Counter(one.by for one in found if one.by)),
            found,
            references.list_all(),
            page,
            pages,
            (page - 1) * SENTENCES_A_PAGE + 1,
            min(page * SENTENCES_A_PAGE, max(sentences.values()) + 1),
            len(sentences),
        )

    def write_sentence(
        self, node: NamedNode, claims: list[Claim], resting: list[Claim]
    ) -> AnnotatedSentence:
        """Return a sentence with what it states."""
        for claim in claims:
            claim.attestations = [one for one in claim.attestations if one.graph == node.value]
            meant = claim.attestations[0].record.modality
            claim.modality = meant or self.schema.default_modality(claim.triple.predicate)
        source = self.references(node.value)
        lines = self.lines.write_all(claims)
        position = self.references.find_text(node, SCHEMA.POSITION)
        readings = self.store.quads_for_pattern(node, CPEC.READING, None, EVIDENCE)
        return AnnotatedSentence(
            name_place(position) or shown(node.value.rpartition("/")[2]),
            position,
            node.value,
            node.value.rpartition("/")[2],
            source.path,
            *self.references.find_extent(node),
            self.references.find_text(node, SCHEMA.SHA256),
            source.by,
            [shown(str(quad.object.value)) for quad in readings if hasattr(quad.object, "value")],
            source.quotes,
            source.href,
            [claim.modality.removeprefix(CPEC) for claim in claims],
            lines,
            self.lines.write_all(resting),
            self.lines.write_unasserted(list_unasserted_of_source(self.store, node)),
            max(0, len(self.list_stated(node)) - MOST_STATED),
        )

    def read_claims(
        self, sentences: Iterable[NamedNode]
    ) -> Iterator[tuple[NamedNode, list[Claim]]]:
        """Yield sentences, each with what it states, in the order of its records."""
        stated = {one: self.list_stated(one)[:MOST_STATED] for one in sentences}
        self.claims.read_records(chain.from_iterable(stated.values()))
        for sentence, triples in stated.items():
            said: Equivalents = {triple: [triple] for triple in triples}
            claims = self.claims.make_claims(self.schema.drop_wider(said))
            yield sentence, sorted(claims, key=partial(claim_rank, sentence.value))

    def list_stated(self, sentence: NamedNode) -> list[Triple]:
        """Return the triples that a sentence states."""
        quads = self.store.quads_for_pattern(None, None, None, sentence)
        return sorted((quad.triple for quad in quads), key=str)

    def find_dependents(self) -> dict[str, list[Claim]]:
        """Return by sentence the inferences of which each proof needs it."""
        found: dict[str, list[Claim]] = defaultdict(list)
        for claim in self.claims.make_claims(self.list_inferences()):
            for graph in set.intersection(*map(set, claim.graphs)) if claim.graphs else ():
                found[graph].append(claim)
        return found

    def list_inferences(self) -> Equivalents:
        """Return the inferred triples of our own properties; none where there are too many."""
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
        """Return each triple without those that say the same of the other end."""
        found: Equivalents = {}
        for triple in triples:
            turned = self.schema.invert(triple)
            if turned not in found and not (turned and self.claims.find_sources(turned)):
                found[triple] = [triple]
        return found
