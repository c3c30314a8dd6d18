"""A reference: where a source is found, in words, as every citation and page writes it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from unicodedata import bidirectional

MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
"""Not of the calendar module, which speaks the language of the locale."""

ISOLATE: Final = "\N{FIRST STRONG ISOLATE}"
END: Final = "\N{POP DIRECTIONAL ISOLATE}"

SENTENCE: Final = re.compile(r"(.*), sentence (\d+)")
DAY: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])-(\d\d)")


def reference(name: str, published: str, position: str) -> str:
    """Return where a source is found: INP-WealthPk, 29 April 2026, sentence 8.

    What is not known is ""; position 0 is the headline.
    """
    place = "headline" if position == "0" else f"sentence {position}" if position else ""
    return ", ".join(part for part in (isolated(name), spoken_date(published), place) if part)


def together(references: Iterable[str]) -> list[str]:
    """Return references, the sentences of one article as one.

    >>> together(["A, 1 May 2026, sentence 8", "B", "A, 1 May 2026, sentence 2"])
    ['A, 1 May 2026, sentences 2, 8', 'B']
    """
    found: dict[str, list[int]] = {}
    for one in references:
        match = SENTENCE.fullmatch(one)
        found.setdefault(match[1] if match else one, []).extend([int(match[2])] if match else [])
    return [
        f"{words}, sentence{'s' if len(places) > 1 else ''} {', '.join(map(str, sorted(places)))}"
        if places
        else words
        for words, places in found.items()
    ]


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
