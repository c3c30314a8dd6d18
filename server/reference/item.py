"""A citable item: the works behind a cited answer, row or statement, and their references."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Final

from graph.presenting.work import Author, Work
from graph.publishing.dataset_description import PUBLISHER
from graph.wording.quotation import BETWEEN
from graph.wording.reference import name_sentences
from graph.wording.text import isolate
from server.page.cited_answer import Source
from server.reference.meta_tag import list_tags
from server.reference.record import Record
from server.reference.schema_org import describe_record

NAME: Final = "cpec-graph"
RELEASED: Final = 2026
"""The year of the release, as in CITATION.cff."""

CITED_SENTENCES: Final = 8
"""The maximum number of sentences of a work in a reference, and of quotes in its note."""

CITED_WORKS: Final = 20
"""The maximum number of works in a citation."""


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


def name_author(author: Author) -> dict[str, str]:
    """Return an author as CSL-JSON has names: an organization has a literal one."""
    if not author.is_person:
        return {"literal": author.family}
    given = {"given": author.given} if author.given else {}
    return {"family": author.family, **given}
