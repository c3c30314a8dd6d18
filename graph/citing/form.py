"""The four forms of a query as rows that can be cited: SELECT, ASK, CONSTRUCT, DESCRIBE."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode, QueryTriples, Store, Variable

from graph.citing.following.relation import Relation
from graph.citing.following.relations import Relations, whole
from graph.citing.following.solution import Key
from graph.citing.weighing.ledger import Needed
from graph.citing.weighing.supports import NO_NEED
from graph.reasoning.facts.fact_index import NOWHERE
from graph.reasoning.rules.axiom import Term
from graph.reasoning.sets.support import NOTHING
from graph.sparql.scope import certain, columns, mentioned
from graph.sparql.syntax import (
    Ask,
    Construct,
    Describe,
    Form,
    Group,
    Named,
    Select,
    TriplePattern,
)

TRIPLE: Final = tuple(map(Variable, ("subject", "predicate", "object")))
"""The columns of a constructed graph, one triple a row."""


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
    constructed: bool = False


def answered(relations: Relations, form: Form) -> Answered:
    """Return the answer of a query, its rows followed to what they rest on."""
    match form:
        case Select():
            return selected(relations, form)
        case Ask():
            relation = relations.of(Select((), form.where, whole(form).modifiers), told=set())
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
    modifiers = select.modifiers
    if modifiers.limit is None and modifiers.offset is None and select.distinctness != "REDUCED":
        relation = relations.of(select)
        return Answered(relation.columns, relation.rows, relation.rows, relation)
    rows = relations.asking.rows(relations.asking.store, select)
    relation = relations.of(whole(select), set(rows))
    return Answered(relation.columns, rows, rows, relation)


def constructed(relations: Relations, construct: Construct) -> Answered:
    """Return the answer of a CONSTRUCT: each triple rests on any solution that gives it.

    Patterns that show other parts of what is OPTIONAL are asked for apart, as if each were alone.
    """
    relation, terms = Relation(TRIPLE, relations.ledger), relations.terms
    for template in apart(construct):
        shown = dict.fromkeys(mentioned(template))
        projection = tuple(Named(variable, variable) for variable in shown)
        select = Select(projection, construct.where, whole(construct).modifiers)
        told = set.intersection(*(set(mentioned(pattern)) for pattern in template))
        solutions = relations.of(select, told=told)
        relation.notes.add(solutions.notes)
        for key, needed in solutions.solutions.items():
            row = dict(zip(solutions.columns, map(terms.named.__getitem__, key), strict=True))
            for pattern in template:
                if triple := instance(pattern, row):
                    relation.add(terms.blanked(tuple(map(terms.__getitem__, triple))), needed)
    return triples(relations, construct, relation)


def apart(construct: Construct) -> list[tuple[TriplePattern, ...]]:
    """Return the patterns of a template by the variables of theirs that may be unbound."""
    bound = certain(construct.where.elements)
    found: dict[frozenset[Variable], list[TriplePattern]] = defaultdict(list)
    for pattern in construct.template:
        found[frozenset(mentioned(pattern)) - bound].append(pattern)
    return list(map(tuple, found.values()))


def instance(
    pattern: TriplePattern, row: dict[Variable, Term | None]
) -> tuple[Term, Term, Term] | None:
    """Return the triple that a template gives, or None where it gives none (section 16.2)."""
    subject, predicate, value = (
        row.get(node) if isinstance(node, Variable) else node
        for node in (pattern.subject, pattern.predicate, pattern.object)
    )
    if subject is None or isinstance(subject, Literal) or value is None:
        return None
    if not isinstance(predicate, NamedNode):
        return None
    return subject, predicate, value  # type: ignore[return-value]  # a path is in no template


def described(relations: Relations, describe: Describe) -> Answered:
    """Return the answer of a DESCRIBE: a triple, and the solution that chose its subject."""
    where = describe.where or Group(())
    everything = columns(Select(None, where))
    targets = everything if describe.targets is None else describe.targets
    variables = tuple(dict.fromkeys(one for one in targets if isinstance(one, Variable)))
    projection = tuple(Named(variable, variable) for variable in variables)
    chosen: dict[int, list[Needed]] = defaultdict(list)
    solutions = relations.of(Select(projection, where, whole(describe).modifiers))
    for key, needed in solutions.solutions.items():
        for number in key:
            chosen[number].extend(needed)
    ledger, terms = relations.ledger, relations.terms
    numbers = {one: ledger.record(ledger.any(needed)) for one, needed in chosen.items()}
    numbers |= {terms[one]: NO_NEED for one in targets if isinstance(one, NamedNode)}
    relation = Relation(TRIPLE, ledger, notes=solutions.notes)
    unchosen = ledger.enter(NOTHING, sure=False)
    for row in graph_rows(relations, relations.asking.store, describe):
        place = relations.tracer.provenance.union.place(row) if min(row) >= 0 else NOWHERE
        support = relations.tracer.support(place, None)
        edge, choice = ledger.enter(support), numbers.get(row[0], unchosen)
        relation.add(terms.blanked(row), [(edge, choice)])
    return triples(relations, describe, relation)


def triples(relations: Relations, form: Construct | Describe, relation: Relation) -> Answered:
    """Return the triples of a graph as rows."""
    rows: list[Key] = list(dict.fromkeys(graph_rows(relations, relations.asking.store, form)))
    keys = list(map(relations.terms.blanked, rows))
    return Answered(TRIPLE, rows, keys, relation, constructed=True)


def keys_of(relations: Relations, form: Form) -> Callable[[Store], set[Key]]:
    """Return what asks a query of other stores, without LIMIT and OFFSET, for its rows."""
    every: Form = whole(form)

    def keys(store: Store) -> set[Key]:
        if isinstance(every, Select):
            return set(relations.asking.rows(store, every))
        if isinstance(every, Ask):
            return {()} if relations.asking.run(store, every) else set()
        return set(map(relations.terms.blanked, graph_rows(relations, store, every)))

    return keys


def graph_rows(
    relations: Relations, store: Store, form: Construct | Describe
) -> list[tuple[int, int, int]]:
    """Return the triples that a store answers, as rows."""
    found = relations.asking.run(store, form)
    assert isinstance(found, QueryTriples)  # noqa: S101 - a graph
    number = relations.terms.__getitem__
    return [(number(one.subject), number(one.predicate), number(one.object)) for one in found]
