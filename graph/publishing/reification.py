"""The reifications of RDF 1.2: for each statement a name, by which its quote can be told.

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
"""The properties of a record that are told of the name; the triple itself it reifies."""


def reify_statements(stated: Iterable[Quad], everything: Iterable[Quad]) -> Iterator[Quad]:
    """Yield for each statement of a source the name that reifies its triple.

    That is its record in `graph:evidence`, with quote, modality and attribution; where it has none,
    as in a graph that was written over HTTP, the source itself.
    """
    evidence = Evidence(everything)
    for quad in stated:
        source = graph_of(quad)
        if is_source_graph(source):
            record = evidence.recorded.get((source, *quad.triple), "")
            yield Quad(NamedNode(record or source), RDF.REIFIES, quad.triple)
            yield from describe_record(record, evidence) if record else ()


def describe_record(record: str, evidence: Evidence) -> Iterator[Quad]:
    """Yield what is said of a record, its quotes beside it."""
    name = NamedNode(record)
    yield Quad(name, RDF.TYPE, RDF.STATEMENT)
    for said in RECORD_PROPERTIES:
        for value in evidence.values.get((record, said.value), ()):
            yield Quad(name, said, cast("NamedNode | Literal", value))
    for quote in evidence.quotes(record):
        yield Quad(name, OA.EXACT, Literal(quote))
