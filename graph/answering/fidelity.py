"""Fidelity: what a format cannot say is refused, and what its readers would change is escaped."""

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
    """Raise UnwritableError where a format has no triple terms and is to write one: JSON-LD 1.1."""
    if writer == RdfFormat.JSON_LD and any(isinstance(one.object, Triple) for one in statements):
        raise UnwritableError("JSON-LD has no triple terms; ask for Turtle, TriG or N-Triples")


def graph_xml(body: bytes) -> bytes:
    """Return RDF/XML that says what was written; raises UnwritableError where it is no XML.

    RDF/XML has no name for a predicate that ends in `/`, `#` or a digit alone, nor for a control
    character (https://www.w3.org/TR/rdf-syntax-grammar/#section-Serialising).
    """
    try:
        ET.fromstring(body)  # noqa: S314 - our own bytes, and they declare no entity
    except ET.ParseError as error:
        raise UnwritableError(
            f"RDF/XML cannot say this graph ({error}); ask for Turtle, JSON-LD or N-Triples"
        ) from None
    return with_returns(body)


def results_xml(body: bytes) -> bytes:
    """Return results in XML that say what was written; raises UnwritableError where none can."""
    if NO_XML.search(body):
        raise UnwritableError("XML has no place for a control character; ask for JSON or TSV")
    return with_returns(body)


def with_returns(body: bytes) -> bytes:
    """Return XML in which a carriage return, which only a term brings, stays one.

    Readers take a bare one for the end of a line (XML 1.0, section 2.11).
    """
    return body.replace(b"\r", b"&#13;")
