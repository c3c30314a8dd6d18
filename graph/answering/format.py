"""The formats of answers, one record each, which all that names or offers a format reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any, Final, Self, TypeAlias

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

from graph.errors import AnswerTooLargeError

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

    @classmethod
    def of(cls, writer: RdfFormat, **others: Any) -> Self:
        """Return a format of the engine, by the suffix, media type and IRI that it has there."""
        own = {"name": writer.file_extension, "media_type": writer.media_type, "iri": writer.iri}
        return cls(writer=writer, **{**own, **others})

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
    GraphFormat.of(
        RdfFormat.TURTLE,
        other_types=("text/n3", "text/rdf+n3"),  # N3 includes Turtle
        aliases=("turtle", "n3"),  # SPARQLWrapper asks so
    ),
    GraphFormat.of(RdfFormat.N_TRIPLES, aliases=("ntriples", "n-triples")),
    GraphFormat.of(
        RdfFormat.JSON_LD,
        iri=W3C + "JSON-LD",
        other_types=("application/json",),
        aliases=("json-ld", "json", "application/x-json+ld"),
        triple_terms=False,
    ),
    GraphFormat.of(
        RdfFormat.RDF_XML,
        other_types=("application/xml", "text/xml"),
        aliases=("rdf+xml", "rdfxml", "xml"),
    ),
    GraphFormat.of(RdfFormat.TRIG),
    GraphFormat.of(RdfFormat.N_QUADS, aliases=("nquads", "n-quads")),
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


class Sink:
    """The stream of a serialiser; raises AnswerTooLargeError at the first byte past the cap."""

    __slots__ = ("_chunks", "_size", "cap")

    def __init__(self, cap: int) -> None:
        self.cap = cap
        self._chunks: list[bytes] = []
        self._size = 0

    def write(self, chunk: bytes) -> int:
        """Take a chunk and return its length."""
        self._size += len(chunk)
        if self._size > self.cap:
            raise AnswerTooLargeError(self.cap)
        self._chunks.append(chunk)
        return len(chunk)

    def flush(self) -> None:
        """Do nothing: the chunks are in memory."""

    def value(self) -> bytes:
        """Return all that was written."""
        return b"".join(self._chunks)


def require_size(body: bytes, cap: int) -> bytes:
    """Return bytes that were written elsewhere; raises AnswerTooLargeError past the cap."""
    if len(body) > cap:
        raise AnswerTooLargeError(cap)
    return body
