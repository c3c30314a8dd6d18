"""Fidelity: no format drops a term, and no reader of XML alters a character."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from xml.etree import ElementTree as ET

from pyoxigraph import (
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse_query_results,
)

from graph.answering.format import GRAPH_FORMATS, RESULT_FORMATS, Format, list_formats
from graph.errors import UnwritableError

NO_XML: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
"""The characters that XML has no place for, escaped or not (XML 1.0, section 2.2), in UTF-8."""

TRIPLE_TERM: Final = b'"type":"triple"'
"""A triple term in results JSON; in the value of a literal the quotes have escapes."""


def require_terms(statements: Iterable[Triple | Quad], writer: RdfFormat) -> None:
    """Raise UnwritableError for a triple term in JSON-LD 1.1, which has none."""
    if writer == RdfFormat.JSON_LD and any(
        isinstance(statement.object, Triple) for statement in statements
    ):
        raise UnwritableError(f"JSON-LD has no triple terms; ask for {list_capable(GRAPH_FORMATS)}")


def require_plain_rows(
    solutions: QuerySolutions | QueryBoolean,
) -> QuerySolutions | QueryBoolean:
    """Return the same solutions; raises UnwritableError for a triple term, which CSV has not.

    The engine would write its terms with blanks between them, as one text.
    """
    body = solutions.serialize(format=QueryResultsFormat.JSON) or b""
    if TRIPLE_TERM in body:
        raise UnwritableError(f"CSV has no triple terms; ask for {list_capable(RESULT_FORMATS)}")
    return parse_query_results(body, QueryResultsFormat.JSON)


def list_capable(formats: Iterable[Format]) -> str:
    """Return the formats that have triple terms, for a message."""
    return list_formats(form for form in formats if form.triple_terms)


def check_graph_xml(body: bytes) -> bytes:
    """Return RDF/XML with escaped returns; raises UnwritableError if it is not well-formed.

    RDF/XML has no name for a predicate that ends in `/`, `#` or a digit alone, nor for a control
    character (https://www.w3.org/TR/rdf-syntax-grammar/#section-Serialising).
    """
    try:
        ET.fromstring(body)  # noqa: S314 - our own bytes, and they declare no entity
    except ET.ParseError as error:
        raise UnwritableError(
            f"RDF/XML cannot say this graph ({error}); ask for Turtle, JSON-LD or N-Triples"
        ) from None
    return escape_returns(body)


def check_results_xml(body: bytes) -> bytes:
    """Return XML results with escaped returns; raises UnwritableError for a control character."""
    if NO_XML.search(body):
        raise UnwritableError("XML has no place for a control character; ask for JSON or TSV")
    return escape_returns(body)


def escape_returns(body: bytes) -> bytes:
    """Return XML with escaped carriage returns, which only terms have.

    Readers replace a bare one by a line feed (XML 1.0, section 2.11).
    """
    return body.replace(b"\r", b"&#13;")
