"""Bibliography items: a cited answer, row or statement, in the formats of reference managers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Final

from graph.publishing.dataset_description import PUBLISHER
from graph.publishing.dataset_quad import LICENCE
from graph.wording.quotation import BETWEEN, ELLIPSIS, split_quotation
from graph.wording.reference import merge_sentences
from server.page.cited_answer import Source

NAME: Final = "cpec-graph"
CITED_SOURCES: Final = 8
"""The maximum number of sources in a citation."""

LATEX: Final = str.maketrans(
    {
        **{sign: f"\\{sign}" for sign in "{}$&#_%"},
        "\\": r"\textbackslash{}",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
    }
)
"""The special characters of LaTeX, escaped."""


@dataclass(frozen=True, slots=True)
class Item:
    """A cited part of the graph.

    `extent` names its rows or statements, or is ""; `address` is the permalink, `record` the
    address of the item itself, `seen` the day of access.
    """

    title: str
    extent: str
    sources: Sequence[Source]
    version: str
    address: str
    record: str
    seen: date

    @property
    def key(self) -> str:
        """The citation key, unique to the permalink."""
        return f"{NAME}-{sha256(self.address.encode()).hexdigest()[:12]}"

    @property
    def quotes(self) -> list[str]:
        """The quotes of the cited sources, each with its reference."""
        return [
            BETWEEN.join(f"“{quote}”" for quote in source.quotes) + f" ({source.words})"
            for source in self.sources[:CITED_SOURCES]
            if source.quotes
        ]


@dataclass(frozen=True, slots=True)
class CitationFormat:
    """A format of citations: its media type, its title, and the function that writes an item."""

    media_type: str
    title: str
    write: Callable[[Item], str]


def write_text(item: Item) -> str:
    """Return an item in plain text."""
    after = "; ".join(list_references(item.sources))
    parts = [f"{NAME}, “{item.title}”", item.extent, after and f"after {after}"]
    return (
        f"{', '.join(filter(None, parts))}. Dataset version {item.version}, "
        f"{item.address}, CC BY 4.0."
    )


def list_references(sources: Sequence[Source]) -> list[str]:
    """Return the references of sources, one for the sentences of an article."""
    references = merge_sentences(source.words for source in sources)
    more = len(references) - CITED_SOURCES
    return [*references[:CITED_SOURCES], f"{more} more"] if more > 0 else references


def write_title(item: Item) -> str:
    """Return the title of an item with its extent."""
    return f"{item.title} ({item.extent})" if item.extent else item.title


def write_csl(item: Item) -> str:
    """Return an item as CSL-JSON (https://citeproc-js.readthedocs.io/en/latest/csl-json/)."""
    record = {
        "id": item.key,
        "type": "dataset",
        "title": write_title(item),
        "author": [{"literal": PUBLISHER}],
        "container-title": NAME,
        "publisher": PUBLISHER,
        "version": item.version,
        "URL": item.address,
        "accessed": {"date-parts": [[item.seen.year, item.seen.month, item.seen.day]]},
        "note": "\n".join(item.quotes),
    }
    return write_json([{name: value for name, value in record.items() if value}])


def write_bibtex(item: Item) -> str:
    """Return an item for BibTeX and biblatex; the address is verbatim, so it needs no escapes."""
    fields = {
        "author": f"{{{PUBLISHER}}}",
        "title": f"{{{write_title(item).translate(LATEX)}}}",
        "publisher": PUBLISHER,
        "version": item.version,
        "url": item.address,
        "urldate": item.seen.isoformat(),
        "note": "; ".join(item.quotes).translate(LATEX),
    }
    lines = (f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{{item.key},\n" + ",\n".join(lines) + "\n}\n"


def write_ris(item: Item) -> str:
    """Return an item in RIS, a tag a line."""
    fields = [
        ("TY", "DATA"),
        ("ID", item.key),
        ("AU", PUBLISHER),
        ("TI", write_title(item)),
        ("PB", PUBLISHER),
        ("ET", item.version),
        ("UR", item.address),
        ("Y2", item.seen.strftime("%Y/%m/%d")),
        *(("N1", quote) for quote in item.quotes),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in fields)


def write_annotation(item: Item) -> str:
    """Return an item as a Web Annotation: its body is the answer, its targets are the quotes.

    https://www.w3.org/TR/annotation-model/
    """
    targets: list[Any] = [
        {
            "type": "SpecificResource",
            "source": source.article or source.graph,
            "selector": select_anchor(phrase) if source.is_anchored else select_quote(phrase),
        }
        for source in item.sources
        for quote in source.quotes
        for phrase in ([quote] if source.is_anchored else split_quotation(quote))
    ]
    targets += [source.graph for source in item.sources if not source.quotes]
    body: list[Mapping[str, str]] = [
        {
            "type": "TextualBody",
            "value": write_text(item),
            "format": "text/plain",
            "language": "en",
        },
        {"id": item.address, "type": "Dataset", "format": "text/html"},
    ]
    record = {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "id": f"{item.record}&format=annotation",
        "type": "Annotation",
        "motivation": "linking",
        "created": f"{item.seen.isoformat()}T00:00:00Z",
        "rights": LICENCE,
        "body": body,
        "target": targets or item.address,
    }
    return write_json(record)


def select_quote(quote: str) -> dict[str, str]:
    """Return the selector of a quote: https://www.w3.org/TR/annotation-model/#text-quote-selector."""
    return {"type": "TextQuoteSelector", "exact": quote}


def select_anchor(anchor: str) -> dict[str, Any]:
    """Return the selector of an anchor: https://www.w3.org/TR/annotation-model/#range-selector.

    A range ends before its end selector, so that selects the place behind the last words.
    """
    first, *last = (words.strip() for words in anchor.split(ELLIPSIS))
    if not last:
        return select_quote(first)
    end = {"type": "TextQuoteSelector", "prefix": last[0], "exact": ""}
    return {"type": "RangeSelector", "startSelector": select_quote(first), "endSelector": end}


def write_json(record: object) -> str:
    """Return a record as JSON."""
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


CITATION_FORMATS: Final[Mapping[str, CitationFormat]] = {
    "text": CitationFormat("text/plain", "Plain text", write_text),
    "bibtex": CitationFormat("application/x-bibtex", "BibTeX", write_bibtex),
    "ris": CitationFormat("application/x-research-info-systems", "RIS", write_ris),
    "csl": CitationFormat("application/vnd.citationstyles.csl+json", "CSL-JSON", write_csl),
    "annotation": CitationFormat("application/ld+json", "Web Annotation", write_annotation),
}
"""The formats of citations by their names: negotiation, pages and OpenAPI read them."""
