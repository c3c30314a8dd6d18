"""Fidelity: no format drops a term, and no reader of XML alters a character."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from xml.etree import ElementTree as ET

from pyoxigraph import Quad, RdfFormat, Triple

from graph.errors import UnwritableError

NO_XML: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
"""The characters that XML has no place for, escaped or not (XML 1.0, section 2.2), in UTF-8."""


def require_terms(statements: Iterable[Triple | Quad], writer: RdfFormat) -> None:
    """Raise UnwritableError for a triple term in JSON-LD 1.1, which has none."""
    if writer == RdfFormat.JSON_LD and any(
        isinstance(statement.object, Triple) for statement in statements
    ):
        raise UnwritableError("JSON-LD has no triple terms; ask for Turtle, TriG or N-Triples")


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
