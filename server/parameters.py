"""The parameters of a request: pairs of a name and a value, percent-decoded once."""

from __future__ import annotations

import re
from binascii import a2b_qp
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from werkzeug.exceptions import BadRequest

MOST: Final = 1000
"""The number of parameters that a request may have."""

LONG: Final = 8 << 10
"""The bytes of a value past which a percent sign is an escape: to mend many takes long."""

NO_ESCAPE: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")
"""A percent sign that stands for itself."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of a query string or of a form, in their order."""

    pairs: tuple[tuple[str, str], ...] = ()
    _values: dict[str, list[str]] = field(default_factory=dict, init=False, compare=False)

    def __post_init__(self) -> None:
        for name, value in self.pairs:
            self._values.setdefault(name, []).append(value)

    @classmethod
    def of(cls, encoded: bytes) -> Parameters:
        """Return the parameters of `application/x-www-form-urlencoded` text.

        Raises BadRequest where it is not UTF-8, or has too many of them.
        """
        if not encoded:
            return NONE
        if encoded.count(b"&") >= MOST:
            raise BadRequest(f"a request has {MOST} parameters at most")
        try:
            return cls(tuple(decoded_pairs(encoded)))
        except UnicodeDecodeError as error:
            raise BadRequest(f"the parameters are not UTF-8: {error}") from None

    def __add__(self, other: Parameters) -> Parameters:
        """Return both, one after the other."""
        return Parameters(self.pairs + other.pairs) if self.pairs else other

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a parameter."""
        return tuple(self._values.get(name, ()))

    def one(self, name: str) -> str | None:
        """Return the value of a parameter, or None; raises BadRequest where it has several."""
        values = self._values.get(name)
        if values is None:
            return None
        if len(values) > 1:
            raise BadRequest(f"exactly one {name} can be given, not {len(values)}")
        return values[0]


NONE: Final = Parameters()


def decoded_pairs(encoded: bytes) -> Iterator[tuple[str, str]]:
    """Yield names and values (https://url.spec.whatwg.org/#urlencoded-parsing)."""
    for pair in filter(None, encoded.split(b"&")):
        name, _, value = pair.partition(b"=")
        yield decoded(name), decoded(value)


def decoded(text: bytes) -> str:
    """Return a text without its escapes; raises UnicodeDecodeError where it is not UTF-8.

    A query is mostly escapes. They are those of quoted-printable, which the standard library reads
    in C, but for the sign that begins them. Raises BadRequest where a long text has a bad one.
    """
    text = text.replace(b"+", b" ")
    if b"%" in text:
        if len(text) > LONG and (bad := NO_ESCAPE.search(text)) is not None:
            raise BadRequest(f"the percent sign at byte {bad.start() + 1} of a value is no escape")
        escaped = NO_ESCAPE.sub(b"%25", text)
        text = a2b_qp(escaped.replace(b"=", b"=3D").replace(b"%", b"="))
    return text.decode()
