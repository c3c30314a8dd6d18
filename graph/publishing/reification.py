"""The reifiers of RDF 1.2: a name for each statement, with its quote.

https://www.w3.org/TR/rdf12-concepts/#section-triple-terms
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, cast

from pyoxigraph import Literal, NamedNode, Quad

from graph.dataset import graph_of
from graph.publishing.sourced_statement import Evidence, is_source_graph
from ontology.terms import CPEC, OA, RDF

RECORD_PROPERTIES: Final = (
    OA.HAS_SOURCE,
    OA.HAS_SELECTOR,
    CPEC.MODALITY,
    CPEC.ATTRIBUTED_TO,
    CPEC.READING,
)
"""The properties that a record passes on to its reifier."""


def reify_statements(
    stated: Iterable[Quad], dataset: Iterable[Quad], graph: str | None = None
) -> Iterator[Quad]:
    """Yield a reifier for each statement of a source, asserted or not; `graph` selects one source.

    The reifier is the record in `graph:evidence`, with quote, modality and attribution. A statement
    without a record, as in a graph that a client wrote over HTTP, is reified by its source. The
    reifier of a statement that its source does not assert comes without the triple itself.
    """
    evidence = Evidence(dataset)
    for quad in evidence.list_unasserted():
        source = graph_of(quad)
        if graph in {None, source}:
            record = evidence.unasserted[source, *quad.triple]
            yield Quad(NamedNode(record), RDF.REIFIES, quad.triple)
            yield from describe_record(record, evidence, CPEC.UNASSERTED_STATEMENT)
    for quad in stated:
        source = graph_of(quad)
        if is_source_graph(source):
            record = evidence.recorded.get((source, *quad.triple), "")
            yield Quad(NamedNode(record or source), RDF.REIFIES, quad.triple)
            yield from describe_record(record, evidence) if record else ()


def describe_record(
    record: str, evidence: Evidence, kind: NamedNode = RDF.STATEMENT
) -> Iterator[Quad]:
    """Yield the type, the properties and the quotes of a record."""
    name = NamedNode(record)
    yield Quad(name, RDF.TYPE, kind)
    for predicate in RECORD_PROPERTIES:
        for value in evidence.values.get((record, predicate.value), ()):
            yield Quad(name, predicate, cast("NamedNode | Literal", value))
    selected = evidence.read_words(record)
    for fragment in selected.fragments:
        yield Quad(name, OA.EXACT, Literal(fragment.words))
    for anchor in selected.anchors:
        yield Quad(name, CPEC.ANCHOR, Literal(anchor))
