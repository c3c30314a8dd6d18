"""A text with holes, each for what one SERVICE answers, by its number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Text:
    """The pieces of a text, and between each two the number of the answer that stands there."""

    pieces: tuple[str, ...]
    numbers: tuple[int, ...] = ()

    @classmethod
    def of(cls, written: str, holes: Mapping[int, str]) -> Self:
        """Return a text in which some of the holes stand, each once, as they are written."""
        places = sorted((written.find(hole), number) for number, hole in holes.items())
        pieces, numbers, end = [], [], 0
        for start, number in places:
            if start >= 0:
                pieces.append(written[end:start])
                numbers.append(number)
                end = start + len(holes[number])
        return cls((*pieces, written[end:]), tuple(numbers))

    def filled(self, answers: Sequence[str]) -> str:
        """Return the text with an answer in each hole."""
        found = (answers[number] for number in self.numbers)
        return self.pieces[0] + "".join(
            answer + piece for answer, piece in zip(found, self.pieces[1:], strict=True)
        )

    @classmethod
    def told(cls, told: Mapping[str, Any]) -> Self:
        """Return the text that JSON tells."""
        return cls(tuple(told["pieces"]), tuple(told["numbers"]))
