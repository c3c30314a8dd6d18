r"""Tables as CSV: comma-separated, quoted, CRLF, UTF-8 (RFC 4180).

A spreadsheet takes a cell that begins with = + - @ for a formula and runs it; some take their wide
forms so, and skip blanks and invisible characters before them. A cell that begins with one of all
these, unless it is a number, gets an apostrophe in front, and a cell that begins with apostrophes
and one of them gets another. To restore a text, drop an apostrophe before what matches FORMULA.

Excel takes a file for UTF-8 if it begins with the byte order mark.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Final

FORMULA: Final = re.compile(
    r"'*[=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\s"
    r"\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
"""The beginning of a cell that a spreadsheet may run: signs, wide and small signs, blanks, and
characters without a width (https://owasp.org/www-community/attacks/CSV_Injection).
"""

NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)


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
