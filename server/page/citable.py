"""The citation of an answer: its bibliography item, and the comparison with a receipt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from flask import request
from werkzeug.exceptions import NotFound

from graph.presenting.work import Work, query_works, read_works
from ontology.namespace import BACKGROUND
from server.page.cited_answer import CitedRow, Source
from server.page.page_view import evaluate_for_page
from server.parameters import Parameters
from server.receipt import (
    RECEIPT,
    Pairs,
    Receipt,
    join_parameters,
    read_receipt,
    read_row_name,
    receipt_headers,
    write_permalink,
)
from server.reference.item import CITED_WORKS, CitedWork, Item
from server.reference.styled_text import write_sentence
from server.reply import Fields
from server.site import current_site

DEFAULT_SECONDS: Final = 2.0
"""The seconds that a page waits for a receipt, unless its request has one."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The receipt of a request and today's, and whether the page shows the cited row."""

    before: Receipt
    today: Receipt
    row: str = ""
    shown: bool = False

    @property
    def status(self) -> str:
        """The status of today's answer: `Receipt.status`."""
        return self.before.status(self.today)


def compare_receipt(
    parameters: Parameters, today: Receipt, lines: Sequence[CitedRow]
) -> Comparison | None:
    """Return the comparison of a request's receipt with today's, None without a receipt."""
    before, row = read_receipt(parameters), read_row_name(parameters)
    shown = any(line.name == row for line in lines)
    return Comparison(before, today, row, shown) if before else None


def receipt_seconds(parameters: Parameters) -> float:
    """Return the seconds that a page waits for its receipt."""
    deadline = current_site().engine.settings.deadline
    return deadline if parameters.get(RECEIPT) else min(DEFAULT_SECONDS, deadline)


@dataclass(frozen=True, slots=True)
class Cited:
    """A citable answer: title, extent, sources, address, and today's receipt.

    `record` are the parameters of /cite for it.
    """

    title: str
    extent: str
    sources: Sequence[Source]
    address: str
    record: Pairs
    today: Receipt
    lines: Sequence[CitedRow] = ()

    def item(self, row: str = "") -> Item:
        """Return the item of the answer, or of a row; raises NotFound for a missing row."""
        extent, sources = self.extent, self.sources
        if row:
            line = next((line for line in self.lines if line.name == row), None)
            if line is None:
                raise NotFound("the answer has no row of that name: it may have changed")
            extent = f"row “{', '.join(cell.text for cell in line.cells if cell)}”"
            sources = line.select_sources(sources)
        works, more = find_works(sources)
        return Item(
            self.title,
            extent,
            sources,
            works,
            more,
            self.today.version,
            self.address,
            write_permalink(self.address, self.today, row),
            write_permalink(self.cite, self.today, row),
            datetime.now(UTC).date(),
        )

    @property
    def text(self) -> str:
        """The citation in APA, without the permalink."""
        return write_sentence("apa", self.item())

    @property
    def permalink(self) -> str:
        """The address with today's receipt."""
        return write_permalink(self.address, self.today)

    @property
    def cite(self) -> str:
        """The address of the citation in all its formats."""
        return join_parameters(f"{request.root_url}cite", self.record)


def find_works(sources: Sequence[Source]) -> tuple[list[CitedWork], int]:
    """Return the first works of sources, articles and background, and the number of the others.

    Our own tables of links are no works.
    """
    by_work: dict[str, list[Source]] = {}
    for source in sources:
        if source.article or source.graph.startswith(BACKGROUND):
            by_work.setdefault(source.article or source.graph, []).append(source)
    first = list(by_work)[:CITED_WORKS]
    known = read_works(evaluate_for_page(query_works(first))) if first else {}
    works = [known.get(iri, Work(iri, "")) for iri in first]
    cited = [
        CitedWork(replace(work, title=work.title or own[0].words), own)
        for work, own in zip(works, by_work.values(), strict=False)
    ]
    return cited, len(by_work) - len(first)


def page_receipt_headers(cited: Cited | None, parameters: Parameters) -> Fields:
    """Return the link to the permalink of a page, and the status of its request's receipt."""
    if cited is None:
        return []
    address = write_permalink(cited.address, cited.today)
    return receipt_headers(read_receipt(parameters), cited.today, address)


def write_row_extent(number: int, before: int, *, more: bool) -> str:
    """Return the number of an answer's rows, or the range of the shown rows."""
    if more or before:
        return f"rows {before + 1:,} to {before + number:,}"
    return f"{number} row{'' if number == 1 else 's'}"
