"""Citing over HTTP: whether a request asks for it, and in which formats the answer can be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode
from werkzeug.exceptions import BadRequest, NotAcceptable

from graph.explaining.portrait import Term, term
from graph.explaining.wording import spoken_date
from graph.format import RESULT_FORMATS, GraphFormat, ResultFormat
from graph.name import short
from server.negotiate import Accept, best_format, forms_accepted, forms_named, named_format
from server.parameters import Parameters

CITED: Final = RESULT_FORMATS[:1]
"""The formats that have a place for citations: results JSON, for graphs too."""

ONLY: Final = f"citations are written in {CITED[0].media_type} alone"

Forms = tuple[ResultFormat | None, GraphFormat | None]


@dataclass(frozen=True, slots=True)
class Source:
    """A source as a page lists it: its number, its name, its words, its address elsewhere."""

    number: int
    graph: str
    name: Term
    words: str
    address: str


def numbered(sources: Mapping[str, Mapping[str, str]]) -> list[Source]:
    """Return the sources of an answer or an explanation in their order, from 1."""
    return [
        Source(
            number,
            graph,
            term(NamedNode(graph), {graph: short(graph)}),
            source.get("words") or in_words(source),
            web_address(source.get("href", "")),
        )
        for number, (graph, source) in enumerate(sources.items(), 1)
    ]


def in_words(source: Mapping[str, str]) -> str:
    """Return the title and date of a source, and what is quoted of it."""
    known = [source.get("title", ""), spoken_date(source.get("published", ""))]
    place = ", ".join(text for text in known if text)
    quote = f"“{source['quote']}”" if "quote" in source and "article" in source else ""
    return ": ".join(text for text in (place, quote) if text)


def web_address(href: str) -> str:
    """Return an address that may be a link, or nothing."""
    return href if href.startswith(("https://", "http://")) else ""


def wants_citations(parameters: Parameters) -> bool:
    """Return the value of the parameter `cite`; raises BadRequest where it is none."""
    value = parameters.one("cite")
    if value not in {None, "true", "false"}:
        raise BadRequest(f"cite is true or false, not {value!r}")
    return value == "true"


def forms_given(names: Sequence[str]) -> Forms | None:
    """Return the formats that `format` names, more than once perhaps, None where it names none.

    Raises BadRequest where it names several, or what is no format.
    """
    found = {forms_named(name) for name in names}
    if len(found) > 1:
        raise BadRequest(f"exactly one format can be given, not {', '.join(names)}")
    return found.pop() if found else None


def forms(parameters: Parameters, accept: Accept) -> Forms:
    """Return the formats in which a request can be answered.

    Raises BadRequest where it names no format, and NotAcceptable where it takes none of ours.
    """
    names = [name for value in parameters.all("format") for name in value.split(",") if name]
    found = forms_given(names)
    if not wants_citations(parameters):
        return found or forms_accepted(accept)
    form = named_format(names[0], CITED) if names else best_format(accept, CITED)
    if form is None:
        raise NotAcceptable(ONLY)
    return form, None
