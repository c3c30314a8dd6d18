"""The citation of an answer, a thing or the graph, and its comparison with a receipt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from flask import request
from werkzeug.exceptions import NotFound

from graph.presenting.article import ArticlePage
from graph.presenting.thing import ThingPage
from graph.presenting.work import Work, query_works, read_works
from graph.publishing.dataset_quad import TITLE
from graph.publishing.resource import WHOLE_RECEIPT, query_proved_receipt, query_receipt
from graph.wording.source_reference import Reference
from ontology.namespace import BACKGROUND, ID
from server.engine.front.reply import Fields
from server.exclusion import list_exclusions, refuse_exclusion
from server.feed import list_reworded
from server.linked_data import escape_name, read_iri
from server.page.cited_answer import CitedRow, Source
from server.page.frame import PART
from server.page.page_view import evaluate_for_page
from server.parameters import Parameters
from server.receipt import (
    OTHER_WORDS,
    RECEIPT,
    Pairs,
    Receipt,
    join_parameters,
    read_receipt,
    read_row_name,
    receipt_headers,
    wait_receipt,
    write_permalink,
)
from server.reference.citation_format import write_entries
from server.reference.item import CITED_WORKS, CitedWork, Item
from server.site import current_site

DEFAULT_SECONDS: Final = 2.0
"""The seconds that a page waits for a receipt, unless its request has one."""


def compare_receipt(
    parameters: Parameters, today: Receipt, lines: Sequence[CitedRow]
) -> dict[str, Any] | None:
    """Return a request's receipt beside today's, and the status and the row that the page shows.

    It has the rows that are `reworded`, where a change log tells. None for a request without a
    receipt.
    """
    before, row = read_receipt(parameters), read_row_name(parameters)
    shown = next((line for line in lines if line.name == row), None)
    if before is None:
        return None
    status = before.status(today)
    reworded = list_reworded(current_site(), before, today) if status == OTHER_WORDS else None
    receipts = {"before": before, "today": today, "status": status, "reworded": reworded}
    return {**receipts, "row": row, "shown": shown}


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
    sources: Sequence[Source | Reference]
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
            cells = ", ".join(cell.text for cell in line.cells if cell)
            extent = f"row “{line.sentence or cells}”"
            sources = line.select_sources(s for s in sources if isinstance(s, Source))
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
        """The citation in APA, an entry a line, without the permalink."""
        return write_entries("apa", self.item())

    @property
    def permalink(self) -> str:
        """The address with today's receipt."""
        return write_permalink(self.address, self.today)

    @property
    def cite(self) -> str:
        """The address of the citation in all its formats."""
        return join_parameters(f"{request.root_url}cite", self.record)


def find_works(sources: Sequence[Source | Reference]) -> tuple[list[CitedWork], int]:
    """Return the first works of sources, articles and background, and the number of the others.

    Our own tables of links are no works.
    """
    by_work: dict[str, list[Source | Reference]] = {}
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
    return receipt_headers(read_receipt(parameters), cited.today, cited.permalink)


def write_row_extent(number: int, before: int, *, more: bool) -> str:
    """Return the number of an answer's rows, or the range of the shown rows."""
    if more or before:
        return f"rows {before + 1:,} to {before + number:,}"
    return f"{number} row{'' if number == 1 else 's'}"


def cite_thing(name: str, page: ThingPage | ArticlePage, seconds: float | None = None) -> Cited:
    """Return the citation of one page of a thing or an article; the receipt covers all pages.

    It waits for the receipt up to `seconds`.
    """
    sources, kind, iri = page.sources, "statement", read_iri(ID + name)
    if isinstance(page, ArticlePage):
        graphs = {sentence.graph for sentence in page.sentences}
        sources, kind = [source for source in sources if source.graph in graphs], "sentence"
    part = [(PART, str(page.page))] if page.page > 1 else []
    pairs = [*list_exclusions(), *part]
    if page.pages > 1:
        extent = f"{kind}s {page.first:,} to {page.last:,} of {page.total:,}"
    else:
        extent = f"{page.total} {kind}{'' if page.total == 1 else 's'}"
    return Cited(
        page.name.text,
        extent,
        [source for source in sources if source.kind != "editorial"],
        join_parameters(f"{request.root_url}page/{escape_name(name)}", pairs),
        [("id", name), *pairs],
        wait_receipt(query_receipt(iri), seconds=seconds, proved=query_proved_receipt(iri)),
    )


def cite_graph(seconds: float | None = None) -> Cited:
    """Return the citation of the graph; it waits for the receipt up to `seconds`."""
    refuse_exclusion("the citation of the graph")
    today = wait_receipt(WHOLE_RECEIPT, seconds=seconds)
    return Cited(TITLE, "", [], f"{request.root_url}dataset", [], today)
