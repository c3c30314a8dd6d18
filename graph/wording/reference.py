"""The reference of a source in words, as every citation and page writes it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from graph.wording.text import isolate, write_date

SENTENCE: Final = re.compile(r"(.*), sentence (\d+)")


def write_reference(name: str, published: str, position: str) -> str:
    """Return the reference of a source: INP-WealthPk, 29 April 2026, sentence 8.

    An unknown part is "".
    """
    parts = isolate(name), write_date(published), name_place(position)
    return ", ".join(filter(None, parts))


def name_place(position: str) -> str:
    """Return the place of a sentence in its article, in words; position 0 is the headline."""
    return "headline" if position == "0" else f"sentence {position}" if position else ""


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


def name_sentences(references: Iterable[str], most: int) -> str:
    """Return the sentences of references to one article, the first `most` by their numbers.

    >>> name_sentences(["A, sentence 8", "A, headline", "A, sentence 2", "A, sentence 9"], 2)
    'headline, sentences 2, 8 and 1 more'
    """
    references = list(references)
    matches = [SENTENCE.fullmatch(text) for text in references]
    numbers = sorted({int(match[2]) for match in matches if match})
    more = f" and {len(numbers) - most} more" if len(numbers) > most else ""
    places = ["headline"] if any(text.endswith(", headline") for text in references) else []
    if numbers:
        shown = ", ".join(map(str, numbers[:most]))
        places.append(f"sentence{'s' if len(numbers) > 1 else ''} {shown}{more}")
    return ", ".join(places)
