"""The exports: the whole graph, or one of its graphs, as a file in each of the formats."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pyoxigraph import Quad, RdfFormat, serialize

from graph.dataset import graph_of
from graph.errors import UnknownNameError, UnwritableError
from graph.evaluation import used_prefixes
from graph.fidelity import graph_xml, require_terms
from graph.format import GraphFormat
from graph.publishing.jsonld import write_jsonld
from graph.publishing.reification import reifications
from graph.snapshot import n_quads
from ontology.namespace import ONTOLOGY_GRAPH, RDF_TYPE, shorten
from ontology.vocabulary import Vocabulary

DATASET_FORMATS: Final = frozenset({RdfFormat.TRIG, RdfFormat.N_QUADS, RdfFormat.JSON_LD})
"""The formats that keep the named graphs; the others say their union."""

EVIDENCE_FORMATS: Final = frozenset({RdfFormat.TURTLE, RdfFormat.N_TRIPLES})
"""The formats that can say a triple term of RDF 1.2."""


def export(
    quads: Iterable[Quad], form: GraphFormat, graph: str | None = None, *, evidence: bool = False
) -> bytes:
    """Return the quads of a snapshot as a file; with `graph`, those of that graph alone.

    With `evidence`, each statement of a source has a name, with its quote (`reifications`).
    Raises UnknownNameError where there is no such graph, and UnwritableError.
    """
    everything = list(quads)
    chosen = [quad for quad in everything if graph in {None, graph_of(quad)}]
    if graph and not chosen:
        raise UnknownNameError(f"no graph is called {shorten(graph)}")
    if evidence and form.writer not in EVIDENCE_FORMATS:
        raise UnwritableError(f"{form.name} has no triple terms: evidence is for ttl and nt")
    if form.writer == RdfFormat.JSON_LD:
        vocabulary = Vocabulary.of(one for one in everything if graph_of(one) == ONTOLOGY_GRAPH)
        return write_jsonld(chosen, vocabulary)
    if form.writer in DATASET_FORMATS:
        return write(chosen, form.writer)
    told = reifications(chosen, everything) if evidence else ()
    return write(dict.fromkeys([*union(chosen), *told]), form.writer)


def union(quads: Iterable[Quad]) -> list[Quad]:
    """Return the triples of the quads, each once."""
    return list(dict.fromkeys(Quad(one.subject, one.predicate, one.object) for one in quads))


def write(quads: Iterable[Quad], writer: RdfFormat) -> bytes:
    """Return the quads written in an order that depends on nothing else; raises UnwritableError."""
    if writer in {RdfFormat.N_TRIPLES, RdfFormat.N_QUADS}:
        return n_quads(quads)
    ordered = sorted(quads, key=reading_order)
    require_terms(ordered, writer)
    body = serialize(ordered, format=writer, prefixes=used_prefixes(ordered)) or b""
    return graph_xml(body) if writer == RdfFormat.RDF_XML else body


def reading_order(quad: Quad) -> tuple[str, str, bool, str, str]:
    """Return the key under which a quad is sorted: the types of a subject come first."""
    predicate = quad.predicate.value
    return (
        graph_of(quad),
        str(quad.subject),
        predicate != RDF_TYPE,
        predicate,
        str(quad.object),
    )
