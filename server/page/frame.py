"""The frame of every page: its filters, the language of names, and addresses that keep it."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint
from werkzeug.exceptions import BadRequest

from graph.excluding.exclusion import NO_EXCLUSION
from graph.wording.display_name import DisplayName, make_path
from graph.wording.quotation import shorten_quotation
from graph.wording.sentence import GRAMMARS
from graph.wording.text import clean_text, write_literal, write_time
from graph.written_value import ECHO
from ontology.namespace import BASE
from server.exclusion import (
    AS_OF,
    EXCLUSION_PARAMETERS,
    KEPT_LENGTH,
    add_exclusions,
    keep_exclusions,
    list_exclusions,
)
from server.page.figure import is_numeric
from server.page.language import LANGUAGES, NAMES, first_language, read_given, translate
from server.page.page_view import require_view
from server.page.strike import keep_strike
from server.parameters import add_parameters
from server.request import EXCLUSION
from server.site import current_site

blueprint = Blueprint("frame", __name__)

MOST_NAMES: Final = 30
"""The names of things in the lines that the page of a thing unfolds: each may be a tab stop."""

PART: Final = "part"
"""The parameter for a part of a long page."""

PART_SYNTAX: Final = re.compile("[1-9][0-9]{0,5}")
QUERY_LENGTH: Final = 6000
"""The length of a query string up to which the links of a page keep its parameters."""

MODALITIES: Final = {
    "Reported": ("Reported", "reported as done, or as the case"),
    "Ongoing": ("Going on", "reported as under way"),
    "Tasked": ("Tasked", "given as a task, not said to be done"),
    "Aim": ("Aimed at", "wanted, not reported as done"),
    "Assessed": ("Judged", "the judgement of whoever says so"),
    "Background": ("Background", "taken for granted, or true by definition"),
    "": ("Also said", "with no word on how it is meant"),
}
"""The heading and the meaning of each modality."""


blueprint.add_app_template_filter(write_literal)
blueprint.add_app_template_test(is_numeric, "numeric")
blueprint.add_app_template_filter(clean_text)
blueprint.add_app_template_filter(shorten_quotation)
blueprint.add_app_template_filter(keep_strike)


@blueprint.app_template_filter("page_path")
def find_page_path(iri: str) -> str:
    """Return the path of the page of an IRI of the project, "" for another IRI."""
    return make_path(iri) if iri.startswith(BASE) else ""


@blueprint.app_context_processor
def add_context() -> dict[str, Any]:
    """Return the functions and values of all templates; `once`, `number` and `room` start anew."""
    language, site = first_language(), current_site()
    settings = site.engine.settings
    return {
        "names": language,
        "languages": LANGUAGES,
        "direction": "rtl" if language == "ur" else "ltr",
        "grammars": GRAMMARS,
        "modalities": {
            name: (translate(heading), translate(gloss))
            for name, (heading, gloss) in MODALITIES.items()
        },
        "to": lambda path: with_names(path, language),
        "switched": switch_language,
        "list_excluded": list_excluded,
        "crossed_out": lambda source: address([*parameters(), ("without", source)]),
        "with_exclusion": keep_exclusions,
        "exclusions": list_exclusions,
        "other_part": lambda number: address([*parameters(), (PART, str(number))]),
        "retraction_address": retraction_address,
        "with_all_sources": full_address,
        "contact": site.settings.contact,
        "has_feed": settings.union and bool(settings.data_dir or settings.source),
        "once": once_per_page(),
        "number": count(1).__next__,
        "room": room_per_page(),
    }


def with_names(path: str, language: str) -> str:
    """Return the address of a path on this server, with the language of names.

    >>> with_names("page/HEC#why", "ur")
    '/page/HEC?names=ur#why'
    """
    path = "/" + path.lstrip("/")
    return path if language == "en" else add_parameters(path, [(NAMES, language)])


def switch_language(language: str) -> str:
    """Return the address of this page in another language of names, without overlong sources."""
    pairs = [
        (name, value)
        for name, value in list_given()
        if name != NAMES and not (name in EXCLUSION_PARAMETERS and len(value) > KEPT_LENGTH)
    ]
    if language != "en":
        pairs.append((NAMES, language))
    return address(pairs)


def list_excluded() -> list[tuple[str, str, str]]:
    """Return the exclusions: parameter, the name of the source or the day, and the address back."""
    pairs, excluded, given = parameters(), list_exclusions(), EXCLUSION.get()
    EXCLUSION.set(NO_EXCLUSION)  # a source may be later than the day
    try:
        return [
            (
                name,
                write_time(value, first_language()) if name == AS_OF else name_source(value),
                address([pair for pair in pairs if pair != (name, value)]),
            )
            for name, value in excluded
        ]
    finally:
        EXCLUSION.set(given)


def name_source(iri: str) -> str:
    """Return the name of a source in the language of the page, or else in English."""
    name = require_view(DisplayName, "source", iri)
    return name.texts.get(first_language()) or name.text


def retraction_address() -> str:
    """Return the address of all losses without the excluded sources."""
    return with_names(add_exclusions("/sources") + "#fell", first_language())


def full_address() -> str:
    """Return the address of this page with all sources, "" for a page that excludes none."""
    pairs = [pair for pair in parameters() if pair[0] not in EXCLUSION_PARAMETERS]
    return address(pairs) if list_exclusions() else ""


def parameters() -> list[tuple[str, str]]:
    """Return the parameters that decide the content of this page, none for a long query string."""
    return [pair for pair in list_given() if pair[0] not in {PART, "receipt", "row"}]


def list_given() -> list[tuple[str, str]]:
    """Return the given parameters that have a value; beside long ones the exclusions alone."""
    pairs = read_given().pairs
    own = [pair for pair in pairs if pair[0] not in EXCLUSION_PARAMETERS]
    kept = pairs if len(urlencode(own)) <= QUERY_LENGTH else list_exclusions()
    return [pair for pair in kept if pair[1]]


def page_number() -> int:
    """Return the requested part of a long page, from 1; raises BadRequest for another text."""
    text = (*read_given().get_all(PART), "1")[0]
    if not PART_SYNTAX.fullmatch(text):
        raise BadRequest(f"part is a number from 1 to 999999, not {text[:ECHO]!r}")
    return int(text)


def address(pairs: list[tuple[str, str]]) -> str:
    """Return the address of this page with these parameters."""
    return "?" + urlencode(pairs)


def room_per_page() -> Callable[[int], bool]:
    """Return a function that is true while the page has room for some more names of things."""
    room = MOST_NAMES

    def has_room(names: int) -> bool:
        nonlocal room
        room -= names
        return room >= 0

    return has_room


def once_per_page() -> Callable[[str], bool]:
    """Return a function that is true for the first use of a path, which becomes a link."""
    used: set[str] = set()

    def is_first(path: str) -> bool:
        first = path not in used
        used.add(path)
        return first

    return is_first
