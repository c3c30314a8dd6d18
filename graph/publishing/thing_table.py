"""The table of one thing: the statements with the thing as subject or object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store, Triple

from graph.dataset import graph_of
from graph.publishing.plain_export import find_premises_with
from graph.publishing.sourced_statement import is_source_graph
from graph.publishing.statement_table import build_rows, list_inferred, write_statement_table
from graph.reasoning.kernel import Kernel
from graph.wording.label import LABEL_PROPERTIES, Labels
from ontology.namespace import EVIDENCE, ONTOLOGY_GRAPH
from ontology.terms import CPEC, OA


def write_thing_table(store: Store, kernel: Kernel | None, this: NamedNode) -> bytes:
    """Return the statements with a thing as subject or object, as CSV.

    Without a kernel, the row of an inferred triple has no sentences.
    """
    about = list(dict.fromkeys(find_statements(store, this)))
    premises = find_premises_with(kernel) if kernel else lambda _: ()
    proofs = {triple: list(premises(triple)) for triple in list_inferred(about)}
    leaves = [
        Quad(triple.subject, triple.predicate, triple.object, NamedNode(graph))
        for graph, triple in chain(*proofs.values())
    ]
    sources = {graph_of(quad) for quad in (*about, *leaves) if is_source_graph(graph_of(quad))}
    evidence = chain.from_iterable(
        find_evidence(store, NamedNode(name)) for name in sorted(sources)
    )
    quads = dict.fromkeys((*about, *leaves, *evidence, *find_modalities(store)))
    rows = [row for row in build_rows(quads, proofs.__getitem__) if involves(row.triple, this)]
    return write_statement_table(
        rows, Labels.from_quads(find_labels(store, (row.triple for row in rows)))
    )


def involves(triple: Triple, this: NamedNode) -> bool:
    """Return whether a thing is the subject or the object of a triple."""
    return this in (triple.subject, triple.object)


def find_statements(store: Store, this: NamedNode) -> Iterator[Quad]:
    """Yield the quads of named graphs that have a thing as subject or object."""
    for quad in chain(
        store.quads_for_pattern(this, None, None), store.quads_for_pattern(None, None, this)
    ):
        if not isinstance(quad.graph_name, DefaultGraph):
            yield quad


def find_evidence(store: Store, source: NamedNode) -> Iterator[Quad]:
    """Yield the evidence about a source, its article, its records, and the selectors of these."""
    records = store.quads_for_pattern(None, OA.HAS_SOURCE, source, EVIDENCE)
    articles = store.quads_for_pattern(source, OA.HAS_SOURCE, None, EVIDENCE)
    named = [quad.object for quad in articles if isinstance(quad.object, NamedNode)]
    for subject in (source, *named, *(quad.subject for quad in records)):
        for quad in store.quads_for_pattern(subject, None, None, EVIDENCE):
            yield quad
            if quad.predicate == OA.HAS_SELECTOR and isinstance(quad.object, NamedNode):
                yield from store.quads_for_pattern(quad.object, None, None, EVIDENCE)


def find_modalities(store: Store) -> Iterator[Quad]:
    """Return the modality of each property."""
    return store.quads_for_pattern(None, CPEC.MODALITY, None, NamedNode(ONTOLOGY_GRAPH))


def find_labels(store: Store, triples: Iterable[Triple]) -> Iterator[Quad]:
    """Yield the labels of the terms of the triples."""
    names = {node for triple in triples for node in triple if isinstance(node, NamedNode)}
    for name in names:
        for predicate in LABEL_PROPERTIES:
            yield from store.quads_for_pattern(name, NamedNode(predicate), None)
