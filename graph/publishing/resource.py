"""The queries about a resource of the graph, and the readers of their answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, cast

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    parse_query_results,
)

from graph.answering.evaluation import (
    UNBOUNDED,
    Answer,
    Query,
    fill_values,
    own_query,
    read_query,
    write_graph,
)
from graph.answering.format import RESULT_FORMATS, GraphFormat
from graph.publishing.dataset_quad import LICENCE
from graph.publishing.rdf_export import DATASET_FORMATS, merge_graphs, serialize_quads
from graph.publishing.reading_order import ReadingOrder
from ontology.namespace import ID
from ontology.terms import RDF, RdfTerm

JSON: Final = RESULT_FORMATS[0]

MOST_LABELLED_NAMES: Final = 2000
"""The most names whose labels a description looks up."""

KNOWN: Final = read_query(__file__, "known")
# The records of the statements about a thing are left out: they repeat its statements. They belong
# to the document of their sentence, to which the address of a record redirects.
STATEMENTS: Final = read_query(__file__, "statements-about")
CITED: Final = read_query(__file__, "cited-about")
PROVED: Final = """
SELECT DISTINCT ?subject ?predicate ?object {
  { %(this)s ?predicate ?object } UNION
  { ?subject ?predicate %(this)s FILTER (!CONTAINS(STR(?subject), "#")) }
}
"""
"""The triples with a thing as subject or object, without those of records and selectors.

The query names the thing itself and no graph: so all proofs of its rows are found. The rows of
CITED that a sentence states name their graph already.
"""

WHOLE_RECEIPT: Final = own_query(read_query(__file__, "whole-receipt"))
"""The query for the receipt of the graph: every quad without a blank node.

`graph:version` is left out: `cpec publish` writes it to a store, and the snapshot has none.
"""

LABELS: Final = read_query(__file__, "labels")
GRAPHS: Final = "SELECT DISTINCT ?graph { GRAPH ?graph { } } ORDER BY ?graph"
ENTITY: Final = f"""{{
  GRAPH ?graph {{ ?entity a ?class }}
  FILTER (STRSTARTS(STR(?entity), "{ID}") && !CONTAINS(STR(?entity), "#"))
  FILTER NOT EXISTS {{ GRAPH graph:evidence {{ ?entity a cpec:Sentence }} }}
}}"""
"""The pattern of an entity, a thing with a page; the page of an article shows its sentences."""

ENTITY_COUNT: Final = own_query(f"SELECT (COUNT(DISTINCT ?entity) AS ?number) {ENTITY}")
"""The query for the number of entities."""


def query_known(iri: NamedNode) -> Query:
    """Return the query whether the graph has an IRI as subject, object or graph."""
    return own_query(KNOWN, {"this": iri})


def query_statements(iri: NamedNode) -> Query:
    """Return the query for the statements about an IRI and, if it names a graph, those in it."""
    return own_query(STATEMENTS, {"this": iri})


def query_receipt(iri: NamedNode) -> Query:
    """Return the query for the receipt of a thing, or of an article: then its statements too."""
    return own_query(CITED, {"this": iri})


def query_proved_receipt(iri: NamedNode) -> Query:
    """Return the query for the triples of a receipt, whose rows have their proofs."""
    return own_query(PROVED % {"this": iri})


def query_stating_graphs(triple: Iterable[NamedNode | Literal]) -> Query:
    """Return the query for the graphs that state a triple."""
    return own_query(f"SELECT ?source {{ GRAPH ?source {{ {' '.join(map(str, triple))} }} }}")


def query_triple(triple: Iterable[NamedNode | Literal]) -> Query:
    """Return the query whether a triple holds, whose proofs are the supports of the triple."""
    return own_query(f"ASK {{ {' '.join(map(str, triple))} }}")


def query_labels(quads: Iterable[Quad]) -> Query:
    """Return the query for the labels of the subjects and objects of quads, in every language.

    Classes are left out: JSON-LD writes them as terms of the context.
    """
    ends = (quad for quad in quads if quad.predicate != RDF.TYPE)
    nodes = {node for quad in ends for node in (quad.subject, quad.object)}
    names = sorted(str(node) for node in nodes if isinstance(node, NamedNode))
    return own_query(fill_values(LABELS, "subject", names[:MOST_LABELLED_NAMES]))


def query_graphs(most: int) -> Query:
    """Return the query for the names of at most `most` named graphs."""
    return own_query(f"{GRAPHS} LIMIT {most:d}")


def query_entities(first: int, most: int) -> Query:
    """Return the query for the IRIs of `most` entities from position `first`, sorted."""
    order = f"ORDER BY ?entity LIMIT {most:d} OFFSET {first:d}"
    return own_query(f"SELECT DISTINCT ?entity {ENTITY} {order}")


def read_boolean(answer: Answer) -> bool:
    """Return the answer of an ASK query."""
    return bool(cast("QueryBoolean", parse_query_results(answer.body, QueryResultsFormat.JSON)))


def read_rows(answer: Answer) -> list[list[RdfTerm | None]]:
    """Return the rows of a SELECT query."""
    solutions = cast("QuerySolutions", parse_query_results(answer.body, QueryResultsFormat.JSON))
    return [list(solution) for solution in solutions]


def read_columns(answer: Answer) -> list[str]:
    """Return the names of the columns of the answer of a SELECT query."""
    solutions = cast("QuerySolutions", parse_query_results(answer.body, QueryResultsFormat.JSON))
    return [variable.value for variable in solutions.variables]


def read_names(answer: Answer) -> list[str]:
    """Return the IRIs in the first column of the rows."""
    return [row[0].value for row in read_rows(answer) if isinstance(row[0], NamedNode)]


def read_quads(answer: Answer) -> list[Quad]:
    """Return the rows of a query for statements as quads."""
    return [
        Quad(
            cast("NamedNode | BlankNode", subject),
            cast("NamedNode", predicate),
            cast("RdfTerm", value),
            cast("NamedNode", graph),
        )
        for _, graph, subject, predicate, value in read_rows(answer)
    ]


def write_resource(about: Iterable[Quad], form: GraphFormat, this: NamedNode) -> bytes:
    """Return the quads about a thing as a document.

    A format with named graphs has each triple in its default graph too, for clients that read one
    graph from a document. Raises UnwritableError for a term that the format cannot express.
    """
    quads = list(about)
    triples = merge_graphs(quads)
    if form.reader is None:
        return write_graph((quad.triple for quad in triples), form, UNBOUNDED)
    keeps_graphs = form.reader in DATASET_FORMATS
    chosen = list(dict.fromkeys([*triples, *quads])) if keeps_graphs else triples
    head = [f"What cpec-graph says of {this}: {len(triples):,} triples.", f"Licence: {LICENCE}"]
    return serialize_quads(chosen, form.reader, ReadingOrder.from_quads(quads, this.value), head)
