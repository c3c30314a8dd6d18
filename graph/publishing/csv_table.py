r"""Tables as CSV: comma-separated, quoted, CRLF, UTF-8 (RFC 4180).

A spreadsheet takes a cell that begins with = + - @ for a formula and runs it. Such a cell, unless
it is a number, gets an apostrophe in front, and a cell that begins with apostrophes and such a sign
gets another one: strip one from each cell that matches `^'+[=+\-@\t\r]` to restore the text.

Excel takes a file for UTF-8 if it begins with the byte order mark.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Final

FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


BYTE_ORDER_MARK: Final = "\ufeff".encode()

csv.field_size_limit(1 << 31)  # a cell of an answer is as long as the answer may be


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return the rows as CSV, below a line of column names."""
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([guard_cell(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def guard_results(body: bytes) -> bytes:
    """Return the results of a query in CSV as a table for a spreadsheet, without formulas."""
    columns, *rows = csv.reader(StringIO(body.decode(), newline=""))
    return write_csv(columns, rows)


def guard_cell(cell: str) -> str:
    """Return the cell, with an apostrophe in front if a spreadsheet would run it."""
    runs = FORMULA.match(cell) and not NUMBER.fullmatch(cell)
    return f"'{cell}" if runs else cell
