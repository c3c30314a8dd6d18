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
    """Return the runs of three words of a text, in lower case; a shorter text has none."""
    words = WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    return frozenset(tuple(words[at : at + WIDTH]) for at in range(len(words) - WIDTH + 1))


def measure_containment(
    left: frozenset[tuple[str, ...]], right: frozenset[tuple[str, ...]]
) -> float:
    """Return the share of the shorter text's shingles that the other text has, from 0 to 1."""
    shorter = min(len(left), len(right))
    return len(left & right) / shorter if shorter else 0.0
