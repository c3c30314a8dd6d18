"""The parameters `without`, `only` and `asOf` exclude sources, and some addresses honour them."""

from __future__ import annotations

from typing import Final

from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Request

from graph.errors import ParameterError
from graph.excluding.exclusion import Exclusion, require_past
from server.parameters import (
    FORM,
    MOST_PARAMETERS,
    Parameters,
    add_parameters,
    read_address,
    read_form,
)
from server.request import EXCLUSION

AS_OF: Final = "asOf"
EXCLUSION_PARAMETERS: Final = ("without", "only", AS_OF)
"""The parameters that exclude sources."""

MOST_EXCLUDED: Final = 100
"""The maximum number of sources that a request names in these parameters."""

KEPT_LENGTH: Final = 1000
"""The length of these parameters, in characters, up to which each link of a page repeats them."""

HONOURING: Final = frozenset(
    {
        *("/sparql", "/query", "/api/queries/<name>", "/cite", "/explain"),
        *("/id/<path:name>", "/data/<path:file>", "/graph/<path:name>", "/search", "/sources"),
        *("/", "/things/", "/articles/", "/page/<path:name>", "/questions/<name>", "/explore"),
        *("/questions/", "/timeline", "/reconcile", "/reconcile/suggest/<kind>"),
        *("/reconcile/properties", "/reconcile/preview", "/promises"),
        *("/check", "/api/check"),
    }
)
"""The routes that honour an exclusion; every other route refuses it, a new one too."""


def read_exclusion(request: Request) -> Exclusion:
    """Return the exclusion in the address and in the form of a request.

    Raises BadRequest for an empty name, for too many names, for a day that has not been, and for
    text that is not UTF-8.
    """
    parameters = read_parameters(request)
    without, only, days = (parameters.get_all(name) for name in EXCLUSION_PARAMETERS)
    for parameter, own in zip(EXCLUSION_PARAMETERS, (without, only, days), strict=True):
        if "" in own:
            what = "day" if parameter == AS_OF else "source"
            raise BadRequest(f"{parameter}= is empty: name a {what}, or leave {parameter} out")
    if (number := len(without) + len(only)) > MOST_EXCLUDED:
        raise BadRequest(f"without and only name {MOST_EXCLUDED} sources at most, not {number}")
    try:
        day = require_past(days[0]) if (days := tuple(dict.fromkeys(days))) else ""
    except ParameterError as error:
        raise BadRequest(f"{AS_OF}: {error}") from None
    if days[1:]:
        raise BadRequest(f"{AS_OF} is one day, not {len(days)}")
    return Exclusion(tuple(dict.fromkeys(without)), tuple(dict.fromkeys(only)), day)


def read_parameters(request: Request) -> Parameters:
    """Return the parameters of an address, and of its form if one of them may exclude a source.

    A name may have escapes. Another form belongs to its route, which may refuse its length.
    """
    if request.mimetype == FORM and request.method not in {"GET", "HEAD"}:
        body = request.environ["wsgi.input"].getvalue()
        names = [pair.partition(b"=")[0] for pair in body.split(b"&", MOST_PARAMETERS)]
        if any(b"%" in name or name.decode("latin-1") in EXCLUSION_PARAMETERS for name in names):
            return read_form(request, body)
    return read_address(request)


def refuse_exclusion(subject: str) -> None:
    """Raise BadRequest if the current request excludes sources, which the subject cannot honour."""
    for parameter, _ in list_exclusions()[:1]:
        raise BadRequest(
            f"{subject} takes no {parameter}: queries, questions, explanations, citations, "
            "descriptions and pages of things, search, reconciliation and the list of sources do"
        )


def list_exclusions() -> list[tuple[str, str]]:
    """Return the parameters of the current request that exclude sources, as pairs."""
    exclusion = EXCLUSION.get()
    values = exclusion.without, exclusion.only, filter(None, (exclusion.as_of,))
    return [(name, v) for name, own in zip(EXCLUSION_PARAMETERS, values, strict=True) for v in own]


def add_exclusions(path: str) -> str:
    """Return a path with the exclusions of the current request."""
    return add_parameters(path, list_exclusions())


def keep_exclusions(path: str) -> str:
    """Return the path of one of many links with the exclusions, "" for long ones and for ""."""
    address = add_exclusions(path) if path else ""
    return address if len(address) - len(path) <= KEPT_LENGTH else ""
