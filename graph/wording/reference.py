"""The reference of a source in words, as every citation and page writes it."""

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


def write_reference(name: str, published: str, position: str) -> str:
    """Return the reference of a source: INP-WealthPk, 29 April 2026, sentence 8.

    An unknown part is ""; position 0 is the headline.
    """
    place = "headline" if position == "0" else f"sentence {position}" if position else ""
    return ", ".join(part for part in (isolate(name), write_date(published), place) if part)


def merge_sentences(references: Iterable[str]) -> list[str]:
    """Return references with the sentences of an article merged into one.

    >>> merge_sentences(["A, 1 May 2026, sentence 8", "B", "A, 1 May 2026, sentence 2"])
    ['A, 1 May 2026, sentences 2, 8', 'B']
    """
    positions: dict[str, list[int]] = {}
    for text in references:
        match = SENTENCE.fullmatch(text)
        numbers = positions.setdefault(match[1] if match else text, [])
        numbers.extend([int(match[2])] if match else [])
    return [
        f"{words}, sentence{'s' if len(numbers) > 1 else ''} {', '.join(map(str, sorted(numbers)))}"
        if numbers
        else words
        for words, numbers in positions.items()
    ]


def isolate(text: str) -> str:
    """Return a text isolated if it has right-to-left letters, which would reorder its surroundings.

    https://www.unicode.org/reports/tr9/#Explicit_Directional_Isolates
    """
    turns = any(bidirectional(character) in {"R", "AL"} for character in text)
    return f"{ISOLATE}{text}{END}" if turns else text


def write_date(text: str) -> str:
    """Return a date in English words, any other text unchanged."""
    match = DAY.fullmatch(text)
    if match is None:
        return text
    year, month, day = match.groups()
    return f"{int(day)} {MONTHS[int(month) - 1]} {year}"
