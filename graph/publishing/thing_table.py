"""The table of one thing: the rows of the table of statements that it is a part of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store, Triple

from graph.dataset import graph_of
from graph.publishing.label import PROPERTIES, Labels
from graph.publishing.plain_export import first_proof
from graph.publishing.record import is_source
from graph.publishing.statement_table import inferences, statement_rows, statement_table
from graph.reasoning.kernel import Kernel
from ontology.namespace import EVIDENCE_GRAPH, ONTOLOGY_GRAPH
from ontology.terms import CPEC, OA

EVIDENCE: Final = NamedNode(EVIDENCE_GRAPH)


def thing_table(store: Store, kernel: Kernel | None, this: NamedNode) -> bytes:
    """Return the statements with a thing as subject or object, as CSV.

    Without the kernel, what was inferred has no sentences beside it.
    """
    about = list(dict.fromkeys(statements_with(store, this)))
    premises = first_proof(kernel) if kernel else lambda _: ()
    proofs = {triple: list(premises(triple)) for triple in inferences(about)}
    resting = [
        Quad(triple.subject, triple.predicate, triple.object, NamedNode(graph))
        for graph, triple in chain(*proofs.values())
    ]
    sources = {graph_of(quad) for quad in (*about, *resting) if is_source(graph_of(quad))}
    evidence = chain.from_iterable(evidence_of(store, NamedNode(name)) for name in sorted(sources))
    quads = dict.fromkeys((*about, *resting, *evidence, *modalities(store)))
    rows = [row for row in statement_rows(quads, proofs.__getitem__) if has(row.triple, this)]
    return statement_table(rows, Labels.of(labels(store, (row.triple for row in rows))))


def has(triple: Triple, this: NamedNode) -> bool:
    """Return whether a thing is the subject or the object of a triple."""
    return this in (triple.subject, triple.object)


def statements_with(store: Store, this: NamedNode) -> Iterator[Quad]:
    """Yield the quads of named graphs that have a thing as subject or object."""
    for quad in chain(
        store.quads_for_pattern(this, None, None), store.quads_for_pattern(None, None, this)
    ):
        if not isinstance(quad.graph_name, DefaultGraph):
            yield quad


def evidence_of(store: Store, source: NamedNode) -> Iterator[Quad]:
    """Yield what `graph:evidence` says of a source, its records, and the selectors of both."""
    records = store.quads_for_pattern(None, OA.HAS_SOURCE, source, EVIDENCE)
    for subject in (source, *(quad.subject for quad in records)):
        for quad in store.quads_for_pattern(subject, None, None, EVIDENCE):
            yield quad
            if quad.predicate == OA.HAS_SELECTOR and isinstance(quad.object, NamedNode):
                yield from store.quads_for_pattern(quad.object, None, None, EVIDENCE)


def modalities(store: Store) -> Iterator[Quad]:
    """Yield how each property is meant."""
    modality, graph = CPEC.MODALITY, NamedNode(ONTOLOGY_GRAPH)
    return store.quads_for_pattern(None, modality, None, graph)


def labels(store: Store, triples: Iterable[Triple]) -> Iterator[Quad]:
    """Yield the labels of the names in some triples."""
    names = {node for triple in triples for node in triple if isinstance(node, NamedNode)}
    for name in names:
        for predicate in PROPERTIES:
            yield from store.quads_for_pattern(name, NamedNode(predicate), None)
