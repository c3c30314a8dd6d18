"""A resource: whether an IRI is known, and every statement that is about it, as quads."""

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
    Triple,
    parse_query_results,
)

from graph.answering.evaluation import UNBOUNDED, Answer, Query, write_graph
from graph.answering.format import RESULT_FORMATS, GraphFormat
from graph.publishing.dataset_quad import LICENCE
from graph.publishing.rdf_export import DATASET_FORMATS, merge_graphs, serialize_quads
from graph.publishing.reading_order import ReadingOrder
from ontology.namespace import ID
from ontology.terms import RDF

JSON: Final = RESULT_FORMATS[0]

MOST_LABELLED_NAMES: Final = 2000
"""The number of names up to which labels are looked up."""

KNOWN: Final = """
ASK {
  { GRAPH ?graph { ?this ?predicate ?object } } UNION
  { GRAPH ?graph { ?subject ?predicate ?this } } UNION
  { GRAPH ?this { ?subject ?predicate ?object } }
}
"""
# A thing is not spoken of by the records of its statements: they tell of the same once more. They
# belong to their sentence, whose document is the one that the address of a record leads to.
STATEMENTS: Final = """
SELECT DISTINCT ?this ?graph ?subject ?predicate ?object {
  { GRAPH ?graph { ?this ?predicate ?object } BIND (?this AS ?subject) } UNION
  { GRAPH ?graph { ?subject ?predicate ?this } BIND (?this AS ?object)
    FILTER NOT EXISTS { GRAPH graph:evidence { ?subject a rdf:Statement } } } UNION
  { GRAPH ?graph { ?this oa:hasSelector ?subject . ?subject ?predicate ?object } } UNION
  { GRAPH graph:evidence { ?subject oa:hasSource ?this ; a rdf:Statement ; ?predicate ?object }
    BIND (graph:evidence AS ?graph) } UNION
  { GRAPH ?this { ?subject ?predicate ?object } BIND (?this AS ?graph) }
} ORDER BY STR(?graph) STR(?subject) STR(?predicate) STR(?object) LANG(?object)
"""
CITED: Final = """
SELECT DISTINCT ?this ?graph ?subject ?predicate ?object {
  { GRAPH ?graph { ?this ?predicate ?object } BIND (?this AS ?subject) } UNION
  { GRAPH ?graph { ?subject ?predicate ?this } BIND (?this AS ?object)
    FILTER NOT EXISTS { GRAPH graph:evidence { ?subject a rdf:Statement } } } UNION
  { GRAPH graph:evidence { ?graph a cpec:Sentence ; oa:hasSource ?this }
    GRAPH ?graph { ?subject ?predicate ?object } }
}
"""
EVERYTHING: Final = """
SELECT ?graph ?subject ?predicate ?object {
  GRAPH ?graph { ?subject ?predicate ?object FILTER (!isBlank(?subject) && !isBlank(?object)) }
  FILTER (?graph != graph:version)
}
"""
LABELS: Final = """
SELECT DISTINCT ?this ?graph ?subject ?predicate ?object {
  VALUES ?subject { %s } VALUES ?predicate { rdfs:label dcterms:title }
  GRAPH ?graph { ?subject ?predicate ?object }
}
"""
GRAPHS: Final = "SELECT DISTINCT ?graph { GRAPH ?graph { } } ORDER BY ?graph"
ENTITY: Final = f"""{{
  GRAPH ?graph {{ ?entity a ?class }}
  FILTER (STRSTARTS(STR(?entity), "{ID}") && !CONTAINS(STR(?entity), "#"))
  FILTER NOT EXISTS {{ GRAPH graph:evidence {{ ?entity a cpec:Sentence }} }}
}}"""
"""The pattern of all that has a page of its own: a sentence stands on that of its article."""

Node = NamedNode | BlankNode | Literal | Triple


def query_known(iri: NamedNode) -> Query:
    """Return the query whether the graph speaks of an IRI."""
    return Query(KNOWN, JSON, None, {"this": iri})


def query_statements(iri: NamedNode) -> Query:
    """Return the query for what is said of an IRI, with it, and where it names a graph, in it."""
    return Query(STATEMENTS, JSON, None, {"this": iri})


def query_receipt(iri: NamedNode) -> Query:
    """Return the query for what the receipt of a thing is of, or of an article: what it states."""
    return Query(CITED, bindings={"this": iri})


def query_whole_receipt() -> Query:
    """Return the query for what the receipt of the graph is of: all that blank nodes are not in.

    What a store of others holds by `cpec publish` names its version beside the graph.
    """
    return Query(EVERYTHING)


def query_stating_graphs(triple: Iterable[NamedNode | Literal]) -> Query:
    """Return the query for the graphs that state a triple."""
    return Query(f"SELECT ?source {{ GRAPH ?source {{ {' '.join(map(str, triple))} }} }}")


def query_labels(said: Iterable[Quad]) -> Query:
    """Return the query for the labels of the names in some statements, in every language.

    Classes are written as words of the context, and need none.
    """
    ends = (quad for quad in said if quad.predicate != RDF.TYPE)
    nodes = {node for quad in ends for node in (quad.subject, quad.object)}
    names = sorted(str(node) for node in nodes if isinstance(node, NamedNode))
    return Query(LABELS % " ".join(names[:MOST_LABELLED_NAMES]), JSON, None)


def query_graphs(most: int) -> Query:
    """Return the query for the names of the named graphs, up to a number of them."""
    return Query(f"{GRAPHS} LIMIT {most:d}", JSON, None)


def query_entities(first: int, most: int) -> Query:
    """Return the query for the names of all that has a page, in order: so many from the first."""
    order = f"ORDER BY ?entity LIMIT {most:d} OFFSET {first:d}"
    return Query(f"SELECT DISTINCT ?entity {ENTITY} {order}", JSON, None)


def query_entity_count() -> Query:
    """Return the query for the number of all that has a page."""
    return Query(f"SELECT (COUNT(DISTINCT ?entity) AS ?number) {ENTITY}", JSON, None)


def read_boolean(answer: Answer) -> bool:
    """Return the answer of an ASK query."""
    return bool(cast("QueryBoolean", parse_query_results(answer.body, QueryResultsFormat.JSON)))


def read_rows(answer: Answer) -> list[list[Node | None]]:
    """Return the rows of a SELECT query."""
    found = cast("QuerySolutions", parse_query_results(answer.body, QueryResultsFormat.JSON))
    return [list(solution) for solution in found]


def read_columns(answer: Answer) -> list[str]:
    """Return the names of the columns of a SELECT query's answer."""
    found = cast("QuerySolutions", parse_query_results(answer.body, QueryResultsFormat.JSON))
    return [variable.value for variable in found.variables]


def read_names(answer: Answer) -> list[str]:
    """Return the IRIs in the first column of the rows."""
    return [row[0].value for row in read_rows(answer) if isinstance(row[0], NamedNode)]


def read_quads(answer: Answer) -> list[Quad]:
    """Return the rows of a query for statements as quads."""
    return [
        Quad(
            cast("NamedNode | BlankNode", subject),
            cast("NamedNode", predicate),
            cast("Node", value),
            cast("NamedNode", graph),
        )
        for _, graph, subject, predicate, value in read_rows(answer)
    ]


def write_resource(said: Iterable[Quad], form: GraphFormat, this: NamedNode) -> bytes:
    """Return what is said of a thing written in a format, with the graphs where it has them.

    They stand in the default graph too, where those look for them who take a document for a graph.
    Raises UnwritableError where the format cannot say them.
    """
    found = list(said)
    triples = merge_graphs(found)
    if form.reader is None:
        return write_graph((quad.triple for quad in triples), form, UNBOUNDED)
    keeps_graphs = form.reader in DATASET_FORMATS
    chosen = list(dict.fromkeys([*triples, *found])) if keeps_graphs else triples
    head = [f"What cpec-graph says of {this}: {len(triples):,} triples.", f"Licence: {LICENCE}"]
    return serialize_quads(chosen, form.reader, ReadingOrder.of(found, this.value), head)
