"""Content negotiation: from what a client accepts to the format of its answer (RFC 9110, 12.5)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeVar

from werkzeug.exceptions import BadRequest, NotAcceptable
from werkzeug.wrappers import Request

from graph.answering.format import (
    GRAPH_FORMATS,
    RESULT_FORMATS,
    Format,
    GraphFormat,
    ResultFormat,
    list_formats,
)
from server.parameters import Parameters

Form = TypeVar("Form", bound=Format)
Name = TypeVar("Name", bound=str)

MOST: Final = 64
"""The media ranges of a header that are read."""

HTML: Final = "text/html"
PAGE_OR_JSON: Final = {"html": HTML, "json": "application/json"}
"""The formats of what is a page for people and JSON for programs."""

LONGEST: Final = 100
"""The characters that are repeated of a format that there is not."""

WEIGHT: Final = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")
RANGE: Final = re.compile(r"([\w!#$&^.+*-]+)/([\w!#$&^.+*-]+)")


@dataclass(frozen=True, slots=True)
class Range:
    """One media range of an Accept header and its weight, 0 to 1; parameters make no difference."""

    type: str
    subtype: str
    weight: float

    @property
    def precision(self) -> int:
        """Return how precise it is: 0 for `*/*`, 1 for `text/*`, 2 for `text/turtle`."""
        return (self.type != "*") + (self.subtype != "*")

    def covers(self, media_type: str) -> bool:
        """Return whether a media type is in the range."""
        kind, _, subtype = media_type.partition("/")
        return self.type in {"*", kind} and self.subtype in {"*", subtype}


@dataclass(frozen=True, slots=True)
class Accept:
    """What a client accepts; no range at all accepts everything."""

    ranges: tuple[Range, ...]

    @classmethod
    @lru_cache(maxsize=64)
    def of(cls, header: str) -> Accept:
        """Return what the header says; what is no media range in it is passed over."""
        given = (media_range(text) for text in header.split(",", MOST)[:MOST])
        return cls(tuple(one for one in given if one is not None))

    def weight(self, media_type: str) -> float:
        """Return how much a media type is wanted: the most precise range decides."""
        fitting = [one for one in self.ranges if one.covers(media_type)]
        if not fitting:
            return 0.0 if self.ranges else 1.0
        return max(fitting, key=lambda one: (one.precision, one.weight)).weight

    def best(self, media_types: Iterable[Name]) -> Name | None:
        """Return the media type that is wanted most, the first among equals, or None."""
        offers = list(media_types)
        best = max(offers, key=self.weight)
        return best if self.weight(best) > 0 else None


def accepted(request: Request) -> Accept:
    """Return what the client of a request accepts."""
    return Accept.of(request.headers.get("Accept", ""))


def media_range(text: str) -> Range | None:
    """Return one media range with its weight, or None where the text is not one."""
    name, *parameters = (part.strip().lower() for part in text.split(";"))
    match = RANGE.fullmatch(name)
    if match is None or (match[1] == "*" and match[2] != "*"):
        return None
    weight = 1.0
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            weight = float(value) if WEIGHT.fullmatch(value.strip()) else 0.0
    return Range(match[1], match[2], weight)


def best_format(accept: Accept, formats: Sequence[Form]) -> Form | None:
    """Return the format that the client likes best, the first where it says nothing, or None."""
    own: list[str] = [form.media_type for form in formats]
    others = [name for form in formats for name in form.other_types if name not in own]
    best = accept.best([*own, *others])
    return None if best is None else named_format(best, formats)


@lru_cache(maxsize=256)
def label(accept: Accept, form: Format) -> str:
    """Return the media type that labels an answer: one that the client accepts."""
    return accept.best(form.media_types) or form.media_type


def named_format(name: str, formats: Sequence[Form]) -> Form | None:
    """Return the format that `format=` names, by its suffix, a media type or an alias, or None."""
    return next((form for form in formats if name in form.names), None)


def prefers_html(accept: Accept, others: Iterable[Format]) -> bool:
    """Return whether a page is wanted more than any of the other formats."""
    weight = accept.weight(HTML) if accept.ranges else 0.0
    types = (name for form in others for name in form.media_types)
    return weight > 0 and all(weight > accept.weight(name) for name in types)


def graph_form(name: str | None, accept: Accept) -> GraphFormat:
    """Return the format of a graph: that of a `format` parameter, else the one that is liked best.

    Raises NotAcceptable.
    """
    form = named_format(name, GRAPH_FORMATS) if name else best_format(accept, GRAPH_FORMATS)
    if form is None:
        raise NotAcceptable(f"graphs are written in {list_formats(GRAPH_FORMATS)}")
    return form


def preferred_to_html(accept: Accept) -> GraphFormat | None:
    """Return the format of a graph that is wanted more than a page, or None."""
    form = best_format(accept, GRAPH_FORMATS)
    if form is None or accept.weight(label(accept, form)) <= accept.weight(HTML):
        return None
    return form


def wants_page(parameters: Parameters, accept: Accept) -> bool:
    """Return whether an answer is wanted as a page: by its name, or where none is named by Accept.

    So that a query is one whose address is opened in a browser.
    """
    named = parameters.get_all("format")
    if named:
        return set(named) <= {"html", HTML}
    return prefers_html(accept, (*RESULT_FORMATS, *GRAPH_FORMATS))


def wanted(request: Request) -> Accept:
    """Return what the client takes of a thing or document: the `format` that it names, html too.

    Where it names none, what it accepts. Raises BadRequest and NotAcceptable.
    """
    name = Parameters.parse(request.query_string).get("format")
    if not name:
        return accepted(request)
    return Accept.of(HTML if name in {"html", HTML} else graph_form(name, Accept(())).media_type)


def format_wanted(request: Request, formats: Mapping[str, str]) -> str:
    """Return the name of one of these formats, of which the media types are given by their names.

    It is that of the `format` parameter, a media type too, else the one that is liked best, the
    first where all are liked as much. Raises BadRequest and NotAcceptable.
    """
    wanted = Parameters.parse(request.query_string).get("format") or accepted(request).best(
        formats.values()
    )
    if wanted is None:
        raise NotAcceptable(f"this is written in {', '.join(formats.values())}")
    for name, media_type in formats.items():
        if wanted in {name, media_type}:
            return name
    raise BadRequest(f"format={wanted[:LONGEST]} is not one of {', '.join(formats)}")


def forms_named(name: str) -> tuple[ResultFormat | None, GraphFormat | None]:
    """Return the formats of a `format` parameter; raises BadRequest where there is none."""
    forms = named_format(name, RESULT_FORMATS), named_format(name, GRAPH_FORMATS)
    if forms == (None, None):
        names = ", ".join(form.name for form in (*RESULT_FORMATS, *GRAPH_FORMATS))
        raise BadRequest(f"format={name} is not one of {names}")
    return forms


@lru_cache(maxsize=64)
def forms_accepted(accept: Accept) -> tuple[ResultFormat | None, GraphFormat | None]:
    """Return the formats that a client accepts; raises NotAcceptable where there is none."""
    forms = best_format(accept, RESULT_FORMATS), best_format(accept, GRAPH_FORMATS)
    if forms == (None, None):
        rows, graphs = list_formats(RESULT_FORMATS), list_formats(GRAPH_FORMATS)
        raise NotAcceptable(f"rows are written in {rows}; graphs in {graphs}")
    return forms
