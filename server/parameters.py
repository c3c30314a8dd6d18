"""The parameters of a request: pairs of a name and a value, percent-decoded once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from werkzeug.exceptions import BadRequest

MOST: Final = 1000
"""The number of parameters that a request may have."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of a query string or of a form, in their order."""

    pairs: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, encoded: bytes) -> Parameters:
        """Return the parameters of `application/x-www-form-urlencoded` text.

        Raises BadRequest where it is not UTF-8, or has too many of them.
        """
        if not encoded:
            return cls()
        try:
            text = encoded.decode("ascii") if encoded.isascii() else encoded.decode()
            pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST)
        except UnicodeDecodeError as error:
            raise BadRequest(f"the parameters are not UTF-8: {error}") from None
        except ValueError as error:
            raise BadRequest(f"the parameters cannot be read: {error}") from None
        return cls(tuple(pairs))

    def __add__(self, other: Parameters) -> Parameters:
        """Return both, one after the other."""
        return Parameters(self.pairs + other.pairs)

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a parameter."""
        return tuple(value for key, value in self.pairs if key == name)

    def one(self, name: str) -> str | None:
        """Return the value of a parameter, or None; raises BadRequest where it has several."""
        values = self.all(name)
        if len(values) > 1:
            raise BadRequest(f"exactly one {name} can be given, not {len(values)}")
        return values[0] if values else None
