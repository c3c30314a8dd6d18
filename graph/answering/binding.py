"""A question of the catalogue, asked with values: its parameters bound as RDF terms."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Final

from pyoxigraph import Literal, NamedNode

from graph.answering.name import list_candidates, make_literal, resolve_name
from graph.errors import ParameterError, UnknownNameError
from graph.written_value import ECHO, read_count, read_day, require_name
from ontology.namespace import rebase
from ontology.terms import XSD
from queries.catalogue import catalogue
from queries.question import Parameter, Question

READERS: Final[dict[str, Callable[[str], object]]] = {
    "integer": lambda text: read_count(re.sub("^[+-]", "", text)),
    "date": read_day,
}
"""The readers of the typed parameters (XML Schema 1.1 Part 2); None is no value of the type."""


EXAMPLE: Final = """SELECT ?country ?area WHERE {
  VALUES ?country { id:Pakistan id:China }
  ?country cpec:intendsCooperationIn ?area
} ORDER BY ?country ?area"""
"""The first query of the editor."""


@cache
def load_questions() -> MappingProxyType[str, Question]:
    """Return the questions of the catalogue by name, their queries in the IRIs of this base."""
    return MappingProxyType(
        {
            name: replace(question, text=rebase(question.text))
            for name, question in catalogue().items()
        }
    )


def find_question(name: str) -> Question:
    """Return the question of that name; raises UnknownNameError and ParameterError."""
    known = load_questions()
    if require_name(name) in known:
        return known[name]
    near = difflib.get_close_matches(name, known, 1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise UnknownNameError(f"no question {name[:ECHO]!r} in the catalogue{hint}")


def bind_question(
    question: Question, values: Mapping[str, str], known: Collection[str]
) -> dict[str, NamedNode | Literal]:
    """Return the terms of the parameters, defaults included; raises ParameterError.

    An empty value binds nothing: the answer is that for all values. `known` are the IRIs of the
    project that names may abbreviate.
    """
    parameters = [parameter.name for parameter in question.parameters]
    for name in values:
        if name not in parameters:
            takes = f"it takes {', '.join(parameters)}" if parameters else "it takes none"
            raise ParameterError(f"{question.name} has no parameter {name[:ECHO]!r}; {takes}")
    return {
        parameter.name: make_name(parameter, value, known)
        for parameter in question.parameters
        if (value := read_value(parameter, values))
    }


def read_value(parameter: Parameter, values: Mapping[str, str]) -> str:
    """Return the value given for a parameter, or its default; raises ParameterError."""
    value = values.get(parameter.name, parameter.default)
    if value is None:
        raise ParameterError(f"{parameter.name} is needed: {parameter.description}")
    if value and parameter.enum and value not in parameter.enum:
        allowed = ", ".join(parameter.enum)
        raise ParameterError(f"{parameter.name} is one of {allowed}, not {value[:ECHO]!r}")
    return value


def make_name(parameter: Parameter, value: str, known: Collection[str]) -> NamedNode | Literal:
    """Return the value as a term of the parameter's type; raises ParameterError.

    A default need not be known: as of an early day no source speaks of it.
    """
    if parameter.type == "iri":
        try:
            return resolve_name(value, known)
        except UnknownNameError:
            if value != parameter.default:
                raise
            return NamedNode(list_candidates(value)[0])
    if parameter.type == "string":
        return make_literal(value)
    if READERS[parameter.type](value) is None:
        raise ParameterError(
            f"{parameter.name} is of type {parameter.type}, which {value[:ECHO]!r} is not"
        )
    return Literal(value, datatype=NamedNode(XSD + parameter.type))


def insert_values(question: Question, terms: Mapping[str, NamedNode | Literal]) -> str:
    """Return the query of a question with its terms inserted as VALUES."""
    text = question.text
    for name, value in terms.items():
        text = text.replace("WHERE {", f"WHERE {{\n  VALUES ?{name} {{ {value} }}", 1)
    return text


def slice_rows(question: Question, first: int, limit: int) -> str:
    """Return the query for a slice of a question's rows; `first` counts from 0."""
    return f"{question.text}\nLIMIT {limit:d} OFFSET {first:d}"
