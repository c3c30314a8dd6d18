"""A reference: where a source is found, in words, as every citation and page writes it."""

from __future__ import annotations

import re
from typing import Final
from unicodedata import bidirectional

MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
"""Not of the calendar module, which speaks the language of the locale."""

ISOLATE: Final = "\N{FIRST STRONG ISOLATE}"
END: Final = "\N{POP DIRECTIONAL ISOLATE}"

DAY: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])-(\d\d)")


def reference(name: str, published: str, position: str) -> str:
    """Return where a source is found: INP-WealthPk, 29 April 2026, sentence 8.

    What is not known is ""; position 0 is the headline.
    """
    place = "headline" if position == "0" else f"sentence {position}" if position else ""
    return ", ".join(part for part in (isolated(name), spoken_date(published), place) if part)


def isolated(text: str) -> str:
    """Return a text which, where it runs from right to left, turns nothing that stands around it.

    https://www.unicode.org/reports/tr9/#Explicit_Directional_Isolates
    """
    turns = any(bidirectional(character) in {"R", "AL"} for character in text)
    return f"{ISOLATE}{text}{END}" if turns else text


def spoken_date(text: str) -> str:
    """Return a date as it is said in English, any other text as it is."""
    match = DAY.fullmatch(text)
    if match is None:
        return text
    year, month, day = match.groups()
    return f"{int(day)} {MONTHS[int(month) - 1]} {year}"
