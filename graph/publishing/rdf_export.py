"""The exports in RDF: the whole dataset or one named graph as a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from pyoxigraph import Quad, RdfFormat, serialize

from graph.answering.evaluation import UNBOUNDED, find_prefixes, write_graph
from graph.answering.fidelity import check_graph_xml, require_terms
from graph.answering.format import GraphFormat
from graph.dataset import graph_of
from graph.errors import UnknownNameError, UnwritableError
from graph.n_quads import sort_n_quads
from graph.publishing.dataset_quad import LICENCE, TITLE
from graph.publishing.jsonld import write_jsonld
from graph.publishing.reading_order import ReadingOrder
from graph.publishing.reification import reify_statements
from graph.publishing.turtle import write_trig, write_turtle
from graph.wording.display_name import read_text
from ontology.namespace import (
    BASE,
    EVIDENCE_GRAPH,
    ONTOLOGY_GRAPH,
    shorten,
)
from ontology.terms import DCTERMS
from ontology.vocabulary import Vocabulary

DATASET_FORMATS: Final = frozenset({RdfFormat.TRIG, RdfFormat.N_QUADS, RdfFormat.JSON_LD})
"""The formats that keep named graphs; a file in another format holds their union."""

MOST_ARRANGED: Final = 200_000
"""The most triples of a file that is arranged for readers; nobody reads a larger one from the top.

A larger Turtle or TriG file has no headings, and a larger JSON-LD file no context.
"""

EVIDENCE_FORMATS: Final = frozenset({RdfFormat.TURTLE, RdfFormat.N_TRIPLES})
"""The formats that have triple terms (RDF 1.2)."""

HOLDS_UNION: Final = "all statements as one graph, without their sources"
HOLDS_NAMED_GRAPHS: Final = "every statement in the named graph of its source"
HOLDS_EVIDENCE: Final = "all statements, each reified by its record, which has its quote (RDF 1.2)"
"""The content of a file in words, by its kind."""


def export_rdf(
    quads: Iterable[Quad],
    form: GraphFormat,
    graph: str | None = None,
    *,
    evidence: bool = False,
    edition: str = "",
) -> bytes:
    """Return the quads of a snapshot as a file; `graph` selects one named graph.

    `evidence` adds to each statement its reifier with its quote (`reify_statements`). `edition`
    names the data in the head of a Turtle or TriG file. Raises UnknownNameError if the dataset has
    no such graph, and UnwritableError if the format cannot express the quads.
    """
    dataset = list(quads)
    chosen = select_graph(dataset, graph)
    if evidence and form.writer not in EVIDENCE_FORMATS:
        raise UnwritableError(f"{form.name} has no triple terms: evidence is for ttl and nt")
    if not isinstance(form.writer, RdfFormat):
        return write_graph((quad.triple for quad in merge_graphs(chosen)), form, UNBOUNDED)
    if form.writer == RdfFormat.JSON_LD and len(chosen) <= MOST_ARRANGED:
        vocabulary = Vocabulary.from_quads(
            quad for quad in dataset if graph_of(quad) == ONTOLOGY_GRAPH
        )
        return write_jsonld(chosen, vocabulary)
    if form.writer == RdfFormat.N_QUADS:
        return sort_n_quads(chosen)
    holds = HOLDS_NAMED_GRAPHS
    if form.writer not in DATASET_FORMATS:
        holds = HOLDS_EVIDENCE if evidence else HOLDS_UNION
        reifiers = reify_statements(chosen, dataset, graph) if evidence else ()
        chosen = list(dict.fromkeys([*merge_graphs(chosen), *reifiers]))
    if form.writer == RdfFormat.N_TRIPLES:
        return sort_n_quads(chosen)
    if graph:
        holds = f"the named graph {graph}"
    head = write_head(holds, chosen, name_data(dataset, edition))
    return serialize_quads(chosen, form.writer, ReadingOrder.from_quads(dataset), head)


def select_graph(quads: Iterable[Quad], graph: str | None) -> list[Quad]:
    """Return the quads of a named graph, or all for None; raises UnknownNameError if none match."""
    if graph is None:
        return list(quads)
    chosen = [quad for quad in quads if graph_of(quad) == graph]
    if not chosen:
        raise UnknownNameError(f"no graph is called {shorten(graph)}")
    return chosen


def name_data(quads: Iterable[Quad], edition: str) -> str:
    """Return the name of the data: the edition and the day of the latest article.

    The time of writing is left out, so that equal data give equal files.
    """
    days = [read_text(quad.object) for quad in quads if is_article_date(quad)]
    parts = [f"edition {edition}"] if edition else []
    return ", ".join([*parts, *([f"articles up to {max(days)}"] if days else [])])


def is_article_date(quad: Quad) -> bool:
    """Return whether a quad states the day of publication of an article."""
    return quad.predicate == DCTERMS.DATE and graph_of(quad) == EVIDENCE_GRAPH


def write_head(holds: str, quads: Sequence[Quad], data: str) -> list[str]:
    """Return the head of a file: the title, the content, the name of the data and the licence."""
    return [
        f"cpec-graph: {TITLE[0].lower()}{TITLE[1:]} ({BASE})",
        f"Holds {holds}: {len(quads):,} triples.",
        *([f"Data: {data}."] if data else []),
        f"Licence: {LICENCE}",
    ]


def merge_graphs(quads: Iterable[Quad]) -> list[Quad]:
    """Return the set union of the graphs: each triple once, in the default graph."""
    return list(dict.fromkeys(Quad(*quad.triple) for quad in quads))


def serialize_quads(
    quads: Iterable[Quad], writer: RdfFormat, order: ReadingOrder, head: Iterable[str] = ()
) -> bytes:
    """Return the quads as a file, in an order that only the quads decide.

    Turtle and TriG begin with the head as comments. Raises UnwritableError for a term that the
    format cannot express.
    """
    if writer in {RdfFormat.N_TRIPLES, RdfFormat.N_QUADS}:
        return sort_n_quads(quads)
    quads = list(quads)
    if len(quads) > MOST_ARRANGED:
        return serialize_by_term(quads, writer, head)
    if writer == RdfFormat.TURTLE:
        return write_turtle(quads, order, head)
    if writer == RdfFormat.TRIG:
        return write_trig(quads, order, head)
    ordered = order.sort(quads)
    require_terms(ordered, writer)
    body = serialize(ordered, format=writer, prefixes=find_prefixes(ordered)) or b""
    return check_graph_xml(body) if writer == RdfFormat.RDF_XML else body


def serialize_by_term(quads: Iterable[Quad], writer: RdfFormat, head: Iterable[str]) -> bytes:
    """Return a large dataset as a file, sorted by graph and term, without headings."""
    ordered = sorted(sorted(quads, key=str), key=graph_of)
    require_terms(ordered, writer)
    body = serialize(ordered, format=writer, prefixes=find_prefixes(ordered)) or b""
    commented = writer in {RdfFormat.TURTLE, RdfFormat.TRIG}
    lines = [f"# {line}\n" for line in head] if commented else []
    return "".join(lines).encode() + (
        check_graph_xml(body) if writer == RdfFormat.RDF_XML else body
    )
