"""The parameters of a request: pairs of a name and a value, percent-decoded once."""

from __future__ import annotations

import re
from binascii import a2b_qp
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes

from werkzeug.exceptions import BadRequest

MOST: Final = 1000
"""The number of parameters that a request may have."""

LONE: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")
"""A sign that stands for no byte."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of a query string or of a form, in their order."""

    pairs: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, encoded: bytes) -> Parameters:
        """Return the parameters of `application/x-www-form-urlencoded` text.

        Raises BadRequest where it is not UTF-8, or has too many of them.
        """
        fields = encoded.split(b"&") if encoded else []
        if len(fields) > MOST:
            raise BadRequest(f"the parameters cannot be read: more than {MOST} of them")
        try:
            halves = [field.partition(b"=") for field in fields if field]
            return cls(tuple((decoded(name), decoded(value)) for name, _, value in halves))
        except UnicodeDecodeError as error:
            raise BadRequest(f"the parameters are not UTF-8: {error}") from None

    def __add__(self, other: Parameters) -> Parameters:
        """Return both, one after the other."""
        return Parameters(self.pairs + other.pairs)

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a parameter."""
        return tuple([value for key, value in self.pairs if key == name])

    def one(self, name: str) -> str | None:
        """Return the value of a parameter, or None; raises BadRequest where it has several."""
        values = self.all(name)
        if len(values) > 1:
            raise BadRequest(f"exactly one {name} can be given, not {len(values)}")
        return values[0] if values else None


def decoded(text: bytes) -> str:
    """Return what a name or a value says, percent-decoded; raises UnicodeDecodeError.

    Quoted-printable (RFC 2045, section 6.7) is the same code with another sign, and its decoder is
    written in C; what is not all well-formed goes to the slow one, which keeps a lone `%`.
    """
    text = text.replace(b"+", b" ")
    if b"%" not in text:
        return text.decode()
    if LONE.search(text):
        return unquote_to_bytes(text).decode()
    return a2b_qp(text.replace(b"=", b"=3D").replace(b"%", b"=")).decode()
