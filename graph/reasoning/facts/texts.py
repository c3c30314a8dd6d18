"""Texts in one, by their numbers.

It is compiled where a C compiler is at hand: texts.pxd gives the types
(docs/decisions/0010-counting-is-compiled.md).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate


class Texts:
    """Texts in UTF-8; what is a term is one in N-Triples."""

    def __init__(self, texts: Iterable[object]) -> None:
        written = [str(one).encode() for one in texts]
        self.text = b"".join(written)
        self.starts = array("Q", accumulate(map(len, written), initial=0))
        self.size = len(written)

    def __len__(self) -> int:
        return self.size

    def written(self, number: int) -> bytes:
        """Return a text."""
        text = self.text
        return text[self.starts[number] : self.starts[number + 1]]

    def several(self, numbers: Sequence[int]) -> list[bytes]:
        """Return texts."""
        text = self.text
        return [text[self.starts[one] : self.starts[one + 1]] for one in numbers]

    def within(self, numbers: Sequence[int]) -> list[bytes]:
        """Return texts without what encloses them, as the IRI of a term."""
        text = self.text
        return [text[self.starts[one] + 1 : self.starts[one + 1] - 1] for one in numbers]
