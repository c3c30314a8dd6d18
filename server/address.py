"""An address: one of this server, by the host that its client names, as an IRI (RFC 3987)."""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from urllib.parse import quote

from werkzeug.urls import uri_to_iri

IN_PATH: Final = "!$&'()*+,/:;=@%"
"""The signs that stand in a path as they are."""

LONGEST: Final = 63
"""The letters of a label of a host, at most (RFC 1035, section 2.3.4)."""


@lru_cache(maxsize=64)
def address(scheme: str, host: str, path: str) -> str:
    """Return an address, its path in its own letters and its host as the client wrote it.

    Werkzeug would read the punycode of a host, and take the brackets from an IPv6 address.
    """
    return f"{scheme}://{host}" + uri_to_iri(quote("/" + path.lstrip("/"), safe=IN_PATH))


@lru_cache(maxsize=64)
def is_host(text: str) -> bool:
    """Return whether the labels of a host have a length that the labels of a name may have."""
    return all(0 < len(label) <= LONGEST for label in text.removesuffix(".").split("."))
