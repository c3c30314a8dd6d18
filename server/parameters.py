"""The parameters of a request: pairs of a name and a value, percent-decoded once."""

from __future__ import annotations

import re
from binascii import a2b_qp
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Request

FORM: Final = "application/x-www-form-urlencoded"
"""The media type of a form (https://url.spec.whatwg.org/#urlencoded-parsing)."""

MOST_PARAMETERS: Final = 400
"""The maximum number of parameters of a request, in its address and its form together."""

LENIENT_LENGTH: Final = 8 << 10
"""The length of a value, in bytes, above which a bare percent sign is refused: mending is slow."""

BARE_PERCENT: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")
"""A percent sign that begins no escape."""


def require_count(number: int) -> None:
    """Raise BadRequest for too many parameters."""
    if number > MOST_PARAMETERS:
        raise BadRequest(f"a request has {MOST_PARAMETERS} parameters at most, not {number}")


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of a query string or of a form, in order."""

    pairs: tuple[tuple[str, str], ...] = ()
    _values: dict[str, list[str]] = field(default_factory=dict, init=False, compare=False)

    def __post_init__(self) -> None:
        require_count(len(self.pairs))
        for name, value in self.pairs:
            self._values.setdefault(name, []).append(value)

    @classmethod
    def parse(cls, encoded: bytes) -> Parameters:
        """Return the parameters of `application/x-www-form-urlencoded` text.

        Raises BadRequest if the text is not UTF-8, or has too many parameters.
        """
        if not encoded:
            return NO_PARAMETERS
        require_count(encoded.count(b"&") + 1)
        pairs = (pair.partition(b"=") for pair in encoded.split(b"&") if pair)
        try:
            return cls(tuple((decode_value(name), decode_value(value)) for name, _, value in pairs))
        except UnicodeDecodeError as error:
            raise BadRequest(f"the parameters are not UTF-8: {error}") from None

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


def add_parameters(address: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Return an address with parameters more, before its fragment.

    >>> add_parameters("/page/HEC?part=2#why", [("names", "ur")])
    '/page/HEC?part=2&names=ur#why'
    """
    path, mark, place = address.partition("#")
    added = urlencode(list(pairs))
    return f"{path}{'&' if '?' in path else '?'}{added}{mark}{place}" if added else address


def read_address(request: Request) -> Parameters:
    """Return the parameters of an address, parsed once for a request; raises BadRequest."""
    return parse_once(request, "address", request.query_string)


def read_form(request: Request, body: bytes) -> Parameters:
    """Return the parameters of an address, then those of a form; raises BadRequest."""
    address, form = read_address(request), parse_once(request, "form", body)
    return Parameters(address.pairs + form.pairs) if address.pairs else form


def parse_once(request: Request, part: str, encoded: bytes) -> Parameters:
    """Return the parameters of a part of a request, which keeps them; raises BadRequest."""
    kept: dict[str, Parameters] = request.environ.setdefault("cpec.parameters", {})
    if part not in kept:
        kept[part] = Parameters.parse(encoded)
    return kept[part]


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
