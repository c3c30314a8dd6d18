"""The parameters of a request: pairs of a name and a value, percent-decoded once."""

from __future__ import annotations

import re
from binascii import a2b_qp
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from werkzeug.exceptions import BadRequest

FORM: Final = "application/x-www-form-urlencoded"
"""The media type of a form (https://url.spec.whatwg.org/#urlencoded-parsing)."""

PARAMETER_LIMIT: Final = 1000
"""The maximum number of parameters of a request."""

LENIENT_LENGTH: Final = 8 << 10
"""The length of a value, in bytes, above which a bare percent sign is refused: mending is slow."""

BARE_PERCENT: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")
"""A percent sign that begins no escape."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of a query string or of a form, in order."""

    pairs: tuple[tuple[str, str], ...] = ()
    _values: dict[str, list[str]] = field(default_factory=dict, init=False, compare=False)

    def __post_init__(self) -> None:
        for name, value in self.pairs:
            self._values.setdefault(name, []).append(value)

    @classmethod
    def parse(cls, encoded: bytes) -> Parameters:
        """Return the parameters of `application/x-www-form-urlencoded` text.

        Raises BadRequest if the text is not UTF-8, or has too many parameters.
        """
        if not encoded:
            return NO_PARAMETERS
        if encoded.count(b"&") >= PARAMETER_LIMIT:
            raise BadRequest(f"a request has {PARAMETER_LIMIT} parameters at most")
        try:
            return cls(tuple(decode_pairs(encoded)))
        except UnicodeDecodeError as error:
            raise BadRequest(f"the parameters are not UTF-8: {error}") from None

    def __add__(self, other: Parameters) -> Parameters:
        """Return these parameters, then the others."""
        return Parameters(self.pairs + other.pairs) if self.pairs else other

    def get_all(self, name: str) -> tuple[str, ...]:
        """Return every value of a parameter, in order."""
        return tuple(self._values.get(name, ()))

    def get(self, name: str) -> str | None:
        """Return the value of a parameter, or None; raises BadRequest for several values."""
        values = self._values.get(name)
        if values is None:
            return None
        if len(values) > 1:
            raise BadRequest(f"exactly one {name} can be given, not {len(values)}")
        return values[0]


NO_PARAMETERS: Final = Parameters()


def decode_pairs(encoded: bytes) -> Iterator[tuple[str, str]]:
    """Yield names and values (https://url.spec.whatwg.org/#urlencoded-parsing)."""
    for pair in filter(None, encoded.split(b"&")):
        name, _, value = pair.partition(b"=")
        yield decode_value(name), decode_value(value)


def decode_value(text: bytes) -> str:
    """Return a text without its escapes; raises UnicodeDecodeError if it is not UTF-8.

    A query is mostly escapes. Quoted-printable has the same ones with `=` for `%`, and the standard
    library decodes it in C. Raises BadRequest for a bare percent sign in a long text.
    """
    text = text.replace(b"+", b" ")
    if b"%" in text:
        if len(text) > LENIENT_LENGTH and (bare := BARE_PERCENT.search(text)) is not None:
            at = bare.start() + 1
            raise BadRequest(f"the percent sign at byte {at} of a value begins no escape")
        escaped = BARE_PERCENT.sub(b"%25", text)
        text = a2b_qp(escaped.replace(b"=", b"=3D").replace(b"%", b"="))
    return text.decode()
