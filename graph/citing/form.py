"""The four forms of a query as rows that can be cited: SELECT, ASK, CONSTRUCT, DESCRIBE."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, QueryTriples, Store, Variable

from graph.axiom import Term
from graph.citing.relation import Key, Relation
from graph.citing.relations import Relations
from graph.citing.tracer import Traced
from graph.sparql.scope import columns, mentioned
from graph.sparql.syntax import (
    Ask,
    Construct,
    Describe,
    Form,
    Group,
    Named,
    Node,
    Select,
    TriplePattern,
)
from graph.support import GIVEN, NOTHING

TRIPLE: Final = tuple(map(Variable, ("subject", "predicate", "object")))
"""The columns of a constructed graph, one triple a row."""

F = TypeVar("F", bound=Form)

BLANK: Final = BlankNode("any")
"""Every blank node of a constructed graph, since they are the same only up to renaming."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as rows; an ASK has one row of no columns where it is true.

    `keys` are the rows as `relation` knows them: blank nodes that a query made are all alike.
    """

    columns: tuple[Variable, ...]
    rows: list[Key]
    keys: list[Key]
    relation: Relation
    is_boolean: bool = False


def answered(relations: Relations, form: Form) -> Answered:
    """Return the answer of a query, its rows followed to what they rest on."""
    match form:
        case Select():
            return selected(relations, form)
        case Ask():
            relation = relations.of(Select((), form.where, unlimited(form).modifiers))
            rows: list[Key] = [()] if relation.rows else []
            return Answered((), rows, rows, relation, is_boolean=True)
        case Construct():
            return constructed(relations, form)
        case Describe():
            return described(relations, form)


def selected(relations: Relations, select: Select) -> Answered:
    """Return the answer of a SELECT.

    LIMIT and OFFSET cut the rows only, not the solutions that are followed: a row may rest on fewer
    graphs by another solution. Which rows they leave is for the query as it was asked.
    """
    relation = relations.of(select, ordered=True)
    rows = relation.rows
    if select != unlimited(select) or select.distinctness == "REDUCED":
        rows = list(select_rows(relations, relations.store, select))
    return Answered(relation.columns, rows, rows, relation)


def constructed(relations: Relations, construct: Construct) -> Answered:
    """Return the answer of a CONSTRUCT: each triple rests on any solution that gives it."""
    shown = dict.fromkeys(mentioned(construct.template))
    projection = tuple(Named(variable, variable) for variable in shown)
    solutions = relations.of(Select(projection, construct.where, unlimited(construct).modifiers))
    relation = Relation(TRIPLE, notes=solutions.notes)
    for key, traced in solutions.traced.items():
        row = dict(zip(solutions.columns, key, strict=True))
        for pattern in construct.template:
            if triple := instance(pattern, row):
                relation.add(triple, traced)
    return triples(relations, construct, relation)


def instance(pattern: TriplePattern, row: dict[Variable, Term | None]) -> Key | None:
    """Return the triple that a template gives, or None where it gives none (section 16.2)."""
    ends = (pattern.subject, pattern.predicate, pattern.object)
    subject, predicate, value = (put(end, row) for end in ends)  # type: ignore[arg-type]
    if subject is None or isinstance(subject, Literal) or value is None:
        return None
    return (subject, predicate, value) if isinstance(predicate, NamedNode) else None


def put(node: Node, row: dict[Variable, Term | None]) -> Term | None:
    """Return what a node of a template stands for."""
    term = row.get(node) if isinstance(node, Variable) else node
    return BLANK if isinstance(term, BlankNode) else term


def described(relations: Relations, describe: Describe) -> Answered:
    """Return the answer of a DESCRIBE: a triple, and the solution that chose its subject."""
    where = describe.where or Group(())
    everything = columns(Select(None, where))
    targets = everything if describe.targets is None else describe.targets
    variables = tuple(dict.fromkeys(one for one in targets if isinstance(one, Variable)))
    projection = tuple(Named(variable, variable) for variable in variables)
    chosen: dict[Term | None, Traced] = {}
    solutions = relations.of(Select(projection, where, unlimited(describe).modifiers))
    for key, traced in solutions.traced.items():
        for term in key:
            chosen[term] = chosen[term] | traced if term in chosen else traced
    chosen |= {one: Traced(GIVEN) for one in targets if isinstance(one, NamedNode)}
    relation = Relation(TRIPLE, notes=solutions.notes)
    provenance = relations.tracer.provenance
    for row in graph_rows(relations, relations.store, describe):
        fact = provenance.fact(*row)  # type: ignore[arg-type]
        support = NOTHING if fact is None else provenance.support(fact)
        unchosen = Traced(NOTHING, sure=False)
        relation.add(blanked(row), Traced(support) & chosen.get(row[0], unchosen))
    return triples(relations, describe, relation)


def triples(relations: Relations, form: Construct | Describe, relation: Relation) -> Answered:
    """Return the triples of a graph as rows."""
    rows = list(dict.fromkeys(graph_rows(relations, relations.store, form)))
    return Answered(TRIPLE, rows, [blanked(row) for row in rows], relation)


def blanked(row: Key) -> Key:
    """Return a triple with its blank nodes alike."""
    return tuple(BLANK if isinstance(term, BlankNode) else term for term in row)


def unlimited(form: F) -> F:
    """Return a query without its LIMIT and OFFSET."""
    return replace(form, modifiers=replace(form.modifiers, limit=None, offset=None))


def keys_of(relations: Relations, form: Form) -> Callable[[Store], set[Key]]:
    """Return what asks a query of other stores, without LIMIT and OFFSET, for its rows."""
    whole: Form = unlimited(form)

    def keys(store: Store) -> set[Key]:
        if isinstance(whole, Select):
            return set(select_rows(relations, store, whole))
        if isinstance(whole, Ask):
            return {()} if relations.run(store, whole) else set()
        return set(map(blanked, graph_rows(relations, store, whole)))

    return keys


def select_rows(relations: Relations, store: Store, select: Select) -> Iterator[Key]:
    """Yield the rows that a store answers to a SELECT."""
    found = relations.run(store, select)
    assert isinstance(found, QuerySolutions)  # noqa: S101 - a SELECT
    names = columns(select)
    for solution in found:
        yield tuple(solution[name] for name in names)


def graph_rows(relations: Relations, store: Store, form: Construct | Describe) -> Iterator[Key]:
    """Yield the triples that a store answers, as rows."""
    found = relations.run(store, form)
    assert isinstance(found, QueryTriples)  # noqa: S101 - a graph
    for triple in found:
        yield triple.subject, triple.predicate, triple.object
