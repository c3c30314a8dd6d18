"""An endpoint that an operator allows: an address of http or https, and nothing hidden in it.

Where it is asked may be another address, which nobody is told: a mirror, a private gateway.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from pyoxigraph import NamedNode

from graph.errors import ParameterError


def endpoint(iri: str) -> str:
    """Return the IRI of an endpoint as it was given; raises ParameterError unless it can be asked.

    A name and password in it would be published with the list, and a fragment is never sent.
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
        raise ParameterError(f"<{iri}> has a fragment, which no endpoint gets to see")
    return iri


def addresses(allowed: Iterable[str], mapped: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return for the IRI of each endpoint the address at which it is asked, in the order given.

    It is its own address unless it is mapped to another. Raises ParameterError unless all can be
    asked, and where one is mapped to two.
    """
    found = {iri: endpoint(iri) for iri in allowed}
    seen: dict[str, str] = {}
    for iri, address in mapped:
        if seen.setdefault(endpoint(iri), endpoint(address)) != address:
            raise ParameterError(f"<{iri}> is mapped to two addresses")
    return found | seen
