"""The formats of answers, one record each, which all that names or offers a format reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO, Final, TypeAlias

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse_query_results,
)

Row: TypeAlias = Sequence[NamedNode | BlankNode | Literal | Triple | None]
"""The terms of a solution, one a column; None for an unbound variable."""

ResultWriter: TypeAlias = Callable[[Sequence[str], Iterable[Row], IO[bytes]], None]
"""Writes the columns and rows of a result set; an ASK has one row of the column `boolean`."""

GraphWriter: TypeAlias = Callable[[Iterable[Triple], IO[bytes]], None]
"""Writes the triples of a graph; raises UnwritableError for a term that its format lacks."""

W3C: Final = "http://www.w3.org/ns/formats/"
"""The namespace in which the W3C names formats: https://www.w3.org/ns/formats/."""

HEADING: Final = re.compile(rb"[^\n]*\n?")
"""A table without rows: its heading alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A format of answers.

    `name` is its file suffix and the value of `--format`; `iri` names it in the service
    description. `other_types` may label an answer too. `aliases` are other values of `format=`.
    A format without `triple_terms` has no form for those of RDF 1.2.
    """

    name: str
    media_type: str
    iri: str
    other_types: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    triple_terms: bool = True

    @property
    def media_types(self) -> tuple[str, ...]:
        """The media types that may label an answer, the format's own first."""
        return self.media_type, *self.other_types

    @property
    def names(self) -> tuple[str, ...]:
        """The values of `format=` that choose the format."""
        return self.name, *self.media_types, *self.aliases


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultFormat(Format):
    """A format of the answer to a SELECT or ASK.

    The engine writes and reads it, or `writer` is a function of ours: then `empty` matches a body
    without rows. A format that `cites` has a place for the sources of each row.
    """

    writer: QueryResultsFormat | ResultWriter
    empty: re.Pattern[bytes] | None = None
    cites: bool = False

    def is_empty(self, body: bytes) -> bool:
        """Return whether an answer to a SELECT has no row; of the others the first row is read."""
        if self.empty is not None or not isinstance(self.writer, QueryResultsFormat):
            return self.empty is not None and self.empty.fullmatch(body) is not None
        results = parse_query_results(body, self.writer)
        return isinstance(results, QuerySolutions) and next(results, None) is None

    def counts_nothing(self, body: bytes) -> bool:
        """Return whether the only row of an answer has zeros, empty texts and unbound cells."""
        if not isinstance(self.writer, QueryResultsFormat):
            return False
        if self.empty is not None:
            _, *lines = body.splitlines()
            return len(lines) == 1 and {*lines[0].split(b",")} <= {b"0", b'""', b""}
        results = parse_query_results(body, self.writer)
        rows = list(islice(results, 2)) if isinstance(results, QuerySolutions) else []
        return len(rows) == 1 and all(cell is None or cell.value in {"0", ""} for cell in rows[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphFormat(Format):
    """A format of an RDF graph or dataset: the engine writes and reads it, or ours writes it."""

    writer: RdfFormat | GraphWriter

    @property
    def reader(self) -> RdfFormat | None:
        """The reader of the engine, None for a format that is written only."""
        return self.writer if isinstance(self.writer, RdfFormat) else None


RESULT_FORMATS: Final = (
    ResultFormat(
        name="json",
        media_type="application/sparql-results+json",
        iri=W3C + "SPARQL_Results_JSON",
        other_types=("application/json",),
        writer=QueryResultsFormat.JSON,
        cites=True,
    ),
    ResultFormat(
        name="xml",
        media_type="application/sparql-results+xml",
        iri=W3C + "SPARQL_Results_XML",
        other_types=("application/xml", "text/xml"),
        writer=QueryResultsFormat.XML,
    ),
    ResultFormat(
        name="csv",
        media_type="text/csv",
        iri=W3C + "SPARQL_Results_CSV",
        writer=QueryResultsFormat.CSV,
        empty=HEADING,  # the engine has no reader of CSV
        cites=True,
        triple_terms=False,
    ),
    ResultFormat(
        name="tsv",
        media_type="text/tab-separated-values",
        iri=W3C + "SPARQL_Results_TSV",
        writer=QueryResultsFormat.TSV,
        cites=True,
    ),
)
"""The formats of a result set, the default first (SPARQL 1.1 Query Results)."""

GRAPH_FORMATS: Final = (
    GraphFormat(
        name="ttl",
        media_type="text/turtle",
        iri=W3C + "Turtle",
        other_types=("text/n3", "text/rdf+n3"),  # N3 includes Turtle
        aliases=("turtle", "n3"),  # SPARQLWrapper asks so
        writer=RdfFormat.TURTLE,
    ),
    GraphFormat(
        name="nt",
        media_type="application/n-triples",
        iri=W3C + "N-Triples",
        aliases=("ntriples", "n-triples"),
        writer=RdfFormat.N_TRIPLES,
    ),
    GraphFormat(
        name="jsonld",
        media_type="application/ld+json",
        iri=W3C + "JSON-LD",
        other_types=("application/json",),
        aliases=("json-ld", "json", "application/x-json+ld"),
        writer=RdfFormat.JSON_LD,
        triple_terms=False,
    ),
    GraphFormat(
        name="rdf",
        media_type="application/rdf+xml",
        iri=W3C + "RDF_XML",
        other_types=("application/xml", "text/xml"),
        aliases=("rdf+xml", "rdfxml", "xml"),
        writer=RdfFormat.RDF_XML,
    ),
    GraphFormat(
        name="trig", media_type="application/trig", iri=W3C + "TriG", writer=RdfFormat.TRIG
    ),
    GraphFormat(
        name="nq",
        media_type="application/n-quads",
        iri=W3C + "N-Quads",
        aliases=("nquads", "n-quads"),
        writer=RdfFormat.N_QUADS,
    ),
)
"""The formats of a graph, the default first."""

CITED_FORMATS: Final = tuple(form for form in RESULT_FORMATS if form.cites)
INPUT_FORMATS: Final = tuple(form for form in GRAPH_FORMATS if form.reader)
"""The formats of graphs that a client may send."""

RESULTS: Final[Mapping[str, ResultFormat]] = {form.name: form for form in RESULT_FORMATS}
GRAPHS: Final[Mapping[str, GraphFormat]] = {form.name: form for form in GRAPH_FORMATS}
"""The formats by their names."""


def list_formats(formats: Iterable[Format]) -> str:
    """Return the names and media types of formats, for a message."""
    return ", ".join(f"{form.name} ({form.media_type})" for form in formats)
