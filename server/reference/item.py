"""A citable item: the works behind a cited answer, row or statement, and their references.

A reference is a record in CSL-JSON; pages have it in schema.org's words and as meta tags too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Final

from graph.presenting.work import Author, Work
from graph.publishing.dataset_description import PUBLISHER
from graph.publishing.dataset_quad import TITLE
from graph.wording.quotation import BETWEEN
from graph.wording.reference import name_sentences
from graph.wording.source_reference import Reference
from graph.wording.text import isolate
from server.page.cited_answer import Source
from server.reference.headline import is_described

Record = Mapping[str, Any]
"""A reference in CSL-JSON (https://citeproc-js.readthedocs.io/en/latest/csl-json/)."""

TYPES: Final = {
    "article-newspaper": "NewsArticle",
    "webpage": "WebPage",
    "dataset": "Dataset",
}
"""The classes of works by the types of records."""

NAME: Final = "cpec-graph"
RELEASED: Final = 2026
"""The year of the release, as in CITATION.cff."""

CITED_SENTENCES: Final = 8
"""The maximum number of sentences of a work in a reference, and of quotes in its note."""

CITED_WORKS: Final = 20
"""The maximum number of works in a citation."""


def join_name(name: Mapping[str, str]) -> str:
    """Return a name, the family's first."""
    return ", ".join(name[part] for part in ("literal", "family", "given") if part in name)


def write_name(name: Mapping[str, str]) -> str:
    """Return a name as it is read, the given name first."""
    return " ".join(name[part] for part in ("literal", "given", "family") if part in name)


def write_day(record: Record, field: str, separator: str) -> str:
    """Return a date of a record as far as it is known: 2026-04-29, 2026-04, 2026 or ""."""
    (parts,) = record.get(field, {"date-parts": [[]]})["date-parts"]
    return separator.join(f"{part:02}" for part in parts)


def write_json(record: object) -> str:
    """Return a record as JSON."""
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def describe_record(record: Record) -> dict[str, Any]:
    """Return a record in schema.org's words, as JSON-LD."""
    publisher = record.get("publisher")
    described = {
        "@context": "https://schema.org",
        "@type": TYPES[record["type"]],
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


@dataclass(frozen=True, slots=True)
class CitedWork:
    """A cited work, and the sources in it: its sentences."""

    work: Work
    sources: Sequence[Source | Reference]

    @property
    def place(self) -> str:
        """The cited sentences."""
        return name_sentences([source.words for source in self.sources], CITED_SENTENCES)

    @property
    def quotes(self) -> list[str]:
        """The quotes or anchors of the first cited sentences, each with its reference."""
        return [
            f"anchor {BETWEEN.join(source.quotes)} ({source.words})"
            if source.is_anchored
            else BETWEEN.join(f"“{quote}”" for quote in source.quotes) + f" ({source.words})"
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
    sources: Sequence[Source | Reference]
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
        title = isolate(self.title) if is_described(self.title) else f"“{isolate(self.title)}”"
        parts = [NAME, title, self.extent, more, f"version {self.version}"]
        return ", ".join(filter(None, parts))

    @property
    def last_sentence(self) -> str:
        """The sentence on this graph behind the references."""
        own = f"Via {self.place}" if self.works else self.extent[:1].upper() + self.extent[1:]
        return ", ".join(filter(None, [own, "CC BY 4.0."]))

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
                "container-title": "" if self.title == TITLE else TITLE,
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


def name_author(author: Author) -> dict[str, str]:
    """Return an author as CSL-JSON has names: an organization has a literal one."""
    if not author.is_person:
        return {"literal": author.family}
    given = {"given": author.given} if author.given else {}
    return {"family": author.family, **given}
