"""A table or a document of RDF from elsewhere, read as things with names, within limits."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad, parse

from graph.answering.format import INPUT_FORMATS
from graph.errors import DataError, Finding, LimitError, ParameterError
from graph.reconciling.thing import ALIAS, CODE, LABEL, Thing, ThingName, group_names
from ontology.terms import DCTERMS, RDF, RDFS, SCHEMA, SKOS

MOST_TABLE_BYTES: Final = 64 << 20
"""The most bytes of a table or of a document of others."""

MOST_SHOWN: Final = 100
"""The most characters of a cell that a message repeats."""

KINDS_THERE: Final = {
    RDFS.LABEL.value: LABEL,
    DCTERMS.TITLE.value: LABEL,
    SKOS + "prefLabel": LABEL,
    SCHEMA + "name": LABEL,
    "http://schema.org/name": LABEL,
    "http://xmlns.com/foaf/0.1/name": LABEL,
    SKOS + "altLabel": ALIAS,
    SKOS + "notation": CODE,
}
"""The properties of names in other graphs, and the kinds of these names."""

WIKIDATA_PAGE: Final = re.compile(r"https?://www\.wikidata\.org/wiki/(?=Q\d+$)")

TABLES: Final = {".csv": ",", ".tsv": "\t"}
"""The suffixes of tables, and the characters between their columns."""


@dataclass(frozen=True, slots=True)
class DelimitedTable:
    """The rows of a table below its column names."""

    columns: list[str]
    rows: list[list[str]]

    def find_column(self, name: str) -> int:
        """Return the place of a column; raises ParameterError, which lists the columns."""
        if name not in self.columns:
            raise ParameterError(f"no column {name!r}; the columns are {', '.join(self.columns)}")
        return self.columns.index(name)


def read_table(path: Path) -> DelimitedTable:
    """Return a table in CSV, or in TSV by its suffix; raises DataError and LimitError."""
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError([Finding(str(path), None, f"is not UTF-8: {error}")]) from None
    comma = TABLES.get(path.suffix.lower(), ",")
    reader = csv.reader(StringIO(text, newline=""), delimiter=comma, strict=True)
    try:
        rows = [row for row in reader if row]
    except csv.Error as error:
        raise DataError([Finding(str(path), reader.line_num, f"is no CSV: {error}")]) from None
    if not rows:
        raise DataError([Finding(str(path), None, "is empty: its first line names the columns")])
    width = len(rows[0])
    for number, row in enumerate(rows, 1):
        if len(row) > width:
            message = f"row {number} has {len(row)} cells, and there are {width} columns"
            raise DataError([Finding(str(path), None, message)])
    return DelimitedTable(rows[0], [row + [""] * (width - len(row)) for row in rows[1:]])


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a file; raises OSError, and LimitError for too many."""
    with path.open("rb") as file:
        body = file.read(MOST_TABLE_BYTES + 1)
    if len(body) > MOST_TABLE_BYTES:
        raise LimitError(f"bytes in {path}", MOST_TABLE_BYTES)
    return body


def read_list(path: Path, identifier: str = "", names: Sequence[str] = ()) -> list[Thing]:
    """Return the things of a table or a document of RDF; raises DataError and LimitError.

    The identifier of a table is its first column, and the name its second, unless columns are
    given.
    """
    if path.suffix.lower() not in TABLES:
        return name_things(read_quads(path))
    table = read_table(path)
    place = table.find_column(identifier) if identifier else 0
    places = [table.find_column(name) for name in names] or [min(1, len(table.columns) - 1)]
    return group_names(
        (row[place], ThingName(row[own], "", LABEL if own == places[0] else ALIAS))
        for row in table.rows
        for own in places
        if row[place] and row[own]
    )


def read_quads(
    path: Path, identifier: str = "", names: Sequence[str] = (), codes: Sequence[str] = ()
) -> list[Quad]:
    """Return the quads of a document, or of the columns of a table.

    Raises DataError, LimitError, and ParameterError for a suffix or a column that there is not.
    """
    if path.suffix.lower() in TABLES:
        return list(describe_rows(read_table(path), identifier, names, codes))
    suffix = path.suffix.lower().removeprefix(".")
    form = next((form for form in INPUT_FORMATS if form.name == suffix), None)
    if form is None or form.reader is None:
        known = ", ".join([*TABLES, *(f".{form.name}" for form in INPUT_FORMATS)])
        raise ParameterError(f"{path} has none of the suffixes {known}")
    try:
        return list(parse(read_bytes(path), form.reader, base_iri=path.resolve().as_uri()))
    except SyntaxError as error:
        raise DataError(
            [Finding(str(path), error.lineno, f"is not {form.name}: {error}")]
        ) from None


def describe_rows(
    table: DelimitedTable, identifier: str, names: Sequence[str], codes: Sequence[str]
) -> Iterator[Quad]:
    """Yield the rows of a table as labels and codes of things; raises ParameterError."""
    place = table.find_column(identifier) if identifier else 0
    labels = [table.find_column(name) for name in names] or [min(1, len(table.columns) - 1)]
    columns = [(own, RDFS.LABEL) for own in labels]
    columns += [(table.find_column(code), NamedNode(SKOS + "notation")) for code in codes]
    for row in table.rows:
        for own, property_ in columns if row[place] else ():
            if row[own]:
                yield Quad(read_iri(row[place]), property_, Literal(row[own]))


def read_iri(text: str) -> NamedNode:
    """Return the IRI in a cell, of an item of Wikidata for its page; raises ParameterError."""
    if "://" not in text:
        shown = text[:MOST_SHOWN]
        raise ParameterError(f"{shown!r} is no IRI: name the column of IRIs with --id-column")
    try:
        return NamedNode(WIKIDATA_PAGE.sub("http://www.wikidata.org/entity/", text))
    except ValueError as error:
        raise ParameterError(f"{text[:MOST_SHOWN]!r} is no IRI: {error}") from None


def name_things(quads: Sequence[Quad]) -> list[Thing]:
    """Return the things that have names in a graph, with their classes."""
    things = group_names(
        (quad.subject.value, read_name(quad))
        for quad in quads
        if isinstance(quad.subject, NamedNode)
        and isinstance(quad.object, Literal)
        and quad.predicate.value in KINDS_THERE
    )
    by_iri = {thing.iri: thing for thing in things}
    for quad in quads:
        thing = by_iri.get(getattr(quad.subject, "value", ""))
        if thing and quad.predicate == RDF.TYPE and isinstance(quad.object, NamedNode):
            thing.types.append(quad.object.value)
    return things


def read_name(quad: Quad) -> ThingName:
    """Return the name that a quad gives."""
    assert isinstance(quad.object, Literal)  # noqa: S101 - of name_things
    return ThingName(
        quad.object.value, quad.object.language or "", KINDS_THERE[quad.predicate.value]
    )
