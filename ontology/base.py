"""The base address, with which every IRI of the project begins; an operator may choose another."""

from __future__ import annotations

import os
import re
from typing import Final

PUBLISHED: Final = "https://w3id.org/cpec-graph/"
"""The base in every file of the project; any host serves the same paths."""

BASE_VARIABLE: Final = "CPEC_BASE"
"""The environment variable that names another base for a process and its children."""

BASE_ADDRESS: Final = re.compile(
    r"https?://(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?/"
    r"(?:(?!\.\.?/)[A-Za-z0-9._~%!$&()*+,;=:@-]+/)*"
)
"""A host, a port and a path that ends with a slash (RFC 3986, section 3).

An apostrophe, which RFC 3986 allows, would end a string of SPARQL.
"""


class BaseAddressError(ValueError):
    """The address cannot be the base of IRIs; the message describes a valid one."""


def read_base() -> str:
    """Return the base that the environment names, or the published one; raises BaseAddressError."""
    return check_base(os.environ.get(BASE_VARIABLE) or PUBLISHED)


def check_base(address: str) -> str:
    """Return the address if it can be the base; raises BaseAddressError."""
    if not BASE_ADDRESS.fullmatch(address):
        raise BaseAddressError(
            f"{address!r} cannot be the base of every IRI: expected an address of http or https "
            "that ends with a slash, without user, query and fragment; give one such as "
            "http://localhost:8000/"
        )
    return address
