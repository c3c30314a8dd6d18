"""The titles of sentences, our own word: INP-WealthPk, 29 April 2026, sentence 8."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import product
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, Store

from graph.curating.reference import reference
from ontology.namespace import EDITORIAL_GRAPH, EVIDENCE_GRAPH
from ontology.terms import CPEC, DCTERMS, OA, RDF, RDFS, SCHEMA

EVIDENCE: Final = NamedNode(EVIDENCE_GRAPH)
EDITORIAL: Final = NamedNode(EDITORIAL_GRAPH)


def titles(store: Store, of: Collection[NamedNode] | None = None) -> list[Quad]:
    """Return the titles of sentences as evidence: of all, or of these and those of these articles.

    What has a title of its own is not left out.
    """
    sentences = sentences_of(store, of) if of is not None else all_sentences(store)
    return [
        Quad(sentence, DCTERMS.TITLE, Literal(reference(*min(placed)), language="en"), EVIDENCE)
        for sentence in sorted(sentences, key=str)
        if (placed := list(places(store, sentence)))
    ]


def untitled(store: Store, found: Iterable[Quad]) -> list[Quad]:
    """Return those titles of which the sentence has no other in the store."""
    return [
        quad
        for quad in found
        if next(store.quads_for_pattern(quad.subject, DCTERMS.TITLE, None, EVIDENCE), quad) == quad
    ]


def all_sentences(store: Store) -> set[NamedNode]:
    """Return the sentences that the evidence tells of."""
    typed = store.quads_for_pattern(None, RDF.TYPE, CPEC.SENTENCE, EVIDENCE)
    return {quad.subject for quad in typed if isinstance(quad.subject, NamedNode)}


def sentences_of(store: Store, things: Collection[NamedNode]) -> set[NamedNode]:
    """Return the sentences among things, and those of which one of them is the source."""
    named = set(things)
    for thing in things:
        sourced = store.quads_for_pattern(None, OA.HAS_SOURCE, thing, EVIDENCE)
        named |= {quad.subject for quad in sourced if isinstance(quad.subject, NamedNode)}
    return {one for one in named if Quad(one, RDF.TYPE, CPEC.SENTENCE, EVIDENCE) in store}


def places(store: Store, sentence: NamedNode) -> Iterator[tuple[str, str, str]]:
    """Yield where a sentence is found: the name of its source, the date and the position."""
    for article in objects(store, sentence, OA.HAS_SOURCE):
        if not isinstance(article, NamedNode):
            continue
        names = {
            label.value
            for publisher in objects(store, article, DCTERMS.PUBLISHER)
            if isinstance(publisher, NamedNode)
            for label in objects(store, publisher, RDFS.LABEL, EDITORIAL)
            if isinstance(label, Literal) and label.language == "en"
        }
        names = names or {one.value for one in objects(store, article, DCTERMS.TITLE)} or {""}
        dates = {one.value for one in objects(store, article, DCTERMS.DATE)} or {""}
        positions = {one.value for one in objects(store, sentence, SCHEMA.POSITION)}
        yield from product(names, dates, positions)


def objects(
    store: Store, subject: NamedNode, predicate: NamedNode, graph: NamedNode = EVIDENCE
) -> Iterator[NamedNode | Literal]:
    """Yield the values of a property in a graph that are names or literals."""
    for quad in store.quads_for_pattern(subject, predicate, None, graph):
        if isinstance(quad.object, NamedNode | Literal):
            yield quad.object
