"""The addresses of this server as IRIs (RFC 3987), with the host that the client named."""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from urllib.parse import quote

from werkzeug.urls import uri_to_iri

IN_PATH: Final = "!$&'()*+,/:;=@%"
"""The characters that a path leaves unescaped."""

LABEL_LENGTH: Final = 63
"""The maximum length of a label of a host name (RFC 1035, section 2.3.4)."""


@lru_cache(maxsize=64)
def write_address(scheme: str, host: str, path: str) -> str:
    """Return an address with its path unescaped and its host as the client wrote it.

    Werkzeug would decode the punycode of the host, and drop the brackets of an IPv6 address.
    """
    return f"{scheme}://{host}" + uri_to_iri(quote("/" + path.lstrip("/"), safe=IN_PATH))


@lru_cache(maxsize=64)
def is_host(text: str) -> bool:
    """Return whether the length of every label of a host is allowed."""
    return all(0 < len(label) <= LABEL_LENGTH for label in text.removesuffix(".").split("."))
