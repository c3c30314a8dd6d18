"""The endpoints that an operator allows: their addresses, and the bounds and counts of a SERVICE.

An endpoint may be called at another address than its IRI, such as a mirror or a private gateway;
no message names that address.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from pyoxigraph import NamedNode

from graph.errors import EndpointDeadlineError, EndpointError, EndpointLimitError, ParameterError


@dataclass(frozen=True, slots=True)
class ServiceBounds:
    """The maximum rows and bytes of one SERVICE, and queries that wait for endpoints at once.

    `given` is the maximum of rows of this dataset that narrow one SERVICE.
    """

    rows: int = 10_000
    bytes: int = 4 << 20
    given: int = 1_000
    at_once: int = 16


def check_endpoint(iri: str) -> str:
    """Return the IRI of an endpoint unchanged; raises ParameterError unless HTTP can reach it.

    The list of endpoints is published, so no IRI may hold a password; HTTP sends no fragment.
    """
    try:
        parts = urlsplit(NamedNode(iri).value)
        port = parts.port
    except ValueError as error:
        raise ParameterError(f"<{iri}> is no IRI of an endpoint: {error}") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise ParameterError(f"<{iri}> is no address of http or https")
    if parts.username is not None or parts.password is not None:
        raise ParameterError(f"<{iri}> has a user in it, which is not allowed")
    if "#" in iri:
        raise ParameterError(f"<{iri}> has a fragment, which HTTP does not send")
    return iri


def map_endpoints(allowed: Iterable[str], mapped: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the address of each endpoint by its IRI, in the order given.

    The address is the IRI itself unless `mapped` has another. Raises ParameterError unless HTTP can
    reach all of them, and for an IRI with two addresses.
    """
    own = {iri: check_endpoint(iri) for iri in allowed}
    others: dict[str, str] = {}
    for iri, address in mapped:
        if others.setdefault(check_endpoint(iri), check_endpoint(address)) != address:
            raise ParameterError(f"<{iri}> is mapped to two addresses")
    return own | others


COUNTS: Final = ("asked", "narrowed", "spared", "failed", "late", "too_large", "bytes")
"""The totals of a server: calls, those with rows of this dataset, and failures, SILENT or not.

A call is `spared` if no row here could be joined with an answer.
"""


def name_failure(error: EndpointError) -> str:
    """Return the name of the total that counts a failure."""
    if isinstance(error, EndpointDeadlineError):
        return "late"
    return "too_large" if isinstance(error, EndpointLimitError) else "failed"
