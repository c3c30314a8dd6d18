"""The addresses of this server as IRIs (RFC 3987), with the host that the client named."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from werkzeug.urls import uri_to_iri

IN_PATH: Final = "!$&'()*+,/:;=@%"
"""The characters that a path leaves unescaped."""

FORWARDED: Final = b"x-forwarded-for"
"""The field with the addresses of a request's client and proxies, each added by the next proxy."""

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


def read_client(peer: str, fields: Iterable[tuple[bytes, bytes]], proxy: str | None) -> str:
    """Return the address of a client: of the peer, or the last that the trusted proxy forwards."""
    if peer != proxy:
        return peer
    forwarded = b",".join(value for name, value in fields if name == FORWARDED).decode("latin-1")
    return strip_port(forwarded.rpartition(",")[2].strip()) or peer


def strip_port(node: str) -> str:
    """Return the address of a node without its port, which some proxies add (RFC 7239, section 6).

    >>> [strip_port(node) for node in ("7.7.7.7:1234", "[2001:db8::1]:1234", "2001:db8::1")]
    ['7.7.7.7', '2001:db8::1', '2001:db8::1']
    """
    if node.startswith("["):
        return node[1:].partition("]")[0]
    host, _, port = node.partition(":")
    return host if port.isdecimal() else node
