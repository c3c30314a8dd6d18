"""The sentences of a text in English, Urdu or Chinese, by their offsets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import sentencex

ABBREVIATIONS: Final = frozenset(
    (
        *("Addl", "Amb", "Asst", "Brig", "Col", "Dist", "Distt", "Div", "Dy", "Engr", "Gen"),
        *("Govt", "Hon", "Lt", "Maj", "Min", "Prof", "Retd", "Rs", "Secy", "Sen", "Sr"),
    )
)
"""English abbreviations that stand before a capital letter: titles, offices and a currency."""

LAST_WORD: Final = re.compile(r"(\w+)\.\W*$")
CLOSED: Final = re.compile(r"[.!?…。！？۔؟][\"'”’»」』）)\]]*$")
"""The end of a sentence in the three scripts."""

MAX_LOOSE_CHARACTERS: Final = 80
"""The length up to which a line without a full stop is a byline or a heading, and no sentence."""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text by its offsets, `end` exclusive."""

    start: int
    end: int

    def cut(self, text: str) -> str:
        """Return the piece."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Segmentation:
    """The sentences of a text in order, and the lines that are none: bylines, dates, headings."""

    sentences: tuple[Span, ...]
    loose: tuple[Span, ...]


def split_text(text: str, language: str, abbreviations: Iterable[str] = ()) -> Segmentation:
    """Return the sentences of a text; no sentence goes beyond its line.

    In English no sentence ends after one of some abbreviations, nor before a small letter. A
    quotation of several sentences stays whole.
    """
    sentences: list[Span] = []
    loose: list[Span] = []
    kept = ABBREVIATIONS | {word.rstrip(".") for word in abbreviations}
    for line in re.finditer(r"[^\n]+", text):
        pieces = split_line(line[0], language, kept)
        spans = [Span(line.start() + piece.start, line.start() + piece.end) for piece in pieces]
        is_loose = (
            len(line[0].strip()) <= MAX_LOOSE_CHARACTERS
            and len(spans) == 1
            and not CLOSED.search(line[0].strip())
        )
        (loose if is_loose else sentences).extend(spans)
    return Segmentation(tuple(sentences), tuple(loose))


def split_line(line: str, language: str, abbreviations: frozenset[str]) -> Iterator[Span]:
    """Yield the sentences of a line without the space around them."""
    start = end = 0
    pieces = sentencex.segment(language, line)
    for piece, following in zip(pieces, [*pieces[1:], ""], strict=True):
        end += len(piece)
        if language == "en" and following and goes_on(piece, following, abbreviations):
            continue
        if own := line[start:end].strip():
            first = line.index(own, start)
            yield Span(first, first + len(own))
        start = end


def goes_on(piece: str, following: str, abbreviations: frozenset[str]) -> bool:
    """Return whether an English sentence goes on behind the full stop of an abbreviation."""
    word = LAST_WORD.search(piece)
    return following.lstrip()[:1].islower() or (word is not None and word[1] in abbreviations)
