"""The canonical match of a group: triples that would give it a solution with some values.

A group is frozen as in the canonical database of a conjunctive query (Chandra and Merlin 1977): a
new term takes the place of each variable. A variable that a condition tests needs a term that
satisfies the condition: the engine chooses it among candidates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain, islice, product
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Variable

from graph.citing.lineage import Context
from graph.sparql import syntax
from graph.sparql.negation import MOST_ALTERNATIVES
from graph.sparql.scope import find_variables, walk_parts
from ontology.namespace import INFERRED_GRAPH
from ontology.terms import XSD, RdfTerm

NEW: Final = "urn:any:"
"""The namespace of terms that no dataset has."""

MOST_CANDIDATES: Final = 24
"""The terms that are tried for a variable."""

TAG: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
"""A text that may be the tag of a language."""

SIGNS: Final = re.compile(r"[\\^$.*+?()\[\]{}|]")
"""The signs of regular expressions: without them, a simple one is a text that matches."""

LONGEST: Final = 10_000
"""The characters of a text that is tried for a condition on its length."""


@dataclass(frozen=True, slots=True)
class CanonicalMatch:
    """The triple patterns of a group without UNION, each with its graph, and its conditions.

    The conditions are its filters, assignments and negations.
    """

    patterns: tuple[tuple[syntax.TriplePattern, Context], ...]
    conditions: tuple[syntax.Element, ...]

    @classmethod
    def list_all(
        cls, group: syntax.Group, graph: Context, *, optionals: bool
    ) -> Iterator[CanonicalMatch]:
        """Yield the canonical matches of a group in a graph, with its `optionals` or without.

        They differ in the branches of the paths with alternatives; of more than MOST_ALTERNATIVES
        the rest is omitted.
        """
        parts = list(list_parts(group, graph, optionals=optionals))
        patterns = [part for part in parts if isinstance(part, tuple)]
        conditions = tuple(part for part in parts if not isinstance(part, tuple))
        ways = product(*(list_ways(pattern.predicate) for pattern, _ in patterns))
        for chosen in islice(ways, MOST_ALTERNATIVES):
            pairs = zip(patterns, chosen, strict=True)
            yield cls(
                tuple((replace(p, predicate=way), own) for (p, own), way in pairs), conditions
            )

    def list_tested(self, given: Iterable[Variable]) -> list[Variable]:
        """Return the variables of patterns that conditions test, without the given ones."""
        assigned: set[Variable] = set(given)
        for part in self.conditions:
            match part:
                case syntax.Bind(_, variable):
                    assigned.add(variable)
                case syntax.Values(variables):
                    assigned.update(variables)
        matched = set(find_variables(self.patterns)) - assigned
        return [v for v in dict.fromkeys(find_variables(self.conditions)) if v in matched]

    def list_candidates(self, variable: Variable, values: Iterable[RdfTerm]) -> list[RdfTerm]:
        """Return terms that may satisfy the conditions on a variable; some are near values."""
        conditions = tuple(part for part in self.conditions if variable in {*find_variables(part)})
        constants = [p for p in walk_parts(conditions) if isinstance(p, NamedNode | Literal)]
        texts = [SIGNS.sub("", term.value) for term in constants if isinstance(term, Literal)]
        near = [term for constant in (*constants, *values) for term in list_near(constant)]
        tags = [text for text in texts if TAG.fullmatch(text)]
        rest = "".join(text for text in texts if text not in tags)
        tagged = (Literal(text, language=tag) for tag in tags for text in (rest, f"any {rest}"))
        joined = "".join(texts)
        plain = (name_new(variable), Literal(f"any {joined}"), Literal(joined))
        terms = dict.fromkeys((*plain, *tagged, *near))
        steps = (pattern for pattern, _ in self.patterns)
        is_subject = any(variable in (step.subject, step.predicate) for step in steps)
        fitting = [term for term in terms if isinstance(term, NamedNode) or not is_subject]
        return fitting[:MOST_CANDIDATES]

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables of its patterns."""
        return tuple(dict.fromkeys(find_variables(self.patterns)))

    def name_terms(
        self, values: Mapping[Variable, RdfTerm | None], number: int
    ) -> dict[syntax.Node, RdfTerm]:
        """Return a term for each variable: its value, else a new term that has the number."""
        terms: dict[syntax.Node, RdfTerm] = {v: name_new(v, number) for v in self.variables}
        return terms | {v: t for v, t in values.items() if t is not None and not is_new(t)}

    def write(
        self, terms: Mapping[syntax.Node, RdfTerm], dataset: syntax.QueryDataset
    ) -> list[Quad]:
        """Return the match with some terms, empty if no source can state it in a dataset."""
        quads: list[Quad] = []
        for pattern, context in self.patterns:
            graph = choose_graph(context, terms, dataset)
            for step in freeze_path(pattern.subject, pattern.predicate, pattern.object):
                if graph is None or any(isinstance(node, syntax.TripleTerm) for node in step):
                    return []
                ends = [terms.get(node) or name_new(node) for node in step]
                subject, predicate, value = ends
                if isinstance(subject, Literal) or not isinstance(predicate, NamedNode):
                    return []
                quads.append(Quad(subject, predicate, value, graph))
        return quads


def list_parts(
    group: syntax.Group, graph: Context, *, optionals: bool
) -> Iterator[tuple[syntax.TriplePattern, Context] | syntax.Element]:
    """Yield the triple patterns of a group, each with its graph, and its conditions."""
    for element in group.elements:
        match element:
            case syntax.Triples(patterns):
                yield from ((pattern, graph) for pattern in patterns)
            case syntax.InGraph(name, inner):
                yield from list_parts(inner, name, optionals=optionals)
            case syntax.Group():
                yield from list_parts(element, graph, optionals=optionals)
            case syntax.Filter(syntax.Exists(inner, False)) | syntax.Select(_, inner):
                yield from list_parts(inner, graph, optionals=optionals)
            case syntax.OptionalPart(inner) if optionals:
                yield from list_parts(inner, graph, optionals=optionals)
            case syntax.Filter(syntax.Exists(inner)) if graph:
                yield syntax.Filter(
                    syntax.Exists(syntax.Group((syntax.InGraph(graph, inner),)), negated=True)
                )
            case syntax.Minus(inner) if graph:
                yield syntax.Minus(syntax.Group((syntax.InGraph(graph, inner),)))
            case syntax.Filter() | syntax.Bind() | syntax.Values() | syntax.Minus():
                yield element


def list_ways(path: syntax.Path | Variable) -> Iterator[syntax.Path | Variable]:
    """Yield the paths with one branch of each alternative in a path."""
    match path:
        case syntax.Alternative(branches):
            yield from chain.from_iterable(map(list_ways, branches))
        case syntax.Sequence(steps):
            yield from map(syntax.Sequence, product(*map(list_ways, steps)))  # type: ignore[arg-type]
        case syntax.Inverse(inner) | syntax.Repeat(inner):
            yield from (replace(path, path=way) for way in list_ways(inner))  # type: ignore[arg-type]
        case _:
            yield path


def freeze_path(
    subject: syntax.Node, path: syntax.Path | Variable, value: syntax.Node
) -> Iterator[tuple[syntax.Node, NamedNode | Variable, syntax.Node]]:
    """Yield the steps of a shortest way along a path that has one step at least.

    The path has no alternatives (`list_ways`).
    """
    match path:
        case syntax.Inverse(inner):
            yield from freeze_path(value, inner, subject)
        case syntax.Sequence(steps):
            ends = [BlankNode() for _ in steps[1:]]
            for start, step, end in zip((subject, *ends), steps, (*ends, value), strict=True):
                yield from freeze_path(start, step, end)
        case syntax.Repeat(inner):
            yield from freeze_path(subject, inner, value)
        case syntax.NegatedSet((), backward) if backward:
            yield value, NamedNode(NEW + "property"), subject
        case syntax.NegatedSet():
            yield subject, NamedNode(NEW + "property"), value
        case NamedNode() | Variable():
            yield subject, path, value


def choose_graph(
    context: Context, terms: Mapping[syntax.Node, RdfTerm], dataset: syntax.QueryDataset
) -> NamedNode | None:
    """Return the graph in which a source would state a pattern, None if the dataset has none.

    A dataset with FROM or FROM NAMED has no other graphs (section 13.2).
    """
    if context is None:
        graphs: tuple[RdfTerm, ...] = dataset.default
    elif isinstance(graph := terms.get(context, context), NamedNode) and not is_new(graph):
        graphs = (graph,) if graph in dataset.named or dataset == syntax.QueryDataset() else ()
    else:
        graphs = dataset.named
    if dataset == syntax.QueryDataset():
        graphs = graphs or (NamedNode(NEW + "source"),)
    chosen = [graph for graph in graphs if graph != NamedNode(INFERRED_GRAPH)]
    return chosen[0] if chosen else None  # type: ignore[return-value]


def name_new(node: syntax.Node, number: int = 0) -> RdfTerm:
    """Return a node, a new term for a variable or a blank node."""
    if isinstance(node, NamedNode | Literal):
        return node
    return NamedNode(f"{NEW}{number}:{getattr(node, 'value', '')}")


def is_new(term: RdfTerm) -> bool:
    """Return whether a term is the new term of a variable."""
    return isinstance(term, NamedNode) and term.value.startswith(NEW)


def list_near(term: RdfTerm) -> Iterator[RdfTerm]:
    """Yield a term and terms that differ from it a little: greater, less, longer."""
    yield term
    if not isinstance(term, Literal):
        return
    yield Literal(f"{term.value}-01")
    with suppress(ValueError, OverflowError):  # the text of a literal need not suit its datatype
        if term.datatype == XSD.INTEGER:
            number = int(term.value)
            yield from (Literal(str(number + n), datatype=XSD.INTEGER) for n in (1, -1))
            text = "a" * min(number + 1, LONGEST)
            yield from (Literal(text), NamedNode(f"urn:{text}"))
        elif term.datatype == XSD.DATE:
            day = date.fromisoformat(term.value)
            yield from (Literal(str(day + timedelta(n)), datatype=XSD.DATE) for n in (1, -1))
