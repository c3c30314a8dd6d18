"""The parts of a query's WHERE clause: what each binds and needs, and what a match of it has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias, TypeGuard, TypeVar

from pyoxigraph import BlankNode, Literal, NamedNode, Variable

from graph.sparql import syntax
from graph.sparql.printer import print_element
from graph.sparql.scope import (
    change_parts,
    element_variables,
    find_variables,
    visible_variables,
    walk_parts,
)
from ontology.terms import RDF, XSD, RdfTerm

P = TypeVar("P")

LANGUAGE_CALLS: Final = frozenset({"LANG", "LANGMATCHES"})

EQUATING: Final = frozenset({"=", "&&", "||"})
"""The operators of a FILTER that only asks for terms."""

FLAT: tuple[type, ...] = (
    syntax.Triples,
    syntax.InGraph,
    syntax.Filter,
    syntax.Values,
    syntax.Union,
    syntax.Group,
    syntax.Service,
)
"""The elements of a nested group that mean the same outside of it."""

UNMATCHED: tuple[type, ...] = (syntax.Filter, syntax.Bind, syntax.Values)
"""The elements that no graph has to match."""


@dataclass(frozen=True, slots=True)
class QueryPart:
    """A triple pattern or another element, with the GRAPH around it, which can be left out alone.

    It has its effect only beside parts that bind the variables that it `needs`: a FILTER needs the
    variables that its group may bind, a MINUS the variables that it shares.
    """

    element: syntax.Element
    context: syntax.Name | None
    binds: frozenset[Variable]
    needs: frozenset[Variable] = frozenset()

    @property
    def pattern(self) -> syntax.TriplePattern | None:
        """The triple pattern, None for another element."""
        if isinstance(self.element, syntax.Triples):
            return self.element.patterns[0]
        return None

    @property
    def in_context(self) -> syntax.Element:
        """The element within its GRAPH."""
        return self.element if self.context is None else move_into(self.element, self.context)

    @property
    def text(self) -> str:
        """The part in SPARQL."""
        return print_element(self.in_context)

    def with_pattern(self, pattern: syntax.TriplePattern) -> QueryPart:
        """Return the part with another triple pattern of the same variables."""
        return replace(self, element=syntax.Triples((pattern,)))


Core: TypeAlias = Sequence[QueryPart]
"""Parts of a query that alone have no solution."""


def move_into(element: syntax.Element, name: syntax.Name) -> syntax.Element:
    """Return an element as it means within GRAPH: patterns are matched there, filters are not."""
    match element:
        case syntax.OptionalPart(group):
            return syntax.OptionalPart(syntax.Group((syntax.InGraph(name, group),)))
        case syntax.Minus(group):
            return syntax.Minus(syntax.Group((syntax.InGraph(name, group),)))
        case syntax.Filter(expression):
            return syntax.Filter(move_exists(expression, name))
        case syntax.Bind(expression, variable):
            return syntax.Bind(move_exists(expression, name), variable)
        case syntax.Values():
            return element
    return syntax.InGraph(name, syntax.Group((element,)))


def move_exists(expression: syntax.Expression, name: syntax.Name) -> syntax.Expression:
    """Return an expression whose EXISTS are matched in a graph."""

    def move(inner: object) -> object | None:
        if not isinstance(inner, syntax.Exists):
            return None
        return replace(inner, group=syntax.Group((syntax.InGraph(name, inner.group),)))

    return change_parts(expression, move)


def list_parts(group: syntax.Group, context: syntax.Name | None = None) -> Iterator[QueryPart]:
    """Yield the parts of a group in the order written; nested groups and GRAPH are taken apart."""
    scope = frozenset(visible_variables(group.elements))
    for element in group.elements:
        match element:
            case syntax.Triples(patterns):
                for pattern in patterns:
                    yield make_part(syntax.Triples((pattern,)), context, scope)
            case syntax.Group(elements) if all(isinstance(inner, FLAT) for inner in elements):
                yield from list_parts(element, context)
            case syntax.InGraph(name, inner_group):
                inner = list(list_parts(inner_group, name))
                yield from inner
                # without a pattern in it, a GRAPH still asks for its graph
                if all(isinstance(part.element, UNMATCHED) for part in inner):
                    yield make_part(syntax.InGraph(name, syntax.Group(())), None, scope)
            case _:
                yield make_part(element, context, scope)


def make_part(
    element: syntax.Element, context: syntax.Name | None, scope: frozenset[Variable]
) -> QueryPart:
    """Return a part of a group that may bind the variables in scope."""
    own = frozenset(element_variables(element))
    named = {context} if isinstance(context, Variable) else set()
    needs: Iterable[Variable] = ()
    match element:
        case syntax.Filter() | syntax.Minus():
            needs = find_variables(element)
        case syntax.Bind(expression):
            needs = find_variables(expression)
        case syntax.OptionalPart(group):
            # its filters see the variables around it (SPARQL 1.1 Query, section 18.2.2.6)
            inner = [
                part.expression for part in walk_parts(group) if isinstance(part, syntax.Filter)
            ]
            needs = set(find_variables(tuple(inner))) - set(visible_variables(group.elements))
    named_in = own | (named if own or isinstance(element, syntax.Triples) else set())
    return QueryPart(element, context, named_in, scope.intersection(needs))


def choose_effective(parts: Sequence[QueryPart]) -> list[QueryPart]:
    """Return the parts whose needs other effective parts bind, in their order.

    A FILTER without its binders would have an error in each solution, and be a core by itself.
    """
    bound: set[Variable] = set()
    chosen: set[int] = set()
    # a fixed point: what one part binds, a BIND may need to bind what another needs
    while ready := [
        number for number, part in enumerate(parts) if number not in chosen and part.needs <= bound
    ]:
        chosen.update(ready)
        bound = bound.union(*(parts[number].binds for number in ready))
    return [part for number, part in enumerate(parts) if number in chosen]


def make_group(parts: Iterable[QueryPart]) -> syntax.Group:
    """Return the group of some parts."""
    return syntax.Group(tuple(part.in_context for part in parts))


def split_components(parts: Collection[QueryPart]) -> list[list[QueryPart]]:
    """Return the parts in components, which share no variable with each other."""
    components: list[tuple[set[Variable], list[QueryPart]]] = []
    for part in parts:
        variables, members, apart = set(part.binds | part.needs), [part], []
        # a part joins each component that shares a variable with it to the others that do
        for component in components:
            if variables.isdisjoint(component[0]):
                apart.append(component)
            else:
                variables, members = variables | component[0], [*component[1], *members]
        components = [*apart, (variables, members)]
    return [members for _, members in components]


def is_subselect(part: QueryPart) -> syntax.Select | None:
    """Return the subselect that is the whole part, or None."""
    element = part.element
    while isinstance(element, syntax.Group) and len(element.elements) == 1:
        element = element.elements[0]
    return element if isinstance(element, syntax.Select) else None


def has_service(part: object) -> bool:
    """Return whether a SERVICE answers some of a part."""
    return any(isinstance(inner, syntax.Service) for inner in walk_parts(part))


def name_blank_nodes(group: syntax.Group) -> syntax.Group:
    """Return a group with a variable in place of each blank node, which means the same."""
    return change_parts(
        group,
        lambda inner: Variable(f"blank_{inner.value}") if isinstance(inner, BlankNode) else None,
    )


def list_iris(part: QueryPart) -> Iterator[NamedNode]:
    """Yield the IRIs that each match of a part has."""
    element = part.element
    if isinstance(part.context, NamedNode):
        yield part.context
    if is_match(part):
        inner = list(walk_parts(element))
        functions = {call.function for call in inner if isinstance(call, syntax.Call)}
        yield from (term for term in inner if isinstance(term, NamedNode) and term not in functions)


def is_match(part: QueryPart) -> bool:
    """Return whether a part is a triple pattern, VALUES, or a FILTER that equates."""
    if not isinstance(part.element, syntax.Filter):
        return isinstance(part.element, syntax.Triples | syntax.Values)
    kinds = syntax.Chain | syntax.Membership | syntax.Exists | syntax.Unary
    tests = [test for test in walk_parts(part.element) if isinstance(test, kinds)]
    return bool(tests) and all(map(equates, tests))


def equates(test: syntax.Chain | syntax.Membership | syntax.Exists | syntax.Unary) -> bool:
    """Return whether a test asks that a term is a given term."""
    match test:
        case syntax.Chain(_, rest):
            return {operator for operator, _ in rest} <= EQUATING
        case syntax.Membership(negated=negated):
            return not negated
    return False


def list_patterns(core: Core) -> Iterator[tuple[QueryPart, syntax.TriplePattern]]:
    """Yield the triple patterns of a core with their parts."""
    for part in core:
        if (pattern := part.pattern) is not None:
            yield part, pattern


def each_filter(core: Core) -> Iterator[tuple[QueryPart, Core]]:
    """Yield each FILTER of a core with the rest of the core."""
    for part in core:
        if isinstance(part.element, syntax.Filter):
            yield part, [other for other in core if other is not part]


def read_language_filter(part: QueryPart) -> tuple[Variable | None, list[str]]:
    """Return the first variable whose language a FILTER tests, and the texts in the FILTER."""
    inner = list(walk_parts(part.element))
    arguments = [
        argument
        for call in inner
        if isinstance(call, syntax.Call) and call.function in LANGUAGE_CALLS
        for argument in call.arguments
    ]
    variables = (argument for argument in arguments if isinstance(argument, Variable))
    return next(variables, None), [text.value for text in inner if isinstance(text, Literal)]


def swap(core: Core, part: QueryPart, other: QueryPart) -> list[QueryPart]:
    """Return a core with another part in the place of one."""
    return [other if own is part else own for own in core]


def turn_pattern(pattern: syntax.TriplePattern) -> syntax.TriplePattern | None:
    """Return a pattern with its ends exchanged, None if no triple could match it."""
    subject, predicate, value = pattern.subject, pattern.predicate, pattern.object
    if isinstance(predicate, syntax.Inverse):
        return syntax.TriplePattern(subject, predicate.path, value)
    names_class = predicate == RDF.TYPE and isinstance(value, NamedNode)
    is_value = isinstance(value, Literal | syntax.TripleTerm)
    if is_value or names_class or not isinstance(predicate, NamedNode | Variable):
        return None
    return syntax.TriplePattern(value, predicate, subject)


def make_upright(pattern: syntax.TriplePattern) -> syntax.TriplePattern:
    """Return a pattern without the `^` of its property."""
    if isinstance(pattern.predicate, syntax.Inverse):
        return syntax.TriplePattern(pattern.object, pattern.predicate.path, pattern.subject)
    return pattern


def is_text(term: object) -> TypeGuard[Literal]:
    """Return whether a term is a string, with a language tag or without."""
    return isinstance(term, Literal) and term.datatype in {XSD.STRING, RDF.LANG_STRING}


def list_literals(part: object, *, holds: bool = True) -> Iterator[Literal]:
    """Yield the literals without which a part has no match: under no negation, or under two."""
    match part:
        case Literal():
            if holds:
                yield part
            return
        case syntax.Unary("!") | syntax.Minus() | syntax.Exists(_, True):
            holds = not holds
        case syntax.Membership(_, _, True) | syntax.Chain(_, (("!=", _),)):
            holds = not holds
    inner = part if isinstance(part, tuple) else getattr(part, "__slots__", ())
    for own in inner:
        yield from list_literals(own if inner is part else getattr(part, own), holds=holds)


def find_equal(element: syntax.Element, name: NamedNode) -> Iterator[Variable]:
    """Yield the variables that a FILTER or VALUES asks to be an IRI."""
    if isinstance(element, syntax.Values):
        columns = zip(element.variables, *element.rows, strict=True)
        yield from (variable for variable, *terms in columns if name in terms)
    elif isinstance(element, syntax.Filter):
        for test in walk_parts(element):
            is_equation = isinstance(test, syntax.Chain) and test.rest[0][0] == "="
            if (is_equation or isinstance(test, syntax.Membership)) and name in walk_parts(test):
                yield from find_variables(test)


def compares_order(part: QueryPart) -> bool:
    """Return whether a FILTER asks which of two terms is greater."""
    tests = (test for test in walk_parts(part.element) if isinstance(test, syntax.Chain))
    return any(operator[0] in "<>" for test in tests for operator, _ in test.rest)


def change_literals(part: P, literal: Literal, term: RdfTerm) -> Iterator[P]:
    """Yield a part of a query with a term in the place of a literal.

    Where the term has the characters of the literal, all literals of its type are changed at first.
    """
    if isinstance(term, Literal) and term.value == literal.value:
        own, other = (literal.datatype, literal.language), (term.datatype, term.language)

        def change(inner: object) -> Literal | None:
            if not isinstance(inner, Literal) or (inner.datatype, inner.language) != own:
                return None
            kind, tag = other
            return (
                Literal(inner.value, language=tag) if tag else Literal(inner.value, datatype=kind)
            )

        yield change_parts(part, change)
    yield change_parts(part, lambda inner: term if inner == literal else None)
