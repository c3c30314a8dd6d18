"""A part: one page of what may be long, such as the statements with a country."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self, TypeVar

from werkzeug.exceptions import BadRequest

from server.parameters import Parameters

T = TypeVar("T")

PAGE: Final = "page"
"""The parameter that names a part."""

SIZE: Final = 500
"""The statements, or rows, of a part."""

NUMBER: Final = re.compile(r"[1-9][0-9]{0,5}")


@dataclass(frozen=True, slots=True)
class Part:
    """A part by its number, from 1."""

    number: int

    @classmethod
    def asked(cls, parameters: Parameters) -> Self:
        """Return the part that a request names, the first unless it does; raises BadRequest."""
        text = parameters.one(PAGE) or "1"
        if NUMBER.fullmatch(text) is None:
            raise BadRequest(f"{PAGE} is a number from 1, not {text!r}")
        return cls(int(text))

    @property
    def window(self) -> tuple[int, int]:
        """The place of the first entry, and how many to ask for: one more tells what follows."""
        return (self.number - 1) * SIZE, SIZE + 1

    def of(self, entries: Sequence[T]) -> Sequence[T]:
        """Return the entries of the part, from those that were asked for."""
        return entries[:SIZE]

    def goes_on(self, entries: Sequence[object]) -> bool:
        """Return whether another part follows."""
        return len(entries) > SIZE
