"""References: the works behind a cited answer, row or statement, in the formats of their readers.

A reference is one record in CSL-JSON. The other formats, the tags of pages and the text in three
styles are written from it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from hashlib import sha256
from typing import Any, Final

from graph.presenting.work import Author, Work
from graph.publishing.dataset_description import PUBLISHER
from graph.publishing.dataset_quad import LICENCE
from graph.wording.quotation import BETWEEN, ELLIPSIS, split_quotation
from graph.wording.reference import name_sentences
from graph.wording.text import isolate
from server.citation_style import CITATION_STYLES, Record, set_reference
from server.page.cited_answer import Source

NAME: Final = "cpec-graph"
RELEASED: Final = 2026
"""The year of the release, as in CITATION.cff."""

CITED_SENTENCES: Final = 8
"""The maximum number of sentences of a work in a reference, and of quotes in its note."""

CITED_WORKS: Final = 20
"""The maximum number of works in a citation."""

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
class CitedWork:
    """A cited work, and the sources in it: its sentences."""

    work: Work
    sources: Sequence[Source]

    @property
    def place(self) -> str:
        """The cited sentences."""
        return name_sentences([source.words for source in self.sources], CITED_SENTENCES)

    @property
    def quotes(self) -> list[str]:
        """The quotes of the first cited sentences, each with its reference."""
        return [
            BETWEEN.join(f"“{quote}”" for quote in source.quotes) + f" ({source.words})"
            for source in self.sources[:CITED_SENTENCES]
            if source.quotes
        ]


@dataclass(frozen=True, slots=True)
class Item:
    """A cited part of the graph, and the works behind it.

    `extent` names its rows or statements, or is ""; `page` is its address, `address` the permalink
    with the receipt, `record` the address of the item itself, `seen` the day of access. `more` is
    the number of works beyond CITED_WORKS.
    """

    title: str
    extent: str
    sources: Sequence[Source]
    works: Sequence[CitedWork]
    more: int
    version: str
    page: str
    address: str
    record: str
    seen: date

    @property
    def place(self) -> str:
        """The place of the item in this graph: its title, its extent and the version."""
        more = f"{self.more} more work{'' if self.more == 1 else 's'}" if self.more else ""
        parts = [NAME, f"“{isolate(self.title)}”", self.extent, more, f"version {self.version}"]
        return ", ".join(filter(None, parts))

    @property
    def last_sentence(self) -> str:
        """The sentence on this graph behind the references."""
        own = ", ".join(filter(None, [f"Version {self.version}", self.extent]))
        return f"{f'Via {self.place}' if self.works else own}, CC BY 4.0."

    def list_records(self) -> list[Record]:
        """Return the references of the works; without works the reference of the item."""
        return [self.cite_work(cited) for cited in self.works] or [self.cite_dataset()]

    def cite_work(self, cited: CitedWork) -> Record:
        """Return the reference of a work; an unknown field is left out."""
        work = cited.work
        title = f"{work.title} [{work.translation}]" if work.translation else work.title
        return self.finish_record(
            {
                "id": self.make_key(work.iri),
                "type": "article-newspaper" if cited.sources[0].article else "webpage",
                "title": title,
                "author": [name_author(author) for author in work.authors],
                "container-title": work.publisher,
                "publisher": work.publisher,
                "issued": work.date and {"date-parts": [list(work.date)]},
                "language": work.language,
                "URL": work.address,
                "note": "\n".join(filter(None, [cited.place, *cited.quotes])),
            }
        )

    def cite_dataset(self) -> Record:
        """Return the reference of the item as a part of the graph, in the year of the release."""
        return self.finish_record(
            {
                "id": self.make_key(),
                "type": "dataset",
                "title": self.title,
                "author": [{"literal": PUBLISHER}],
                "container-title": NAME,
                "publisher": PUBLISHER,
                "issued": {"date-parts": [[RELEASED]]},
                "version": self.version,
                "URL": self.page,
                "note": self.extent,
            }
        )

    def finish_record(self, record: dict[str, Any]) -> Record:
        """Return a record with the permalink as its archive, without empty fields."""
        record |= {
            "accessed": {"date-parts": [[self.seen.year, self.seen.month, self.seen.day]]},
            "archive": self.place,
            "archive_location": self.address,
        }
        return {name: value for name, value in record.items() if value}

    @property
    def main_record(self) -> Record:
        """The reference of the only work, or else the reference of the item in the graph."""
        is_single = len(self.works) == 1 and not self.more
        return self.cite_work(self.works[0]) if is_single else self.cite_dataset()

    @property
    def markup(self) -> list[dict[str, Any]]:
        """The references in schema.org's words, as JSON-LD."""
        return list(map(describe_record, self.list_records()))

    @property
    def tags(self) -> list[tuple[str, str]]:
        """The meta tags of a page with the item."""
        return list(list_tags(self.main_record))

    def make_key(self, work: str = "") -> str:
        """Return the citation key, unique to the permalink and the work."""
        return f"{NAME}-{sha256(f'{self.address} {work}'.encode()).hexdigest()[:12]}"


@dataclass(frozen=True, slots=True)
class CitationFormat:
    """A format of citations: its media type, its title, and the function that writes an item."""

    media_type: str
    title: str
    write: Callable[[Item], str]


def name_author(author: Author) -> dict[str, str]:
    """Return an author as CSL-JSON has names: an organization has a literal one."""
    if not author.is_person:
        return {"literal": author.family}
    given = {"given": author.given} if author.given else {}
    return {"family": author.family, **given}


def write_sentence(style: str, item: Item) -> str:
    """Return an item in a style, on one line, without the permalink."""
    lines = [set_reference(style, record) for record in item.list_records()]
    places = [cited.place for cited in item.works] or [""]
    works = [
        f"{line} {place[:1].upper()}{place[1:]}." if place else line
        for line, place in zip(lines, places, strict=True)
    ]
    return " ".join(" ".join([*works, item.last_sentence]).split())


def write_styled(style: str, item: Item) -> str:
    """Return an item in a style, with the permalink on a line of its own."""
    return f"{write_sentence(style, item)}\n{item.address}\n"


def write_csl(item: Item) -> str:
    """Return an item as CSL-JSON (https://citeproc-js.readthedocs.io/en/latest/csl-json/)."""
    return write_json(item.list_records())


BIBTEX_TYPES: Final = {"article-newspaper": "article", "webpage": "online", "dataset": "misc"}
RIS_TYPES: Final = {"article-newspaper": "NEWS", "webpage": "ELEC", "dataset": "DATA"}
SCHEMA_TYPES: Final = {
    "article-newspaper": "NewsArticle",
    "webpage": "WebPage",
    "dataset": "Dataset",
}
"""The types of records in BibTeX, RIS and schema.org."""


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
    return f"@{BIBTEX_TYPES[record['type']]}{{{record['id']},\n" + ",\n".join(lines) + "\n}\n"


def escape_name(name: Mapping[str, str]) -> str:
    """Return a name for BibTeX, in braces if it is whole."""
    words = join_name(name).translate(LATEX)
    return words if "given" in name else f"{{{words}}}"


def join_name(name: Mapping[str, str]) -> str:
    """Return a name, the family's first."""
    return ", ".join(name[part] for part in ("literal", "family", "given") if part in name)


def write_day(record: Record, field: str, separator: str) -> str:
    """Return a date of a record as far as it is known: 2026-04-29, 2026-04, 2026 or ""."""
    (parts,) = record.get(field, {"date-parts": [[]]})["date-parts"]
    return separator.join(f"{part:02}" for part in parts)


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


def describe_record(record: Record) -> dict[str, Any]:
    """Return a record in schema.org's words, as JSON-LD."""
    publisher = record.get("publisher")
    described = {
        "@context": "https://schema.org",
        "@type": SCHEMA_TYPES[record["type"]],
        "headline" if record["type"] != "dataset" else "name": record["title"],
        "author": [
            {"@type": "Person" if "family" in name else "Organization", "name": write_name(name)}
            for name in record.get("author", ())
        ],
        "publisher": publisher and {"@type": "Organization", "name": publisher},
        "datePublished": write_day(record, "issued", "-"),
        "inLanguage": record.get("language"),
        "version": record.get("version"),
        "url": record.get("URL"),
        "subjectOf": {"@type": "WebPage", "url": record["archive_location"]},
    }
    return {name: value for name, value in described.items() if value}


def write_name(name: Mapping[str, str]) -> str:
    """Return a name as it is read, the given name first."""
    return " ".join(name[part] for part in ("literal", "given", "family") if part in name)


def write_jsonld(item: Item) -> str:
    """Return an item as JSON-LD in schema.org's words."""
    return write_json(item.markup)


def list_tags(record: Record) -> Iterator[tuple[str, str]]:
    """Yield the name and the content of each meta tag: Highwire's, then Dublin Core's.

    https://scholar.google.com/intl/en/scholar/inclusion.html#indexing,
    https://www.dublincore.org/specifications/dublin-core/dcq-html/
    """
    authors = list(map(write_name, record.get("author", ())))
    fields = [
        ("citation_title", "DC.title", record["title"]),
        *(("citation_author", "DC.creator", author) for author in authors),
        ("citation_publication_date", "DC.date", write_day(record, "issued", "-")),
        ("citation_publisher", "DC.publisher", record.get("publisher", "")),
        ("citation_journal_title", "", record.get("container-title", "")),
        ("citation_language", "DC.language", record.get("language", "")),
        ("citation_public_url", "DC.identifier", record.get("URL", "")),
        ("", "DC.relation", record["archive_location"]),
    ]
    for highwire, _, text in fields:
        if highwire and text:
            is_date = highwire == "citation_publication_date"
            yield highwire, text.replace("-", "/") if is_date else text
    for _, dublin_core, text in fields:
        if dublin_core and text:
            yield dublin_core, text


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
            "value": f"{write_sentence('apa', item)} {item.address}",
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
