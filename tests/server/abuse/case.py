"""A hostile request, and the statuses that may answer it."""

import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from bench.client import FORM
from bench.endpoint import TOKEN
from bench.wire import request

OK: Final = frozenset({200})
MALFORMED: Final = frozenset({400})
UNAUTHORISED: Final = frozenset({401})
FORBIDDEN: Final = frozenset({403})
MISSING: Final = frozenset({404})
METHOD: Final = frozenset({405, 501})
UNACCEPTABLE: Final = frozenset({406})
TOO_LARGE: Final = frozenset({413})
TYPE: Final = frozenset({415})
UNPROCESSABLE: Final = frozenset({422})
HEADERS: Final = frozenset({400, 413, 414, 431})
LIMIT: Final = frozenset({400, 413})
"""Nesting is 400, length is 413; a text that the engine's own parser refuses first is 400."""

COSTLY: Final = frozenset({413, 503, 504})
"""Stopped by the guard, by the memory cap, or by the deadline."""

ANY: Final = frozenset({*range(200, 500), 502, 503, 504})
"""What the law allows: nothing but 502, 503 and 504 above 499."""

Places = Mapping[str, str]
"""What stands for @TRAP@ and the like: addresses that are known when the server runs."""


@dataclass(frozen=True, slots=True)
class Case:
    """One request of a table; `send` makes its bytes, since some are large."""

    name: str
    send: Callable[[Places], bytes]
    allowed: frozenset[int] = ANY
    may_close: bool = False
    """Whether a closed connection is an answer: only where the bytes are no HTTP."""
    method: str = "GET"
    half_close: bool = False
    replies: int = 1
    """The most answers that may come: a second one to a smuggled request is a defect."""
    never: tuple[bytes, ...] = field(default=())
    """What must not stand in the answer."""


def fill_places(text: str, places: Places) -> str:
    """Return the text with its places filled."""
    for name, value in places.items():
        text = text.replace(f"@{name}@", value)
    return text


def raw(name: str, data: bytes, allowed: frozenset[int] = ANY, *, half_close: bool = False) -> Case:
    """Return a case whose bytes are sent as they are; a closed connection is an answer too."""
    return Case(name, lambda _: data, allowed, may_close=True, half_close=half_close)


def http(
    name: str,
    method: str,
    target: str,
    allowed: frozenset[int] = ANY,
    *,
    fields: Mapping[str, str] | None = None,
    body: str | bytes | Callable[[], str | bytes] | None = None,
    never: tuple[bytes, ...] = (),
) -> Case:
    """Return a case that is well-formed HTTP."""

    def send(places: Places) -> bytes:
        content = body() if callable(body) else body
        if isinstance(content, str):
            content = fill_places(content, places).encode("utf-8", "surrogatepass")
        given = {key: fill_places(value, places) for key, value in (fields or {}).items()}
        return request(method, fill_places(target, places), given, content)

    return Case(name, send, allowed, method=method, never=never)


def query(
    name: str,
    text: str | Callable[[], str],
    allowed: frozenset[int] = ANY,
    *,
    accept: str = "*/*",
    never: tuple[bytes, ...] = (),
) -> Case:
    """Return a case that posts a query."""
    fields = {"Content-Type": "application/sparql-query", "Accept": accept}
    return http(name, "POST", "/sparql", allowed, fields=fields, body=text, never=never)


def update(
    name: str,
    text: str | Callable[[], str],
    allowed: frozenset[int] = ANY,
    never: tuple[bytes, ...] = (),
) -> Case:
    """Return a case that posts an update with the token."""
    fields = {"Content-Type": "application/sparql-update", **bearer()}
    return http(name, "POST", "/update", allowed, fields=fields, body=text, never=never)


def document(
    name: str,
    media_type: str,
    body: str | bytes | Callable[[], str | bytes],
    allowed: frozenset[int] = ANY,
    never: tuple[bytes, ...] = (),
) -> Case:
    """Return a case that adds an RDF document to a graph of its own, with the token."""
    fields = {"Content-Type": media_type, **bearer()}
    target = "/store?graph=" + urllib.parse.quote("http://example.org/hostile", safe="")
    return http(name, "POST", target, allowed, fields=fields, body=body, never=never)


def form(name: str, pairs: list[tuple[str, str]], allowed: frozenset[int] = ANY) -> Case:
    """Return a case that posts a form."""
    body = urllib.parse.urlencode(pairs)
    return http(name, "POST", "/sparql", allowed, fields={"Content-Type": FORM}, body=body)


def bearer() -> dict[str, str]:
    """Return the header that allows a write."""
    return {"Authorization": f"Bearer {TOKEN}"}
