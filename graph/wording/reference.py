"""The reference of a source in words, as every citation and page writes it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from graph.wording.text import isolate, write_time

SENTENCE: Final = re.compile(r"(.*), sentence ([0-9]{1,18})")


def write_reference(name: str, published: str, position: str) -> str:
    """Return the reference of a source: INP-WealthPk, 29 April 2026, sentence 8.

    An unknown part is "".
    """
    parts = isolate(name), write_time(published), name_place(position)
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
        f"{words}, {name_numbers(numbers, len(numbers))}" if numbers else words
        for words, numbers in positions.items()
    ]


def name_sentences(references: Iterable[str], most: int) -> str:
    """Return the sentences of references to one article, the first `most` ranges of them.

    >>> name_sentences(["A, sentence 8", "A, headline", "A, sentence 2", "A, sentence 9"], 1)
    'headline, sentences 2 and 2 more'
    """
    references = list(references)
    numbers = [int(match[2]) for text in references if (match := SENTENCE.fullmatch(text))]
    places = ["headline"] if any(text.endswith(", headline") for text in references) else []
    return ", ".join([*places, name_numbers(numbers, most)] if numbers else places)


def name_numbers(numbers: Iterable[int], most: int) -> str:
    """Return the numbers of sentences as ranges, the first `most` of them, and how many are left.

    >>> name_numbers([11, 8, 7, 6, 9], 8), name_numbers([3, 3], 8)
    ('sentences 6–9, 11', 'sentence 3')
    """
    ranges: list[list[int]] = []
    for number in sorted(set(numbers)):
        if ranges and number == ranges[-1][-1] + 1:
            ranges[-1].append(number)
        else:
            ranges.append([number])
    texts = [f"{own[0]}–{own[-1]}" if len(own) > 1 else str(own[0]) for own in ranges]
    left = sum(map(len, ranges[most:]))
    more = f" and {left} more" if left else ""
    return f"sentence{'s' if sum(map(len, ranges)) > 1 else ''} {', '.join(texts[:most])}{more}"
