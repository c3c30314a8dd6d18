"""The titles that we give to sentences: INP-WealthPk, 29 April 2026, sentence 8."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from pyoxigraph import Literal, NamedNode, Quad, Store

from graph.wording.source import Bibliography
from ontology.namespace import EVIDENCE
from ontology.terms import CPEC, DCTERMS, OA, RDF, SCHEMA


def make_titles(store: Store, things: Collection[NamedNode] | None = None) -> list[Quad]:
    """Return the titles of all sentences, or of some sentences and the sentences of some articles.

    A sentence with another title gets one too; a sentence without article or position gets none.
    """
    sentences = find_sentences(store, things) if things is not None else list_sentences(store)
    evidence = Bibliography(store)
    titles = {
        sentence: evidence.write_reference(sentence.value)
        for sentence in sorted(sentences, key=str)
        if {OA.HAS_SOURCE.value, SCHEMA.POSITION.value} <= evidence.describe(sentence).keys()
    }
    return [
        Quad(sentence, DCTERMS.TITLE, Literal(title, language="en"), EVIDENCE)
        for sentence, title in titles.items()
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
