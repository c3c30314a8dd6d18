"""Numbers, days and names in texts that anyone may have written: read within bounds, or not at all.

Python reads digits of every script, raises ValueError for more than 4,300 of them and OverflowError
for a year beyond its own, and takes `20260102` and `2026-W01-5` for days.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import Final

from graph.errors import ParameterError

COUNT: Final = re.compile("[0-9]{1,18}")
"""A whole number that fits into 64 bits, as xsd:integer writes it without a sign."""

DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
"""An xsd:date without a time zone, of a year with four digits."""


PERIOD: Final = re.compile("[0-9]{4}(-(0[1-9]|1[0-2]))?")
"""An xsd:gYear or xsd:gYearMonth without a time zone."""

MOST_NAME: Final = 2000
"""The characters of a name, which may be an IRI."""

ECHO: Final = 100
"""The characters of a text at fault that a message repeats."""


def read_count(text: str) -> int | None:
    """Return the whole number of a text, None for another text or too many digits.

    >>> read_count("007"), read_count("-7"), read_count("1" * 19)
    (7, None, None)
    """
    return int(text) if COUNT.fullmatch(text) else None


def read_day(text: str) -> date | None:
    """Return the day of a text, None for another text or a day that no calendar has.

    >>> read_day("2026-02-28"), read_day("2026-02-30"), read_day("20260228")
    (datetime.date(2026, 2, 28), None, None)
    """
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        return None


def read_last_day(text: str) -> str:
    """Return the last day of a year, a month, a day or a time, "" for another text.

    >>> read_last_day("2024-02"), read_last_day("2021-07-12T23:59:00Z"), read_last_day("2021-02-30")
    ('2024-02-29', '2021-07-12', '')
    """
    return period_days(text)[1] if PERIOD.fullmatch(text) else str(read_day(text[:10]) or "")


def period_days(period: str) -> tuple[str, str]:
    """Return the first and last day of a month or a year.

    >>> period_days("2028-02")
    ('2028-02-01', '2028-02-29')
    >>> period_days("2019")
    ('2019-01-01', '2019-12-31')
    """
    year, _, month = period.partition("-")
    last = month or "12"
    return f"{year}-{month or '01'}-01", f"{year}-{last}-{monthrange(int(year), int(last))[1]}"


def require_name(text: str) -> str:
    """Return a name; raises ParameterError for one that is too long to be one."""
    if len(text) > MOST_NAME:
        raise ParameterError(f"a name has {MOST_NAME:,} characters at most, not {len(text):,}")
    return text
