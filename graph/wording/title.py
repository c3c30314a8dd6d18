"""The titles that we give to sentences: INP-WealthPk, 29 April 2026, sentence 8."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import product

from pyoxigraph import Literal, NamedNode, Quad, Store

from graph.wording.reference import write_reference
from ontology.namespace import EDITORIAL, EVIDENCE
from ontology.terms import CPEC, DCTERMS, OA, RDF, RDFS, SCHEMA


def make_titles(store: Store, things: Collection[NamedNode] | None = None) -> list[Quad]:
    """Return the titles of all sentences, or of some sentences and the sentences of some articles.

    A sentence with another title gets one too.
    """
    sentences = find_sentences(store, things) if things is not None else list_sentences(store)
    return [
        Quad(
            sentence, DCTERMS.TITLE, Literal(write_reference(*min(placed)), language="en"), EVIDENCE
        )
        for sentence in sorted(sentences, key=str)
        if (placed := list(list_places(store, sentence)))
    ]


def drop_titled(store: Store, titles: Iterable[Quad]) -> list[Quad]:
    """Return the titles of sentences without another title in the store."""
    return [
        quad
        for quad in titles
        if next(store.quads_for_pattern(quad.subject, DCTERMS.TITLE, None, EVIDENCE), quad) == quad
    ]


def list_sentences(store: Store) -> set[NamedNode]:
    """Return the sentences of the evidence."""
    typed = store.quads_for_pattern(None, RDF.TYPE, CPEC.SENTENCE, EVIDENCE)
    return {quad.subject for quad in typed if isinstance(quad.subject, NamedNode)}


def find_sentences(store: Store, things: Collection[NamedNode]) -> set[NamedNode]:
    """Return the sentences among things, and the sentences of the articles among them."""
    candidates = set(things)
    for thing in things:
        sourced = store.quads_for_pattern(None, OA.HAS_SOURCE, thing, EVIDENCE)
        candidates |= {quad.subject for quad in sourced if isinstance(quad.subject, NamedNode)}
    return {node for node in candidates if Quad(node, RDF.TYPE, CPEC.SENTENCE, EVIDENCE) in store}


def list_places(store: Store, sentence: NamedNode) -> Iterator[tuple[str, str, str]]:
    """Yield the name and the date of the article of a sentence, and its position."""
    for article in list_objects(store, sentence, OA.HAS_SOURCE):
        if not isinstance(article, NamedNode):
            continue
        names = {
            label.value
            for publisher in list_objects(store, article, DCTERMS.PUBLISHER)
            if isinstance(publisher, NamedNode)
            for label in list_objects(store, publisher, RDFS.LABEL, EDITORIAL)
            if isinstance(label, Literal) and label.language == "en"
        }
        names = (
            names or {title.value for title in list_objects(store, article, DCTERMS.TITLE)} or {""}
        )
        dates = {date.value for date in list_objects(store, article, DCTERMS.DATE)} or {""}
        positions = {place.value for place in list_objects(store, sentence, SCHEMA.POSITION)}
        yield from product(names, dates, positions)


def list_objects(
    store: Store, subject: NamedNode, predicate: NamedNode, graph: NamedNode = EVIDENCE
) -> Iterator[NamedNode | Literal]:
    """Yield the IRIs and literals that a property has in a graph."""
    for quad in store.quads_for_pattern(subject, predicate, None, graph):
        if isinstance(quad.object, NamedNode | Literal):
            yield quad.object
