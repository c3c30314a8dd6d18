"""A dataset: the named graphs, and their set union as the default graph; its lines in one order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    NamedNode,
    Quad,
    RdfFormat,
    Store,
    Triple,
    serialize,
)

from graph.sparql.prologue import DatasetClause
from ontology.namespace import (
    BACKGROUND,
    EDITORIAL_GRAPH,
    EVIDENCE_GRAPH,
    GRAPH,
    ID,
    ONTOLOGY_GRAPH,
)
from ontology.terms import CPEC, OA, RDF

RECORD_TERMS: Final = {
    RDF.STATEMENT: (RDF.SUBJECT, RDF.PREDICATE, RDF.OBJECT),
    CPEC.UNASSERTED_STATEMENT: (CPEC.SAID_SUBJECT, CPEC.SAID_PREDICATE, CPEC.SAID_OBJECT),
}
"""The classes of records (graph/curating/annotation.py), each with the properties of its triple."""

RECORD_CLASSES: Final = tuple(RECORD_TERMS)

QUOTING: Final = {
    OA.EXACT: OA.TEXT_QUOTE_SELECTOR,
    CPEC.ANCHOR: OA.RANGE_SELECTOR,
}
"""The properties of words that a selector repeats, each with the class of the selector."""

RDFLIB_DEFAULT: Final = "urn:x-rdflib:default"
"""The name by which rdflib asks an endpoint for the default graph."""

UNNAMED_GRAPH: Final = NamedNode(GRAPH + "default")
"""The graph of the triples that name no graph, where the default graph is the union."""

MAX_MISSING_GRAPHS: Final = 50
MAX_GRAPH_NAME_CHARACTERS: Final = 2000
"""The missing graphs that an answer names, and the characters of such a name."""

WHOLE: Final = DatasetClause((RDFLIB_DEFAULT,), ())
"""The dataset of the default graph alone, which equals a query without a dataset clause."""

FIXED: Final = frozenset({ONTOLOGY_GRAPH, EDITORIAL_GRAPH, EVIDENCE_GRAPH})


def with_union(quads: Iterable[Quad]) -> Iterator[Quad]:
    """Return each quad, and its triple in the default graph.

    The union is stored, since pyoxigraph's own is a bag: a triple in three graphs counts three
    times (https://github.com/oxigraph/oxigraph/issues/1919).
    """
    for quad in quads:
        yield quad
        yield Quad(quad.subject, quad.predicate, quad.object)


def move_to_named(quad: Quad) -> Quad:
    """Return a quad of the default graph in UNNAMED_GRAPH, and any other as it is."""
    if isinstance(quad.graph_name, DefaultGraph):
        return Quad(quad.subject, quad.predicate, quad.object, UNNAMED_GRAPH)
    return quad


def graph_called(name: str) -> NamedNode | DefaultGraph:
    """Return the graph of that name."""
    return DefaultGraph() if name == RDFLIB_DEFAULT else NamedNode(name)


def missing_graphs(store: Store, dataset: DatasetClause) -> tuple[str, ...]:
    """Return the graphs of a dataset clause that the store lacks, at most MAX_MISSING_GRAPHS.

    Longer names are cut to MAX_GRAPH_NAME_CHARACTERS.
    """
    named = [name for name in dataset.default if name != RDFLIB_DEFAULT] + [*dataset.named]
    missing = (
        name for name in dict.fromkeys(named) if not store.contains_named_graph(NamedNode(name))
    )
    return tuple(name[:MAX_GRAPH_NAME_CHARACTERS] for name in islice(missing, MAX_MISSING_GRAPHS))


def graph_of(quad: Quad) -> str:
    """Return the IRI of the graph of a quad, "" for the default graph."""
    return "" if isinstance(quad.graph_name, DefaultGraph) else quad.graph_name.value


def memory_store(quads: Iterable[Quad]) -> Store:
    """Return a store in memory that holds the quads and their union."""
    store = Store()
    store.extend(with_union(quads))
    return store


def takes_part(graph: str) -> bool:
    """Return whether a stated graph takes part in the closure (docs/data-model.md)."""
    return graph in FIXED or graph.startswith((ID, BACKGROUND))


def is_source_graph(graph: str) -> bool:
    """Return whether a named graph is a source: a sentence, background, or a graph of a client."""
    return graph.startswith(BACKGROUND) or bool(graph and not graph.startswith(GRAPH))


def closure_premises(stated: Iterable[Quad]) -> list[Quad]:
    """Return the quads that take part in the closure.

    The records of statements in `graph:evidence` do not: nothing follows from them.
    """
    quads = [quad for quad in stated if takes_part(graph_of(quad))]
    records = {
        quad.subject
        for quad in quads
        if quad.predicate == RDF.TYPE
        and quad.object in RECORD_CLASSES
        and graph_of(quad) == EVIDENCE_GRAPH
    }
    return [
        quad for quad in quads if quad.subject not in records or graph_of(quad) != EVIDENCE_GRAPH
    ]


def canonicalise(quads: Iterable[Quad]) -> list[Quad]:
    """Return the quads, each once, with the canonical names of RDFC-1.0 for blank nodes.

    Only quads with blank nodes are canonicalised; nearly all others need no change.
    https://www.w3.org/TR/rdf-canon/
    """
    ground: list[Quad] = []
    with_blank_nodes = Dataset()
    for quad in dict.fromkeys(quads):
        may_have_one = (  # a triple term may
            isinstance(quad.subject, BlankNode)
            or isinstance(quad.object, BlankNode | Triple)
            or isinstance(quad.graph_name, BlankNode)
        )
        if may_have_one:
            with_blank_nodes.add(quad)
        else:
            ground.append(quad)
    with_blank_nodes.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return [*ground, *with_blank_nodes]


def sort_n_quads(quads: Iterable[Quad]) -> bytes:
    """Return the quads as N-Quads, with sorted lines."""
    return b"".join(sort_lines(quads))


def sort_lines(quads: Iterable[Quad]) -> list[bytes]:
    """Return the lines of the quads in N-Quads, sorted."""
    lines = (serialize(quads, format=RdfFormat.N_QUADS) or b"").splitlines(keepends=True)
    lines.sort()
    return lines
