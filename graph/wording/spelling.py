"""A triple as people write it: names for IRIs, literals in quotes or bare."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final, cast
from urllib.parse import urlencode

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from graph.answering.name import HOMES, make_literal, resolve_name
from graph.errors import ParameterError, UnknownNameError
from graph.reasoning.kernel import Kernel
from graph.reasoning.rulebook import Lexicon
from graph.reasoning.tree import explain_absence, nearest
from ontology.namespace import HEAD, shorten
from ontology.terms import RDF

PLACE: Final = re.compile(r"^Parser error at .*?: | \(line \d+\)$")
"""The position in the parser's message, before and after its words."""


class ProjectIris(Collection[str]):
    """The IRIs of the project in a dataset, without a copy of them."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon

    def __contains__(self, iri: object) -> bool:
        try:
            return NamedNode(str(iri)) in self.lexicon.numbers
        except ValueError:
            return False

    def __iter__(self) -> Iterator[str]:
        for term in self.lexicon.names:
            if isinstance(term, NamedNode) and term.value.startswith(HOMES):
                yield term.value

    def __len__(self) -> int:
        return sum(1 for _ in self)


def read_triple(kernel: Kernel, subject: str, predicate: str, value: str) -> Triple:
    """Return the triple of three texts.

    A value in quotes is a literal of Turtle (`"2026-03-31"^^xsd:date`). A value that names nothing
    is the text of a literal that the subject and property have. Raises UnknownNameError,
    ParameterError, and NotInGraphError if no literal has this text.
    """
    known = ProjectIris(kernel.lexicon)
    first = resolve_name(subject, known)
    second = RDF.TYPE if predicate == "a" else resolve_name(predicate, known)
    if value.startswith(('"', "'")):
        return Triple(first, second, read_literal(value))
    try:
        return Triple(first, second, resolve_name(value, known))
    except UnknownNameError:
        return find_literal(kernel, Triple(first, second, make_literal(value)))


def read_literal(text: str) -> Literal:
    """Return the literal of a text in Turtle; raises ParameterError."""
    try:
        quads = list(parse(f"{HEAD}<x:> <x:> {text} .".encode(), RdfFormat.TURTLE))
    except SyntaxError as error:
        words = PLACE.sub("", error.msg)  # its position counts the lines of `HEAD` too
        raise ParameterError(f"{text} is not a literal of Turtle: {words}") from None
    except ValueError:
        raise ParameterError(f"{text!r} is not UTF-8") from None
    if len(quads) != 1 or not isinstance(quads[0].object, Literal):
        raise ParameterError(f"{text} is not one literal of Turtle")
    return quads[0].object


def find_literal(kernel: Kernel, triple: Triple) -> Triple:
    """Return the nearest triple with the same text in any datatype or language."""
    text = cast("Literal", triple.object).value
    for candidate in nearest(kernel, triple):
        if isinstance(candidate.object, Literal) and candidate.object.value == text:
            return candidate
    raise explain_absence(kernel, triple)


def write_explain_path(*nodes: object) -> str:
    """Return the path of the explanation of a triple, "" for a triple with a blank node."""
    if not all(isinstance(node, NamedNode | Literal) for node in nodes):
        return ""
    return "explain?" + urlencode(dict(zip("spo", map(spell_term, nodes), strict=True)))


def spell_term(node: object) -> str:
    """Return a term as /explain reads it; `<urn:x>` keeps its brackets, unlike `id:HEC`."""
    if isinstance(node, NamedNode) and node.value.startswith(HOMES):
        prefixed = shorten(node.value)
        return node.value if "://" in prefixed else prefixed
    if isinstance(node, NamedNode) and "://" in node.value:
        return node.value
    return str(node)
