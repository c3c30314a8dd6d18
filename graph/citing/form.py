"""The four forms of a query as rows that can be cited: SELECT, ASK, CONSTRUCT, DESCRIBE."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from pyoxigraph import Literal, NamedNode, QueryBoolean, QuerySolutions, Variable

from graph.citing.answer import Citation, CitedAnswer
from graph.citing.lineage import UNKNOWN, Notes, TermTriple
from graph.citing.relation import Relation, Relations
from graph.citing.rewrite import unordered
from graph.citing.run import TRIPLE, EngineAnswer, Run, VerificationQuery, restricted, rows_of
from graph.citing.solution import Key, Term, TermNumbers
from graph.citing.source import CitedSource
from graph.citing.trace import NO_NEED, Needs
from graph.sparql.scope import certain_variables, find_predicates, find_variables, select_columns
from graph.sparql.syntax import (
    Ask,
    Construct,
    Describe,
    Form,
    Group,
    NamedExpression,
    Select,
    TriplePattern,
)

F = TypeVar("F", bound=Form)


@dataclass(frozen=True, slots=True)
class AnswerRows:
    """An answer as rows; an ASK has one row of no columns where it is true."""

    columns: tuple[Variable, ...]
    rows: list[Key]
    is_boolean: bool = False
    constructed: bool = False

    @classmethod
    def read(cls, answer: EngineAnswer, terms: TermNumbers) -> AnswerRows:
        """Return an answer of the engine as rows, the triples of a graph each once."""
        if isinstance(answer, QuerySolutions):
            columns = tuple(answer.variables)
            return cls(columns, rows_of(answer, columns, terms))
        rows = list(dict.fromkeys(rows_of(answer, (), terms)))
        is_boolean = isinstance(answer, QueryBoolean)
        return cls(() if is_boolean else TRIPLE, rows, is_boolean, constructed=not is_boolean)

    def cited(
        self, terms: TermNumbers, citations: Sequence[Citation], sources: Mapping[str, CitedSource]
    ) -> CitedAnswer:
        """Return the answer with the citation of each row, and the sources that these name."""
        return CitedAnswer(
            tuple(variable.value for variable in self.columns),
            terms.rows(self.rows),
            citations,
            sources,
            bool(self.rows) if self.is_boolean else None,
            self.constructed,
        )


@dataclass(frozen=True, slots=True)
class TracedAnswer:
    """An answer, and what its rows depend on.

    `keys` are the rows as `relation` knows them: blank nodes that a query made are all alike.
    """

    answer: AnswerRows
    keys: list[Key]
    relation: Relation


def whole(form: F) -> F:
    """Return a query without its order, LIMIT and OFFSET: it answers the same rows, and others."""
    return replace(form, modifiers=unordered(form.modifiers))


def answered(relations: Relations, form: Form) -> TracedAnswer:
    """Return the answer of a query, its rows followed to what they rest on."""
    match form:
        case Select():
            return selected(relations, form)
        case Ask():
            relation = relations.of(Select((), form.where, whole(form).modifiers), identified=set())
            rows: list[Key] = [()] if relation.rows else []
            return TracedAnswer(AnswerRows((), rows, is_boolean=True), rows, relation)
        case Construct():
            return constructed(relations, form)
        case Describe():
            return described(relations, form)


def selected(relations: Relations, select: Select) -> TracedAnswer:
    """Return the answer of a SELECT.

    LIMIT and OFFSET cut the rows only, not the solutions that are followed: a row may rest on fewer
    graphs by another solution. Which rows they leave is for the query as it was asked.
    """
    modifiers = select.modifiers
    if modifiers.limit is None and modifiers.offset is None and select.distinctness != "REDUCED":
        relation = relations.of(select)
        rows = relation.rows
    else:
        rows = relations.run.rows(select)
        relation = relations.of(whole(select), set(rows))
    return TracedAnswer(AnswerRows(relation.columns, rows), rows, relation)


def constructed(relations: Relations, construct: Construct) -> TracedAnswer:
    """Return the answer of a CONSTRUCT: each triple rests on any solution that gives it.

    Patterns that show other parts of what is OPTIONAL are asked for apart, as if each were alone.
    """
    relation, terms = Relation(TRIPLE, relations.tracer, Notes()), relations.terms
    for template in apart(construct):
        shown = dict.fromkeys(find_variables(template))
        projection = tuple(NamedExpression(variable, variable) for variable in shown)
        select = Select(projection, construct.where, whole(construct).modifiers)
        identified = set.intersection(*(set(find_variables(pattern)) for pattern in template))
        solutions = relations.of(select, identified=identified)
        relation.notes.add(solutions.notes)
        for key, several in solutions.solutions.items():
            row = dict(zip(solutions.columns, terms.row(key), strict=True))
            for pattern in template:
                if triple := instance(pattern, row):
                    blanked = terms.blanked(terms.key(triple))
                    relation.add([blanked] * len(several), several)
    return triples(relations, construct, relation)


def apart(construct: Construct) -> list[tuple[TriplePattern, ...]]:
    """Return the patterns of a template by the variables of theirs that may be unbound."""
    bound = certain_variables(construct.where.elements)
    templates: dict[frozenset[Variable], list[TriplePattern]] = defaultdict(list)
    for pattern in construct.template:
        templates[frozenset(find_variables(pattern)) - bound].append(pattern)
    return list(map(tuple, templates.values()))


def instance(pattern: TriplePattern, row: Mapping[Variable, Term | None]) -> TermTriple | None:
    """Return the triple that a template gives, or None where it gives none (section 16.2)."""
    subject, predicate, value = (
        row.get(node) if isinstance(node, Variable) else node
        for node in (pattern.subject, pattern.predicate, pattern.object)
    )
    if None in {subject, value} or isinstance(subject, Literal):
        return None
    return (subject, predicate, value) if isinstance(predicate, NamedNode) else None  # type: ignore[return-value]


def described(relations: Relations, describe: Describe) -> TracedAnswer:
    """Return the answer of a DESCRIBE: a triple, and the solution that chose its subject."""
    where = describe.where or Group(())
    everything = select_columns(Select(None, where))
    targets = everything if describe.targets is None else describe.targets
    variables = tuple(dict.fromkeys(target for target in targets if isinstance(target, Variable)))
    projection = tuple(NamedExpression(variable, variable) for variable in variables)
    chosen: dict[int, list[Needs]] = defaultdict(list)
    solutions = relations.of(Select(projection, where, whole(describe).modifiers))
    for key, several in solutions.solutions.items():
        for number in key:
            chosen[number].extend(several)
    terms, tracer = relations.terms, relations.tracer
    for target in targets:
        if isinstance(target, NamedNode):
            chosen[terms.number(target)] = [(NO_NEED,)]
    relation = Relation(TRIPLE, tracer, solutions.notes)
    unchosen = tracer.enter(UNKNOWN)
    for row in relations.run.rows(describe):
        triple = tracer.triples[None][row]
        needs = [(triple, *solution) for solution in chosen.get(row[0], [(unchosen,)])]
        relation.add([terms.blanked(row)] * len(needs), needs)
    return triples(relations, describe, relation)


def triples(relations: Relations, form: Construct | Describe, relation: Relation) -> TracedAnswer:
    """Return the triples of a graph as rows."""
    rows = list(dict.fromkeys(relations.run.rows(form)))
    keys = list(map(relations.terms.blanked, rows))
    return TracedAnswer(AnswerRows(TRIPLE, rows, constructed=True), keys, relation)


def verification_of(run: Run, form: Form) -> VerificationQuery:
    """Return a query as small stores are asked it, bound by VALUES where its form allows that."""
    asked = whole(form)
    text, terms, known = run.written(asked), run.terms, find_predicates(form)
    if not isinstance(asked, Select):
        return VerificationQuery(text, terms, TRIPLE, run.results, lambda _: text, known)
    return VerificationQuery(
        text,
        terms,
        select_columns(asked),
        run.results,
        lambda rows: run.written(restricted(asked, rows, terms)),
        known,
    )
