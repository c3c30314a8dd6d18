"""Content negotiation: chooses the format of an answer (RFC 9110, section 12.5).

The parameters `format`, `cite` and `bom` go before the Accept field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeVar

from werkzeug.exceptions import BadRequest, NotAcceptable
from werkzeug.wrappers import Request

from graph.answering.format import (
    CITED_FORMATS,
    GRAPH_FORMATS,
    RESULT_FORMATS,
    RESULTS,
    Format,
    GraphFormat,
    ResultFormat,
    list_formats,
)
from graph.written_value import ECHO
from server.parameters import Parameters, read_address

Form = TypeVar("Form", bound=Format)
Name = TypeVar("Name", bound=str)

ACCEPT_RANGES: Final = 64
"""The maximum number of media ranges of an Accept field; the rest is ignored."""

HTML: Final = "text/html"
PAGE_OR_JSON: Final = {"html": HTML, "json": "application/json"}
"""The formats of a page that has a JSON form."""

WEIGHT: Final = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")
RANGE: Final = re.compile(r"([\w!#$&^.+*-]+)/([\w!#$&^.+*-]+)")


NO_CITATIONS: Final = f"citations are written in {list_formats(CITED_FORMATS)}"

Forms = tuple[ResultFormat | None, GraphFormat | None]


@dataclass(frozen=True, slots=True)
class Range:
    """A media range of an Accept field with its weight, 0 to 1, without other parameters."""

    type: str
    subtype: str
    weight: float

    @property
    def precision(self) -> int:
        """The precision: 0 for `*/*`, 1 for `text/*`, 2 for `text/turtle`."""
        return (self.type != "*") + (self.subtype != "*")

    def covers(self, media_type: str) -> bool:
        """Return whether a media type is in the range."""
        kind, _, subtype = media_type.partition("/")
        return self.type in {"*", kind} and self.subtype in {"*", subtype}


@dataclass(frozen=True, slots=True)
class Accept:
    """The media ranges of an Accept field; without any, the client accepts everything."""

    # not Werkzeug's MIMEAccept: that compares the parameters of types, as `;charset=utf-8`, ignores
    # a range with a malformed weight, and takes an absent field for one that accepts nothing

    ranges: tuple[Range, ...]

    @classmethod
    @lru_cache(maxsize=64)
    def parse(cls, header: str) -> Accept:
        """Return the media ranges of a field, without malformed ones."""
        ranges = (parse_range(text) for text in header.split(",", ACCEPT_RANGES)[:ACCEPT_RANGES])
        return cls(tuple(media_range for media_range in ranges if media_range is not None))

    def weight(self, media_type: str) -> float:
        """Return the weight of a media type, by the most precise range that covers it."""
        covering = [(r.precision, r.weight) for r in self.ranges if r.covers(media_type)]
        if not covering:
            return 0.0 if self.ranges else 1.0
        return max(covering)[1]

    def best(self, media_types: Iterable[Name]) -> Name | None:
        """Return the media type with the highest weight, the first of equals, or None."""
        offers = list(media_types)
        best = max(offers, key=self.weight)
        return best if self.weight(best) > 0 else None


def read_accept(request: Request) -> Accept:
    """Return the media ranges of a request."""
    return Accept.parse(request.headers.get("Accept", ""))


def parse_range(text: str) -> Range | None:
    """Return a media range with its weight, None for malformed text."""
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
    """Return the format with the highest weight, the first of equals, or None."""
    own: list[str] = [form.media_type for form in formats]
    synonyms = [name for form in formats for name in form.other_types if name not in own]
    best = accept.best([*own, *synonyms])
    return None if best is None else find_named_format(best, formats)


@lru_cache(maxsize=256)
def choose_media_type(accept: Accept, form: Format) -> str:
    """Return the media type of an answer: a name of its format that the client accepts."""
    return accept.best(form.media_types) or form.media_type


def find_named_format(name: str, formats: Sequence[Form]) -> Form | None:
    """Return the format that `format=` names, by its suffix, a media type or an alias, or None."""
    return next((form for form in formats if name in form.names), None)


def prefers_html(accept: Accept, formats: Iterable[Format]) -> bool:
    """Return whether HTML has a higher weight than each of the formats."""
    weight = accept.weight(HTML) if accept.ranges else 0.0
    types = (name for form in formats for name in form.media_types)
    return weight > 0 and all(weight > accept.weight(name) for name in types)


def choose_graph_format(name: str | None, accept: Accept) -> GraphFormat:
    """Return the format of a graph, by the `format` parameter, else by Accept.

    Raises NotAcceptable.
    """
    form = find_named_format(name, GRAPH_FORMATS) if name else best_format(accept, GRAPH_FORMATS)
    if form is None:
        raise NotAcceptable(f"graphs are written in {list_formats(GRAPH_FORMATS)}")
    return form


def find_preferred_graph(accept: Accept) -> GraphFormat | None:
    """Return the format of a graph with a higher weight than HTML, or None."""
    form = best_format(accept, GRAPH_FORMATS)
    if form is None or accept.weight(choose_media_type(accept, form)) <= accept.weight(HTML):
        return None
    return form


def wants_page(parameters: Parameters, accept: Accept) -> bool:
    """Return whether a client wants the page of an answer, by `format`, else by Accept.

    A browser that opens the address of a query gets its page.
    """
    names = parameters.get_all("format")
    if names:
        return set(names) <= {"html", HTML}
    return prefers_html(accept, (*RESULT_FORMATS, *GRAPH_FORMATS))


def read_preferences(request: Request) -> Accept:
    """Return the preferences of a request for RDF or a page: its `format`, else its Accept field.

    Raises BadRequest and NotAcceptable.
    """
    name = read_address(request).get("format")
    if not name:
        return read_accept(request)
    is_html = name in {"html", HTML}
    return Accept.parse(HTML if is_html else choose_graph_format(name, Accept(())).media_type)


def negotiate_format(request: Request, formats: Mapping[str, str]) -> str:
    """Return the name of the format to answer in; `formats` maps names to media types.

    The `format` parameter, a name or a media type, overrides Accept; the first of equals wins.
    Raises BadRequest and NotAcceptable.
    """
    best = read_accept(request).best(formats.values())
    wanted = read_address(request).get("format") or best
    if wanted is None:
        raise NotAcceptable(f"this is written in {', '.join(formats.values())}")
    for name, media_type in formats.items():
        if wanted in {name, media_type}:
            return name
    raise BadRequest(f"format={wanted[:ECHO]} is not one of {', '.join(formats)}")


@lru_cache(maxsize=64)
def accept_forms(accept: Accept) -> Forms:
    """Return the best formats of rows and of graphs; raises NotAcceptable without any."""
    forms = best_format(accept, RESULT_FORMATS), best_format(accept, GRAPH_FORMATS)
    if forms == (None, None):
        rows, graphs = list_formats(RESULT_FORMATS), list_formats(GRAPH_FORMATS)
        raise NotAcceptable(f"rows are written in {rows}; graphs in {graphs}")
    return forms


def wants_citations(parameters: Parameters) -> bool:
    """Return the value of the parameter `cite`; raises BadRequest for other text."""
    value = parameters.get("cite")
    if value not in {None, "true", "false"}:
        raise BadRequest(f"cite is true or false, not {value!r}")
    return value == "true"


def wants_mark(parameters: Parameters, form: Format | None) -> bool:
    """Return whether `bom=1` asks for a table in CSV with a byte order mark.

    Raises BadRequest for another value, and for another format than CSV.
    """
    value = parameters.get("bom")
    if value not in {None, "1"}:
        raise BadRequest(f"bom is 1, or left out, not {value!r}")
    if value and form != RESULTS["csv"]:
        raise BadRequest("bom=1 is for tables in CSV: ask for format=csv too")
    return value is not None


def read_forms(names: Sequence[str]) -> Forms | None:
    """Return the formats that all names mean, None without a name.

    Raises BadRequest for names of several formats, and for an unknown name.
    """
    forms: set[Forms] = set()
    for name in names:
        own = find_named_format(name, RESULT_FORMATS), find_named_format(name, GRAPH_FORMATS)
        if own == (None, None):
            known = ", ".join(form.name for form in (*RESULT_FORMATS, *GRAPH_FORMATS))
            raise BadRequest(f"format={name} is not one of {known}")
        forms.add(own)
    if len(forms) > 1:
        raise BadRequest(f"exactly one format can be given, not {', '.join(names)}")
    return forms.pop() if forms else None


def choose_forms(parameters: Parameters, accept: Accept) -> Forms:
    """Return the formats of rows and graphs for a request; raises BadRequest and NotAcceptable."""
    names = [name for value in parameters.get_all("format") for name in value.split(",") if name]
    named = read_forms(names)
    if not wants_citations(parameters):
        return named or accept_forms(accept)
    form = named[0] if named else best_format(accept, CITED_FORMATS)
    if form not in CITED_FORMATS:
        raise NotAcceptable(NO_CITATIONS)
    return form, None
