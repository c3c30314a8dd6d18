"""The frame of every page: the language of names, and the addresses that keep it."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, request

from graph.citing.absence import NOTHING
from graph.explaining.named import DisplayName, shown, spoken
from ontology.namespace import shorten
from server.page.figure import is_numeric
from server.page.view import require_view, unstruck

blueprint = Blueprint("frame", __name__)

NAMES: Final = "names"
"""The parameter of the language in which names come first."""

PART: Final = "part"
"""The parameter that says which part of a long page is asked for."""

STRIKING: Final = frozenset({"without", "only"})
"""The parameters that strike sources."""

LANGUAGES: Final = {"en": "English", "ur": "اردو", "zh": "中文"}
LONGEST: Final = 1000
"""The characters of an address up to which the other languages are offered with its parameters."""

IRI: Final = re.compile(r"<([^<>\s]+)>")

MODALITIES: Final = {
    "Reported": ("Reported", "reported as done, or as the case"),
    "Ongoing": ("Going on", "reported as under way"),
    "Tasked": ("Tasked", "given as a task, not said to be done"),
    "Aim": ("Aimed at", "wanted, not reported as done"),
    "Assessed": ("Judged", "the judgement of whoever says so"),
    "Background": ("Background", "taken for granted, or true by definition"),
    "": ("Also said", "with no word on how it is meant"),
}
"""The heading of each modality, and what it means."""


blueprint.add_app_template_filter(spoken)
blueprint.add_app_template_test(is_numeric, "numeric")
blueprint.add_app_template_filter(shown)


@blueprint.app_template_filter()
def prefixed(text: str) -> str:
    """Return a text with the IRIs in it as prefixed names.

    >>> prefixed("{ ?event <https://w3id.org/cpec-graph/ontology#date> ?day }")
    '{ ?event cpec:date ?day }'
    """
    return IRI.sub(lambda found: shorten(found[1]), text)


@blueprint.app_template_filter()
def unspoken(text: str) -> str:
    """Return the pattern of an absence that has no words, "" of one that is said in words."""
    return prefixed(text.removeprefix(NOTHING)) if text.startswith(NOTHING) else ""


@blueprint.app_context_processor
def frame() -> dict[str, Any]:
    """Return what the templates of all pages use; `once` and `number` start anew for each page."""
    language = first_language()
    return {
        "names": language,
        "languages": LANGUAGES,
        "modalities": MODALITIES,
        "to": lambda path: with_names(path, language),
        "switched": switched,
        "struck": struck,
        "crossed_out": crossed_out,
        "as_struck": as_struck,
        "other_part": other_part,
        "what_fell": what_fell,
        "with_all_sources": with_all_sources,
        "once": once(),
        "number": count(1).__next__,
    }


def first_language() -> str:
    """Return the language in which names come first."""
    language = request.args.get(NAMES, "en")
    return language if language in LANGUAGES else "en"


def with_names(path: str, language: str) -> str:
    """Return the address of a path here that keeps the language of names.

    >>> with_names("page/HEC#why", "ur")
    '/page/HEC?names=ur#why'
    """
    path = "/" + path.lstrip("/")
    if language == "en":
        return path
    address, mark, place = path.partition("#")
    return f"{address}{'&' if '?' in address else '?'}{NAMES}={language}{mark}{place}"


def switched(language: str) -> str:
    """Return the address of this page with its names in another language."""
    query = request.query_string.decode("latin-1")
    pairs = parse_qsl(query) if len(query) <= LONGEST else []
    pairs = [(name, value) for name, value in pairs if name != NAMES]
    if language != "en":
        pairs.append((NAMES, language))
    return address(pairs)


def struck() -> list[tuple[str, str, str]]:
    """Return the sources that the address strikes: how, by which name, and the address without."""
    pairs = parameters()
    with unstruck():
        return [
            (
                name,
                require_view(DisplayName, "source", value).text,
                address([one for one in pairs if one != (name, value)]),
            )
            for name, value in dict.fromkeys(pairs)
            if name in STRIKING and value
        ]


def crossed_out(source: str) -> str:
    """Return the address of this page as if a source had never been read."""
    return address([*parameters(), ("without", source)])


def as_struck(path: str) -> str:
    """Return a path that has parameters, with those by which this page strikes sources.

    It is "" where they are long: a page has many such paths.
    """
    if not path or not strikes():
        return path
    return f"{path}&{urlencode(strikes())}" if len(request.query_string) <= LONGEST else ""


def other_part(number: int) -> str:
    """Return the address of another part of this page."""
    return address([*parameters(), (PART, str(number))])


def strikes() -> list[tuple[str, str]]:
    """Return the parameters by which the address strikes sources."""
    return [pair for pair in request.args.items(multi=True) if pair[0] in STRIKING]


def what_fell() -> str:
    """Return the address of all that fell with the sources that the address strikes."""
    pairs = [pair for pair in parameters() if pair[0] in STRIKING or pair[0] == NAMES]
    return f"/sources?{urlencode(pairs)}#fell"


def with_all_sources() -> str:
    """Return the address of this page with all sources, "" where it strikes none."""
    pairs = [pair for pair in parameters() if pair[0] not in STRIKING]
    return address(pairs) if strikes() else ""


def parameters() -> list[tuple[str, str]]:
    """Return the parameters that decide what this page tells; none where they are long."""
    query = request.query_string.decode("latin-1")
    pairs = parse_qsl(query) if len(query) <= LONGEST else []
    return [(name, value) for name, value in pairs if name not in {PART, "receipt", "row"}]


def page_number() -> int:
    """Return which part of a long page is asked for, from 1."""
    text = request.args.get(PART, "1")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 1


def address(pairs: list[tuple[str, str]]) -> str:
    """Return the address of this page with these parameters."""
    return "?" + urlencode(pairs) if pairs else request.path


def once() -> Callable[[str], bool]:
    """Return a function that tells whether a path is met for the first time: then it is a link."""
    met: set[str] = set()

    def is_first(path: str) -> bool:
        first = path not in met
        met.add(path)
        return first

    return is_first
