"""The formats of citations: their media types, titles and functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from server.reference.annotation import write_annotation
from server.reference.bibtex import write_bibtex
from server.reference.citation_style import CITATION_STYLES
from server.reference.item import Item
from server.reference.record import write_json
from server.reference.ris import write_ris
from server.reference.styled_text import write_styled


@dataclass(frozen=True, slots=True)
class CitationFormat:
    """A format of citations: its media type, its title, and the function that writes an item."""

    media_type: str
    title: str
    write: Callable[[Item], str]


def write_csl(item: Item) -> str:
    """Return an item as CSL-JSON (https://citeproc-js.readthedocs.io/en/latest/csl-json/)."""
    return write_json(item.list_records())


def write_jsonld(item: Item) -> str:
    """Return an item as JSON-LD in schema.org's words."""
    return write_json(item.markup)


CITATION_FORMATS: Final[Mapping[str, CitationFormat]] = {
    **{
        name: CitationFormat("text/plain", style.title, partial(write_styled, name))
        for name, style in CITATION_STYLES.items()
    },
    "bibtex": CitationFormat("application/x-bibtex", "BibTeX", write_bibtex),
    "ris": CitationFormat("application/x-research-info-systems", "RIS", write_ris),
    "csl": CitationFormat("application/vnd.citationstyles.csl+json", "CSL-JSON", write_csl),
    "annotation": CitationFormat("application/ld+json", "Web Annotation", write_annotation),
    "jsonld": CitationFormat("application/ld+json", "JSON-LD", write_jsonld),
}
"""The formats of citations by their names: negotiation, pages and OpenAPI read them."""
