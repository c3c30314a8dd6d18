"""The order and the filter of the rows of a table, as the address of its page asks for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Self, TypeVar

from werkzeug.exceptions import BadRequest

from graph.written_value import ECHO
from server.page.frame import address, parameters
from server.page.language import read_given

SORT: Final = "sort"
"""The parameter with the column by which rows are sorted, behind a `-` from its end."""

FILTER: Final = "filter"
"""The parameter with the words that each row has."""

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The columns of a table, the one by which its rows are sorted, and the words of each row."""

    columns: Sequence[str]
    sort: str
    words: str

    @classmethod
    def read(cls, columns: Sequence[str]) -> Self:
        """Return the arrangement that the request asks for; raises BadRequest."""
        given = read_given()
        sort = given.get(SORT) or ""
        if sort and sort.removeprefix("-") not in columns:
            raise BadRequest(f"sort={sort[:ECHO]} is none of {', '.join(columns)}, or - and one")
        return cls(columns, sort, given.get(FILTER) or "")

    def __bool__(self) -> bool:
        return bool(self.sort or self.words)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The other parameters of the page."""
        return [pair for pair in parameters() if pair[0] not in {SORT, FILTER}]

    def order(self, column: str) -> str:
        """Return the order of the rows by a column, in the words of `aria-sort`."""
        return {column: "ascending", f"-{column}": "descending"}.get(self.sort, "none")

    def sorted_by(self, column: str) -> str:
        """Return the address of the page sorted by a column, or from its end if it is already."""
        pairs = [*self.kept, (FILTER, self.words)] if self.words else self.kept
        return address([*pairs, (SORT, f"-{column}" if self.sort == column else column)])

    def arrange(
        self,
        rows: Sequence[Row],
        cells: Callable[[Row], Sequence[str]],
        text: Callable[[Row], str] = lambda _: "",
    ) -> list[Row]:
        """Return the rows that have the words, in the order; empty cells are last.

        `cells` gives the texts of a row, column by column, and `text` what else it says.
        """
        words = self.words.casefold().split()
        kept = [
            row
            for row in rows
            if all(word in " ".join([*cells(row), text(row)]).casefold() for word in words)
        ]
        if self.sort:
            place = self.columns.index(self.sort.removeprefix("-"))
            kept.sort(key=lambda row: sort_key(cells(row)[place]), reverse=self.sort[0] == "-")
            kept.sort(key=lambda row: not cells(row)[place])
        return kept


def sort_key(text: str) -> tuple[bool, float, str]:
    """Return the key by which numbers stand in their order, before other texts in theirs.

    >>> sorted(["b", "10", "9.5", "A"], key=sort_key)
    ['9.5', '10', 'A', 'b']
    """
    is_number = text.replace(".", "", 1).isdecimal()
    return not is_number, float(text) if is_number else 0, text.casefold()
