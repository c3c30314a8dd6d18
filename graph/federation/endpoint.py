"""An endpoint that an operator allows: an address of http or https, and nothing hidden in it."""

from __future__ import annotations

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
