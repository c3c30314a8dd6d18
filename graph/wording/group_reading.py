"""The reading of a group for words: its patterns, its conditions, and the groups that it denies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, Variable

from graph.sparql.negation import split_conjunction
from graph.sparql.scope import find_variables, visible_variables
from graph.sparql.syntax import (
    Bind,
    Call,
    Chain,
    Element,
    Exists,
    Expression,
    Filter,
    Group,
    InGraph,
    Inverse,
    Membership,
    Minus,
    Name,
    OptionalPart,
    Select,
    TriplePattern,
    Triples,
    Unary,
    Values,
)
from graph.sparql.syntax import Sequence as PathSequence
from ontology.terms import RdfTerm


@dataclass(slots=True)
class GroupReading:
    """The parts of a group without UNION: triple patterns with their graphs, and conditions.

    `denied` are the parts of the groups that it negates.
    """

    patterns: list[tuple[TriplePattern, Name | None]] = field(default_factory=list)
    conditions: list[Expression] = field(default_factory=list)
    denied: list[GroupReading] = field(default_factory=list)

    def read(self, group: Group, graph: Name | None) -> None:
        """Add the parts of a group in a graph."""
        filters = [e.expression for e in group.elements if isinstance(e, Filter)]
        conditions = [c for expression in filters for c in split_conjunction(expression)]
        for element in group.elements:
            if isinstance(element, OptionalPart):
                conditions = self.read_optional(element.group, conditions, graph)
            else:
                self.read_element(element, graph)
        for condition in conditions:
            match condition:
                case Exists(inner, True):
                    self.deny(inner, graph)
                case Exists(inner):
                    self.read(inner, graph)
                case _:
                    self.conditions.append(condition)

    def read_optional(
        self, group: Group, conditions: list[Expression], graph: Name | None
    ) -> list[Expression]:
        """Add the group of an OPTIONAL as conditions need it; return the other conditions."""
        own = {*visible_variables(group.elements)}
        rest = [condition for condition in conditions if not tests_unbound(condition, own)]
        if rest != conditions:
            self.deny(group, graph)
        elif own & {*find_variables(tuple(conditions))}:
            self.read(group, graph)
        return rest

    def read_element(self, element: Element, graph: Name | None) -> None:
        """Add the parts of an element that is neither a FILTER nor an OPTIONAL."""
        match element:
            case Triples(patterns):
                steps = (step for pattern in patterns for step in expand(pattern))
                self.patterns += ((step, graph) for step in steps)
            case InGraph(name, inner):
                self.read(inner, name)
            case Group():
                self.read(element, graph)
            case Minus(inner):
                self.deny(inner, graph)
            case Bind(expression, variable):
                self.conditions.append(Chain(variable, (("=", expression),)))
            case Values(variables, rows):
                self.conditions += read_values(variables, rows)
            case Select(_, where, modifiers):
                self.read(where, graph)
                self.conditions += modifiers.having

    def deny(self, group: Group, graph: Name | None) -> None:
        """Add a group that a negation in a graph denies."""
        self.denied.append(read_group(group, graph))

    def list_patterns(self) -> Iterator[tuple[TriplePattern, Name | None]]:
        """Yield all triple patterns; the patterns of negations come last."""
        yield from self.patterns
        for reading in self.denied:
            yield from reading.list_patterns()


def read_group(group: Group, graph: Name | None = None) -> GroupReading:
    """Return the parts of a group in a graph."""
    reading = GroupReading()
    reading.read(group, graph)
    return reading


def expand(pattern: TriplePattern) -> Iterator[TriplePattern]:
    """Yield the patterns that a path of several steps abbreviates."""
    match pattern.predicate:
        case Inverse(path):
            yield from expand(TriplePattern(pattern.object, path, pattern.subject))
        case PathSequence(steps):
            ends = [pattern.subject, *(BlankNode() for _ in steps[1:]), pattern.object]
            for start, step, end in zip(ends, steps, ends[1:], strict=False):
                yield from expand(TriplePattern(start, step, end))
        case _:
            yield pattern


def tests_unbound(condition: Expression, variables: set[Variable]) -> bool:
    """Return whether a condition is that one of some variables is unbound."""
    match condition:
        case Unary("!", Call("BOUND", (Variable() as variable,))):
            return variable in variables
    return False


def read_values(
    variables: Sequence[Variable], rows: Sequence[Sequence[RdfTerm | None]]
) -> Iterator[Expression]:
    """Yield the condition of each variable of a VALUES that is bound in all rows."""
    for place, variable in enumerate(variables):
        terms = dict.fromkeys(row[place] for row in rows)
        if None not in terms:
            yield Membership(variable, tuple(terms), negated=False)  # type: ignore[arg-type]
