"""The parameters `without` and `only`: they exclude sources, and some addresses honour them."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Request

from graph.engine.request import EXCLUSION
from graph.excluding.exclusion import Exclusion
from server.parameters import FORM, MOST_PARAMETERS, Parameters, read_address, read_form

EXCLUSION_PARAMETERS: Final = ("without", "only")
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
        "/questions/",
    }
)
"""The routes that honour an exclusion; every other route refuses it, a new one too."""


def read_exclusion(request: Request) -> Exclusion | None:
    """Return the exclusion in the address and in the form of a request; None without one.

    Raises BadRequest for an empty name, for too many names, and for text that is not UTF-8.
    """
    parameters = read_parameters(request)
    names = [parameters.get_all(name) for name in EXCLUSION_PARAMETERS]
    for parameter, own in zip(EXCLUSION_PARAMETERS, names, strict=True):
        if "" in own:
            raise BadRequest(f"{parameter}= is empty: name a source, or leave {parameter} out")
    if (number := sum(map(len, names))) > MOST_EXCLUDED:
        raise BadRequest(f"without and only name {MOST_EXCLUDED} sources at most, not {number}")
    return Exclusion(*(tuple(dict.fromkeys(own)) for own in names)) or None


def read_parameters(request: Request) -> Parameters:
    """Return the parameters of an address, and of its form if one of them may exclude a source.

    A name may have escapes. Another form belongs to its route, which may refuse its length.
    """
    if request.mimetype == FORM and request.method not in {"GET", "HEAD"}:
        body = request.environ["wsgi.input"].getvalue()
        names = [pair.partition(b"=")[0] for pair in body.split(b"&", MOST_PARAMETERS)]
        if any(b"%" in name or name in {b"without", b"only"} for name in names):
            return read_form(request, body)
    return read_address(request)


def refuse_exclusion(subject: str) -> None:
    """Raise BadRequest if the current request excludes sources, which the subject cannot honour."""
    exclusion = EXCLUSION.get()
    if exclusion:
        parameter = "without" if exclusion.without else "only"
        raise BadRequest(
            f"{subject} takes no {parameter}: queries, questions, explanations, citations, "
            "descriptions and pages of things, and the list of sources do"
        )


def list_exclusions() -> list[tuple[str, str]]:
    """Return the parameters of the current request that exclude sources, as pairs."""
    exclusion = EXCLUSION.get() or Exclusion()
    return [(name, value) for name in EXCLUSION_PARAMETERS for value in getattr(exclusion, name)]


def add_exclusions(path: str) -> str:
    """Return a path, which has no fragment, with the exclusions of the current request."""
    pairs = urlencode(list_exclusions())
    return f"{path}{'&' if '?' in path else '?'}{pairs}" if pairs else path


def keep_exclusions(path: str) -> str:
    """Return the path of one of many links with the exclusions, "" for long ones and for ""."""
    address = add_exclusions(path) if path else ""
    return address if len(address) - len(path) <= KEPT_LENGTH else ""
