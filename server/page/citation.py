"""How an answer is cited: its item in a bibliography, and what is told of a receipt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from flask import request
from werkzeug.exceptions import NotFound

from server.bibliography import Item, write_text
from server.page.answer import CitedRow, Source
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
from server.reply import Fields
from server.site import current_site

HURRY: Final = 2.0
"""The seconds in which the receipt of an answer is sought by a page that nobody brings one to."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The receipt that an address brings beside today's, and whether the row it cites is shown."""

    before: Receipt
    today: Receipt
    row: str = ""
    shown: bool = False

    @property
    def status(self) -> str:
        """How today's answer stands to the one that was cited."""
        return self.before.status(self.today)


def compared(
    parameters: Parameters, today: Receipt, lines: Sequence[CitedRow]
) -> Comparison | None:
    """Return the receipt of a request beside today's, None where it brings none."""
    before, row = read_receipt(parameters), read_row_name(parameters)
    shown = any(line.name == row for line in lines)
    return Comparison(before, today, row, shown) if before else None


def patience(parameters: Parameters) -> float:
    """Return the seconds in which a page seeks its receipt."""
    deadline = current_site().engine.settings.deadline
    return deadline if parameters.get(RECEIPT) else min(HURRY, deadline)


@dataclass(frozen=True, slots=True)
class Cited:
    """An answer that can be cited: its title, its extent, its address site, and today's receipt.

    `record` are the parameters by which /cite is asked for it.
    """

    title: str
    extent: str
    sources: Sequence[Source]
    address: str
    record: Pairs
    today: Receipt
    lines: Sequence[CitedRow] = ()

    def item(self, row: str = "") -> Item:
        """Return the answer as an item, or one row of it; raises NotFound where it has no such."""
        extent, sources = self.extent, self.sources
        if row:
            line = next((one for one in self.lines if one.name == row), None)
            if line is None:
                raise NotFound("the answer has no row of that name: it may have changed")
            extent = f"row “{', '.join(cell.text for cell in line.cells if cell)}”"
            sources = [source for source in sources if source.graph in line.graphs]
        return Item(
            self.title,
            extent,
            sources,
            self.today.version,
            write_permalink(self.address, self.today, row),
            write_permalink(self.cite, self.today, row),
            datetime.now(UTC).date(),
        )

    @property
    def text(self) -> str:
        """The citation in plain text."""
        return write_text(self.item())

    @property
    def cite(self) -> str:
        """The address of the citation in all its formats."""
        return join_parameters(f"{request.root_url}cite", self.record)


def receipt_told(cited: Cited | None, parameters: Parameters) -> Fields:
    """Return the headers of a page that tell of its receipt, as far as its request asks of it."""
    if cited is None or parameters.get(RECEIPT) is None:
        return []
    address = write_permalink(cited.address, cited.today)
    return receipt_headers(read_receipt(parameters), cited.today, address)


def rows_of(number: int, before: int, *, more: bool) -> str:
    """Return how many rows an answer has, or which of them are told."""
    if more or before:
        return f"rows {before + 1:,} to {before + number:,}"
    return f"{number} row{'' if number == 1 else 's'}"
