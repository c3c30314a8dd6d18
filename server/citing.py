"""Citing over HTTP: whether a request asks for it, and in which formats the answer can be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from werkzeug.exceptions import BadRequest, NotAcceptable

from graph.format import RESULT_FORMATS, GraphFormat, ResultFormat
from server.negotiate import Accept, best_format, forms_accepted, forms_named, named_format
from server.parameters import Parameters

CITED: Final = RESULT_FORMATS[:1]
"""The formats that have a place for citations: results JSON, for graphs too."""

ONLY: Final = f"citations are written in {CITED[0].media_type} alone"

Forms = tuple[ResultFormat | None, GraphFormat | None]


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
