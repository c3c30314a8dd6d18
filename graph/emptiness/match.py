"""Matches: the parts of a core that match terms, with their patterns, IRIs, filters and texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeGuard

from pyoxigraph import Literal, NamedNode, Variable

from graph.emptiness.query_part import Core, QueryPart
from graph.sparql.scope import walk_parts
from graph.sparql.syntax import (
    Call,
    Chain,
    Exists,
    Filter,
    Inverse,
    Membership,
    Node,
    TriplePattern,
    Triples,
    Unary,
    Values,
)
from ontology.terms import RDF, XSD

LANGUAGE_CALLS: Final = frozenset({"LANG", "LANGMATCHES"})

EQUATING: Final = frozenset({"=", "&&", "||"})
"""The operators of a FILTER that only asks for terms."""


def list_iris(part: QueryPart) -> Iterator[NamedNode]:
    """Yield the IRIs that each match of a part has."""
    element = part.element
    if isinstance(part.context, NamedNode):
        yield part.context
    if is_match(part):
        inner = list(walk_parts(element))
        functions = {call.function for call in inner if isinstance(call, Call)}
        yield from (term for term in inner if isinstance(term, NamedNode) and term not in functions)


def is_match(part: QueryPart) -> bool:
    """Return whether a part is a triple pattern, VALUES, or a FILTER that equates."""
    if not isinstance(part.element, Filter):
        return isinstance(part.element, Triples | Values)
    kinds = Chain | Membership | Exists | Unary
    tests = [test for test in walk_parts(part.element) if isinstance(test, kinds)]
    return bool(tests) and all(map(equates, tests))


def equates(test: Chain | Membership | Exists | Unary) -> bool:
    """Return whether a test asks that a term is a given term."""
    match test:
        case Chain(_, rest):
            return {operator for operator, _ in rest} <= EQUATING
        case Membership(negated=negated):
            return not negated
    return False


def list_patterns(core: Core) -> Iterator[tuple[QueryPart, TriplePattern]]:
    """Yield the triple patterns of a core with their parts."""
    for part in core:
        if (pattern := part.pattern) is not None:
            yield part, pattern


def each_filter(core: Core) -> Iterator[tuple[QueryPart, Core]]:
    """Yield each FILTER of a core with the rest of the core."""
    for part in core:
        if isinstance(part.element, Filter):
            yield part, [other for other in core if other is not part]


def read_language_filter(part: QueryPart) -> tuple[Variable | None, list[str]]:
    """Return the first variable whose language a FILTER tests, and the texts in the FILTER."""
    inner = list(walk_parts(part.element))
    arguments = [
        argument
        for call in inner
        if isinstance(call, Call) and call.function in LANGUAGE_CALLS
        for argument in call.arguments
    ]
    variables = (argument for argument in arguments if isinstance(argument, Variable))
    return next(variables, None), [text.value for text in inner if isinstance(text, Literal)]


def swap(core: Core, part: QueryPart, other: QueryPart) -> list[QueryPart]:
    """Return a core with another part in the place of one."""
    return [other if own is part else own for own in core]


def turn_pattern(pattern: TriplePattern) -> TriplePattern | None:
    """Return a pattern with its ends exchanged, None if no triple could match it."""
    subject, predicate, value = pattern.subject, pattern.predicate, pattern.object
    if isinstance(predicate, Inverse):
        return TriplePattern(subject, predicate.path, value)
    names_class = predicate == RDF.TYPE and isinstance(value, NamedNode)
    if isinstance(value, Literal) or names_class or not isinstance(predicate, NamedNode | Variable):
        return None
    return TriplePattern(value, predicate, subject)


def make_upright(pattern: TriplePattern) -> TriplePattern:
    """Return a pattern without the `^` of its property."""
    if isinstance(pattern.predicate, Inverse):
        return TriplePattern(pattern.object, pattern.predicate.path, pattern.subject)
    return pattern


def is_text(node: Node) -> TypeGuard[Literal]:
    """Return whether a node is a string, with a language tag or without."""
    return isinstance(node, Literal) and node.datatype in {XSD.STRING, RDF.LANG_STRING}
