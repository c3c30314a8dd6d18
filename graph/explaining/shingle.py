"""How alike two texts are, by the runs of words that they share.

A. Broder, On the resemblance and containment of documents, 1997.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

WIDTH: Final = 3
"""Words in a shingle."""

WORD: Final = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+")
"""A word, or an ideograph: Chinese is written without spaces between words."""


def split_shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Return the runs of three words of a text, in lower case; none of a shorter text."""
    words = WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    return frozenset(tuple(words[at : at + WIDTH]) for at in range(len(words) - WIDTH + 1))


def measure_containment(
    one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]
) -> float:
    """Return the share of the shingles of the shorter text that the other has too, from 0 to 1."""
    shorter = min(len(one), len(other))
    return len(one & other) / shorter if shorter else 0.0
