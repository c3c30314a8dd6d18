"""The formats of citations: text in three styles, BibTeX, RIS, CSL-JSON, annotations, JSON-LD."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from graph.publishing.dataset_quad import LICENCE
from graph.wording.quotation import ELLIPSIS, split_quotation
from server.reference.citation_style import CITATION_STYLES, set_reference
from server.reference.item import NAME, Item, Record, join_name, write_day, write_json

ENTRY_TYPES: Final = {"article-newspaper": "article", "webpage": "online", "dataset": "misc"}
"""The types of entries by the types of records."""

LATEX: Final = str.maketrans(
    {
        **{sign: f"\\{sign}" for sign in "{}$&#_%"},
        "\\": r"\textbackslash{}",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
    }
)
"""The special characters of LaTeX, escaped."""

RIS_TYPES: Final = {"article-newspaper": "NEWS", "webpage": "ELEC", "dataset": "DATA"}
"""The types of references by the types of records."""


def write_entries(style: str, item: Item) -> str:
    """Return an item in a style: a line a work, and a line on this graph, without the permalink."""
    own = [(cited.work.translation, cited.place) for cited in item.works] or [("", "")]
    records = zip(item.list_records(), own, strict=True)
    lines = [set_reference(style, record, *parts) for record, parts in records]
    return "\n".join(" ".join(line.split()) for line in [*lines, item.last_sentence])


def write_styled(style: str, item: Item) -> str:
    """Return an item in a style, with the permalink on a line of its own."""
    return f"{write_entries(style, item)}\n{item.address}\n"


def write_bibtex(item: Item) -> str:
    """Return an item for BibTeX and biblatex."""
    return "\n".join(map(write_entry, item.list_records()))


def write_entry(record: Record) -> str:
    """Return a record as an entry; url and eprint are verbatim in biblatex, so without escapes."""
    fields = {
        "author": " and ".join(map(escape_name, record.get("author", ()))),
        "title": f"{{{record['title'].translate(LATEX)}}}",
        "journal": record.get("container-title", "").translate(LATEX),
        "publisher": record.get("publisher", "").translate(LATEX),
        "date": write_day(record, "issued", "-"),
        "year": write_day(record, "issued", "-")[:4],
        "language": record.get("language", ""),
        "version": record.get("version", ""),
        "url": record.get("URL", ""),
        "urldate": write_day(record, "accessed", "-"),
        "eprinttype": NAME,
        "eprint": record["archive_location"],
        "note": "; ".join(record.get("note", "").split("\n")).translate(LATEX),
        "addendum": f"via {record['archive']}".translate(LATEX),
    }
    lines = (f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@{ENTRY_TYPES[record['type']]}{{{record['id']},\n" + ",\n".join(lines) + "\n}\n"


def escape_name(name: Mapping[str, str]) -> str:
    """Return a name for BibTeX, in braces if it is whole."""
    words = join_name(name).translate(LATEX)
    return words if "given" in name else f"{{{words}}}"


def write_ris(item: Item) -> str:
    """Return an item in RIS, a tag a line."""
    return "".join(map(write_tags, item.list_records()))


def write_tags(record: Record) -> str:
    """Return a record in RIS; the second address is the permalink."""
    fields = [
        ("TY", RIS_TYPES[record["type"]]),
        ("ID", record["id"]),
        *(("AU", join_name(name)) for name in record.get("author", ())),
        ("TI", record["title"]),
        ("T2", record.get("container-title", "")),
        ("PB", record.get("publisher", "")),
        ("PY", write_day(record, "issued", "/")[:4]),
        ("DA", write_day(record, "issued", "/")),
        ("LA", record.get("language", "")),
        ("ET", record.get("version", "")),
        ("UR", record.get("URL", "")),
        ("UR", record["archive_location"]),
        ("DB", record["archive"]),
        ("Y2", write_day(record, "accessed", "/")),
        *(("N1", quote) for quote in record.get("note", "").split("\n")),
    ]
    lines = (f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in fields if value)
    return "".join(lines) + "ER  - \r\n"


def write_annotation(item: Item) -> str:
    """Return an item as a Web Annotation: its body is the answer, its targets are the quotes.

    https://www.w3.org/TR/annotation-model/#text-quote-selector, which selects an anchor too.
    """
    targets: list[Any] = [
        {
            "type": "SpecificResource",
            "source": source.article or source.graph,
            "selector": {"type": "TextQuoteSelector", "exact": phrase},
        }
        for source in item.sources
        for quote in source.quotes
        for phrase in split_quotation(quote.removesuffix(f" {ELLIPSIS}"))
    ]
    targets += [source.graph for source in item.sources if not source.quotes]
    body: list[Mapping[str, str]] = [
        {
            "type": "TextualBody",
            "value": f"{write_entries('apa', item)} {item.address}",
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
