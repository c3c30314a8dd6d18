"""Quotations: the phrases of a sentence in the order of its text, with an ellipsis between them.

This module alone joins fragments. A fragment without a known place is a quotation by itself. The
anchors of a sentence are fragments too, but locators, which stand beside each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, Self

ELLIPSIS: Final = "…"
"""The sign for words that a quotation leaves out; it ends an anchor that is not unique."""

JOINT: Final = f" {ELLIPSIS} "

BETWEEN: Final = " | "
"""The sign between quotations, and between anchors."""

POSITION: Final = "#char="
"""A position in the text of a sentence: https://www.rfc-editor.org/rfc/rfc5147#section-2.1."""

RANGE: Final = re.compile(POSITION + r"(\d{1,9}),(\d{1,9})$")
"""The end of the name of a selector: `#char=86,99`, the range of a fragment in its sentence."""


class Fragment(NamedTuple):
    """A contiguous phrase of a sentence, and its offset there, -1 if that is not known.

    An anchor that is not `unique` occurs elsewhere in the text of its article too.
    """

    start: int
    words: str
    unique: bool = True

    @classmethod
    def read(cls, selector: str, words: str) -> Self:
        """Return a fragment; the name of its selector has its place if it is as long as the words.

        >>> Fragment.read("https://example.org/s09#char=86,99", "aims to align")
        Fragment(start=86, words='aims to align', unique=True)
        """
        ends = RANGE.search(selector)
        is_placed = ends is not None and int(ends[2]) - int(ends[1]) == len(words)
        return cls(int(ends[1]) if ends and is_placed else -1, words)

    @classmethod
    def read_anchor(cls, selector: str, anchor: str) -> Self:
        """Return an anchor as a fragment.

        >>> Fragment.read_anchor("https://example.org/s09#char=86,90", "aims …")
        Fragment(start=86, words='aims', unique=False)
        """
        words = anchor.removesuffix(f" {ELLIPSIS}")
        return cls.read(selector, words)._replace(unique=words == anchor)

    @property
    def anchor(self) -> str:
        """The anchor in words, with an ellipsis behind it if it is not unique."""
        return self.words if self.unique else f"{self.words} {ELLIPSIS}"

    @property
    def end(self) -> int:
        """The offset behind the last sign."""
        return self.start + len(self.words)

    def continues(self, earlier: Fragment) -> bool:
        """Return whether the fragment overlaps or touches an earlier one, with the same signs."""
        shared = earlier.end - self.start
        begin = len(earlier.words) - shared
        return shared >= 0 and earlier.words[begin:][: len(self.words)] == self.words[:shared]


def name_range(sentence: str, fragment: Fragment) -> str:
    """Return the name of the selector of a fragment with a known place."""
    return f"{sentence}{POSITION}{fragment.start},{fragment.end}"


def split_quotation(quotation: str) -> list[str]:
    """Return the phrases of a quotation.

    >>> split_quotation("aims to align … robotics")
    ['aims to align', 'robotics']
    """
    return quotation.split(JOINT)


def merge_fragments(fragments: Iterable[Fragment]) -> list[Fragment]:
    """Return fragments in the order of the text, those that overlap as one; unplaced ones follow.

    An unplaced fragment that another contains is left out.
    """
    distinct = dict.fromkeys(fragments)
    placed: list[Fragment] = []
    for fragment in sorted(fragment for fragment in distinct if fragment.start >= 0):
        if placed and fragment.continues(last := placed[-1]):
            placed[-1] = last._replace(
                words=last.words + fragment.words[last.end - fragment.start :],
                unique=last.unique or fragment.unique,
            )
        else:
            placed.append(fragment)
    unplaced = [fragment for fragment in distinct if fragment.start < 0]
    kept = drop_nested([fragment.words for fragment in unplaced])
    return placed + [
        fragment
        for fragment in {own.words: own for own in unplaced}.values()
        if fragment.words in kept and not any(fragment.words in own.words for own in placed)
    ]


def measure_fragments(fragments: Iterable[Fragment]) -> int:
    """Return the number of characters that fragments of one sentence show together."""
    return sum(len(fragment.words) for fragment in merge_fragments(fragments))


def quote_fragments(fragments: Iterable[Fragment]) -> list[str]:
    """Return the quotations that fragments of one sentence make.

    >>> quote_fragments([Fragment(12, "Phase II"), Fragment(0, "moved"), Fragment(7, "CPEC Phase")])
    ['moved … CPEC Phase II']
    """
    merged = merge_fragments(fragments)
    placed = JOINT.join(fragment.words for fragment in merged if fragment.start >= 0)
    return [*filter(None, [placed]), *(fragment.words for fragment in merged if fragment.start < 0)]


def shorten_quotation(quotation: str, length: int) -> str:
    """Return a quotation cut behind its last phrase within a length; its first phrase stays.

    >>> shorten_quotation("aims to align … robotics … Industry 4.0", 30)
    'aims to align … robotics …'
    """
    first, *rest = split_quotation(quotation)
    kept = first
    for phrase in rest:
        if len(kept) + len(JOINT) + len(phrase) > length:
            return f"{kept} {ELLIPSIS}"
        kept += JOINT + phrase
    return kept


def drop_nested(quotes: Sequence[str]) -> list[str]:
    """Return the quotes that no other quote contains, each once.

    >>> drop_nested(["the 14th meeting", "14th", "in Islamabad"])
    ['the 14th meeting', 'in Islamabad']
    """
    different = dict.fromkeys(quotes)
    return [quote for quote in different if not any(quote in o and quote != o for o in different)]
