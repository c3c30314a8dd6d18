"""The formats that an answer can be written in, with their media types and file suffixes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import QueryResultsFormat, RdfFormat


@dataclass(frozen=True, slots=True)
class ResultFormat:
    """A format of a SELECT or ASK answer; `name` is its file suffix."""

    name: str
    media_type: str
    writer: QueryResultsFormat


@dataclass(frozen=True, slots=True)
class GraphFormat:
    """A format of an RDF graph or dataset; `name` is its file suffix."""

    name: str
    media_type: str
    writer: RdfFormat


@dataclass(frozen=True, slots=True)
class PlainFormat:
    """A format of the graph for those who read no RDF; `ending` is that of its dump's name."""

    name: str
    ending: str
    media_type: str
    title: str


RESULT_FORMATS: Final = (
    ResultFormat("json", "application/sparql-results+json", QueryResultsFormat.JSON),
    ResultFormat("xml", "application/sparql-results+xml", QueryResultsFormat.XML),
    ResultFormat("csv", "text/csv", QueryResultsFormat.CSV),
    ResultFormat("tsv", "text/tab-separated-values", QueryResultsFormat.TSV),
)
"""The formats of a result set, the default first (SPARQL 1.1 Query Results)."""

GRAPH_FORMATS: Final = (
    GraphFormat("ttl", "text/turtle", RdfFormat.TURTLE),
    GraphFormat("nt", "application/n-triples", RdfFormat.N_TRIPLES),
    GraphFormat("jsonld", "application/ld+json", RdfFormat.JSON_LD),
    GraphFormat("rdf", "application/rdf+xml", RdfFormat.RDF_XML),
    GraphFormat("trig", "application/trig", RdfFormat.TRIG),
    GraphFormat("nq", "application/n-quads", RdfFormat.N_QUADS),
)
"""The formats of a graph, the default first."""

PLAIN_FORMATS: Final = (
    PlainFormat(
        "csv",
        "-statements.csv",
        "text/csv",
        "every statement as a row of a table, with its sentence and quote",
    ),
    PlainFormat(
        "nodes",
        "-nodes.csv",
        "text/csv",
        "the things as a table: the nodes of the network",
    ),
    PlainFormat(
        "edges",
        "-edges.csv",
        "text/csv",
        "the statements between things as a table: the edges of the network",
    ),
    PlainFormat(
        "graphml",
        ".graphml",
        "application/graphml+xml",
        "the things and the statements between them as a network",
    ),
)
"""The formats of tables and networks, by what `cpec export` calls them."""

RESULTS: Final[Mapping[str, ResultFormat]] = {form.name: form for form in RESULT_FORMATS}
GRAPHS: Final[Mapping[str, GraphFormat]] = {form.name: form for form in GRAPH_FORMATS}
PLAIN: Final[Mapping[str, PlainFormat]] = {form.name: form for form in PLAIN_FORMATS}
"""The same by their names."""


def listed(formats: Sequence[ResultFormat | GraphFormat]) -> str:
    """Return the names and media types of formats, for a message."""
    return ", ".join(f"{form.name} ({form.media_type})" for form in formats)
