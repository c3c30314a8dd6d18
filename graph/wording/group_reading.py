"""The reading of a group for words: its patterns, its conditions, and the groups that it denies."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, Literal, NamedNode, Variable

from graph.sparql import syntax
from graph.sparql.negation import split_conjunction
from graph.sparql.scope import change_parts, find_variables, visible_variables, walk_parts
from ontology.terms import OA, RDFS, RdfTerm


@dataclass(slots=True)
class GroupReading:
    """The parts of a group without UNION: triple patterns with their graphs, and conditions.

    `denied` are the parts of the groups that it negates.
    """

    patterns: list[tuple[syntax.TriplePattern, syntax.Name | None]] = field(default_factory=list)
    conditions: list[syntax.Expression] = field(default_factory=list)
    denied: list[GroupReading] = field(default_factory=list)

    def read(self, group: syntax.Group, graph: syntax.Name | None) -> None:
        """Add the parts of a group in a graph."""
        filters = [e.expression for e in group.elements if isinstance(e, syntax.Filter)]
        conditions = [c for expression in filters for c in split_conjunction(expression)]
        # a FILTER holds for its whole group, wherever it stands (SPARQL 1.1 Query, section 5.2.2);
        # but one that an OPTIONAL makes a negation is read with that OPTIONAL
        for element in group.elements:
            if isinstance(element, syntax.OptionalPart):
                conditions = self.read_optional(element.group, conditions, graph)
            else:
                self.read_element(element, graph)
        for condition in conditions:
            match condition:
                case syntax.Exists(inner, True):
                    self.deny(inner, graph)
                case syntax.Exists(inner):
                    self.read(inner, graph)
                case _:
                    self.conditions.append(condition)

    def read_optional(
        self, group: syntax.Group, conditions: list[syntax.Expression], graph: syntax.Name | None
    ) -> list[syntax.Expression]:
        """Add the group of an OPTIONAL as conditions need it; return the other conditions."""
        own = {*visible_variables(group.elements)}
        rest = [condition for condition in conditions if not tests_unbound(condition, own)]
        if rest != conditions:
            self.deny(group, graph)
        elif own & {*find_variables(tuple(conditions))}:
            self.read(group, graph)
        return rest

    def read_element(self, element: syntax.Element, graph: syntax.Name | None) -> None:
        """Add the parts of an element that is neither a FILTER nor an OPTIONAL."""
        match element:
            case syntax.Triples(patterns):
                steps = (step for pattern in patterns for step in expand(pattern))
                self.patterns += ((step, graph) for step in steps)
            case syntax.InGraph(name, inner):
                self.read(inner, name)
            case syntax.Group():
                self.read(element, graph)
            case syntax.Minus(inner):
                self.deny(inner, graph)
            case syntax.Bind(expression, variable):
                self.conditions.append(syntax.Chain(variable, (("=", expression),)))
            case syntax.Values(variables, rows):
                self.conditions += read_values(variables, rows)
            case syntax.Select(_, where, modifiers):
                self.read(where, graph)
                self.conditions += modifiers.having

    def deny(self, group: syntax.Group, graph: syntax.Name | None) -> None:
        """Add a group that a negation in a graph denies."""
        self.denied.append(read_group(group, graph))

    def condense(self, known: Container[syntax.Node]) -> None:
        """Say the same in fewer patterns, without a variable that is not known.

        A property below another is told as that one, a choice of properties as one path, and a
        sentence or its article as one source.
        """
        terms: dict[syntax.Node, syntax.Node | syntax.Path] = {}
        predicates = {pattern.predicate for pattern, _ in self.patterns}
        for pair in [*self.patterns]:
            match pair[0]:
                case syntax.TriplePattern(
                    Variable() as below, syntax.Repeat(RDFS.SUB_PROPERTY_OF, "*"), wider
                ) if below in predicates and below not in known:
                    terms[below] = wider
                    self.patterns.remove(pair)
                case syntax.TriplePattern(
                    part, syntax.Repeat(OA.HAS_SOURCE, "?"), BlankNode() as whole
                ):
                    terms[whole] = part
                    self.patterns.remove(pair)
        for condition in [*self.conditions]:
            match condition:
                case syntax.Membership(Variable() as relation, choices, False) if (
                    relation in predicates and relation not in known
                ):
                    terms[relation] = syntax.Alternative(choices)  # type: ignore[arg-type]
                    self.conditions.remove(condition)
        self.patterns[:] = change_parts(
            tuple(self.patterns),
            lambda part: terms.get(part) if isinstance(part, Variable | BlankNode) else None,
        )

    def list_patterns(self) -> Iterator[tuple[syntax.TriplePattern, syntax.Name | None]]:
        """Yield all triple patterns; the patterns of negations come last."""
        yield from self.patterns
        for reading in self.denied:
            yield from reading.list_patterns()

    def list_literals(self) -> Iterator[tuple[syntax.Node, NamedNode, Literal]]:
        """Yield the literals of patterns and conditions, with the subject and property of each."""
        for pattern, _ in self.patterns:
            subject, predicate, value = pattern.subject, pattern.predicate, pattern.object
            if isinstance(predicate, NamedNode):
                tests = tuple(c for c in self.conditions if value in {*find_variables(c)})
                terms = (value, *walk_parts(tests))
                yield from ((subject, predicate, t) for t in terms if isinstance(t, Literal))


def read_group(group: syntax.Group, graph: syntax.Name | None = None) -> GroupReading:
    """Return the parts of a group in a graph."""
    reading = GroupReading()
    reading.read(group, graph)
    return reading


def expand(pattern: syntax.TriplePattern) -> Iterator[syntax.TriplePattern]:
    """Yield the patterns that a path of several steps abbreviates."""
    match pattern.predicate:
        case syntax.Inverse(path):
            yield from expand(syntax.TriplePattern(pattern.object, path, pattern.subject))
        case syntax.Sequence(steps):
            ends = [pattern.subject, *(BlankNode() for _ in steps[1:]), pattern.object]
            for start, step, end in zip(ends, steps, ends[1:], strict=False):
                yield from expand(syntax.TriplePattern(start, step, end))
        case _:
            yield pattern


def tests_unbound(condition: syntax.Expression, variables: set[Variable]) -> bool:
    """Return whether a condition is that one of some variables is unbound."""
    match condition:
        case syntax.Unary("!", syntax.Call("BOUND", (Variable() as variable,))):
            return variable in variables
    return False


def read_values(
    variables: Sequence[Variable], rows: Sequence[Sequence[RdfTerm | None]]
) -> Iterator[syntax.Expression]:
    """Yield the condition of a VALUES, none if a row of it asks for nothing."""
    if len(variables) == 1 and (None,) not in rows:
        choices = tuple(dict.fromkeys(term for (term,) in rows))
        yield syntax.Membership(variables[0], choices, negated=False)  # type: ignore[arg-type]
        return
    pairs = [[(v, t) for v, t in zip(variables, row, strict=True) if t is not None] for row in rows]
    tests = [[syntax.Chain(v, (("=", t),)) for v, t in row] for row in pairs]  # type: ignore[arg-type]
    if tests and all(tests):
        alternatives = [join(row, "&&") for row in tests]
        yield join(alternatives, "||")


def join(conditions: Sequence[syntax.Expression], operator: str) -> syntax.Expression:
    """Return conditions joined by an operator; a single one is itself."""
    first, *rest = conditions
    return syntax.Chain(first, tuple((operator, c) for c in rest)) if rest else first
