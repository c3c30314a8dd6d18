"""The four forms of a query as rows with a lineage: SELECT, ASK, CONSTRUCT, DESCRIBE."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from pyoxigraph import Literal, NamedNode, QueryBoolean, QuerySolutions, Triple, Variable

from graph.answering.reifier import Reification
from graph.citing.aggregate import sort_members
from graph.citing.answer import Citation, CitedAnswer
from graph.citing.lineage import UNKNOWN, Notes, TermTriple
from graph.citing.relation import Relation, Relations
from graph.citing.run import TRIPLE, EngineAnswer, Run, VerificationQuery, read_rows, restrict_rows
from graph.citing.select_form import drop_order_and_limit
from graph.citing.solution import Key, TermNumbers
from graph.citing.trace import GIVEN_NUMBER, Monomial
from graph.sparql import syntax
from graph.sparql.scope import certain_variables, find_predicates, find_variables, select_columns
from graph.wording.source import CitedSource
from ontology.terms import RdfTerm

F = TypeVar("F", bound=syntax.Form)


@dataclass(frozen=True, slots=True)
class AnswerRows:
    """An answer as rows; an ASK that is true has one row without columns."""

    columns: tuple[Variable, ...]
    rows: list[Key]
    is_boolean: bool = False
    constructed: bool = False

    @classmethod
    def read(cls, answer: EngineAnswer, terms: TermNumbers) -> AnswerRows:
        """Return an answer of the engine as rows; a triple of a graph occurs once."""
        if isinstance(answer, QuerySolutions):
            columns = tuple(answer.variables)
            return cls(columns, read_rows(answer, columns, terms))
        rows = list(dict.fromkeys(read_rows(answer, (), terms)))
        is_boolean = isinstance(answer, QueryBoolean)
        return cls(() if is_boolean else TRIPLE, rows, is_boolean, constructed=not is_boolean)

    def cite(
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
    """An answer with the lineage of its rows.

    `keys` are the rows as `relation` has them: with one term for all blank nodes that a query
    makes.
    """

    answer: AnswerRows
    keys: list[Key]
    relation: Relation


def drop_limit(form: F) -> F:
    """Return a query without ORDER BY, LIMIT and OFFSET: it answers the same rows, and more."""
    return replace(form, modifiers=drop_order_and_limit(form.modifiers))


def trace_answer(relations: Relations, form: syntax.Form) -> TracedAnswer:
    """Return the answer of a query with the lineage of its rows."""
    match form:
        case syntax.Select():
            return trace_select(relations, form)
        case syntax.Ask():
            # an ASK has one row, of which fewer solutions are traced; one more tells that it is cut
            modifiers = replace(
                drop_limit(form).modifiers, limit=relations.thresholds.solutions + 2
            )
            select = syntax.Select((), form.where, modifiers)
            relation = relations.trace(select, identified=set())
            rows: list[Key] = [()] if relation.rows else []
            return TracedAnswer(AnswerRows((), rows, is_boolean=True), rows, relation)
        case syntax.Construct():
            return trace_construct(relations, form)
        case syntax.Describe():
            return trace_describe(relations, form)


def trace_select(relations: Relations, select: syntax.Select) -> TracedAnswer:
    """Return the answer of a SELECT.

    LIMIT and OFFSET cut the rows, but not the solutions that are traced: a row may rest on fewer
    graphs by another solution. The query as it was written decides which rows remain.
    """
    modifiers = select.modifiers
    if modifiers.limit is None and modifiers.offset is None and select.distinctness != "REDUCED":
        relation = relations.trace(select)
        rows = relation.rows
    else:
        rows = relations.run.find_rows(select)
        relation = relations.trace(drop_limit(select), set(rows))
    return TracedAnswer(AnswerRows(relation.columns, rows), rows, relation)


def trace_construct(relations: Relations, construct: syntax.Construct) -> TracedAnswer:
    """Return the answer of a CONSTRUCT: each triple rests on any solution that gives it.

    Templates that show other optional variables are traced apart, as if each were the whole query:
    a triple then rests on the OPTIONAL parts that it shows, and on no others.
    """
    relation, terms = Relation(TRIPLE, relations.tracer, Notes()), relations.terms
    for template in split_template(construct):
        shown = dict.fromkeys(find_variables(template))
        projection = tuple(syntax.NamedExpression(variable, variable) for variable in shown)
        select = syntax.Select(projection, construct.where, drop_limit(construct).modifiers)
        identified = set.intersection(*(set(find_variables(pattern)) for pattern in template))
        solutions = relations.trace(select, identified=identified)
        relation.notes.add(solutions.notes)
        for key, monomial in solutions.solutions.items():
            row = dict(zip(solutions.columns, terms.row(key), strict=True))
            for pattern in template:
                if triple := instantiate(pattern, row):
                    blanked = terms.merge_blanks(terms.key(triple))
                    relation.add([blanked] * len(monomial), monomial)
                    if solutions.is_cut(key):
                        relation.cut.add(blanked)
    return answer_triples(relations, construct, relation)


def split_template(construct: syntax.Construct) -> list[tuple[syntax.TriplePattern, ...]]:
    """Return the patterns of a template by their variables that may be unbound."""
    bound = certain_variables(construct.where.elements)
    templates: dict[frozenset[Variable], list[syntax.TriplePattern]] = defaultdict(list)
    for pattern in construct.template:
        templates[frozenset(find_variables(pattern)) - bound].append(pattern)
    return list(map(tuple, templates.values()))


def instantiate(
    pattern: syntax.TriplePattern, row: Mapping[Variable, RdfTerm | None]
) -> TermTriple | None:
    """Return the triple of a pattern for a row, None if it is no RDF triple (section 16.2)."""
    subject, predicate, value = (
        instantiate_node(node, row) for node in (pattern.subject, pattern.predicate, pattern.object)
    )
    if None in {subject, value} or isinstance(subject, Literal | Triple):
        return None
    return (subject, predicate, value) if isinstance(predicate, NamedNode) else None  # type: ignore[return-value]


def instantiate_node(node: object, row: Mapping[Variable, RdfTerm | None]) -> object:
    """Return the term of a node of a template for a row, None if it has none."""
    if isinstance(node, syntax.TripleTerm):
        triple = instantiate(syntax.TriplePattern(node.subject, node.predicate, node.object), row)
        return None if triple is None else Triple(*triple)  # type: ignore[arg-type]
    return row.get(node) if isinstance(node, Variable) else node


def trace_describe(relations: Relations, describe: syntax.Describe) -> TracedAnswer:
    """Return the answer of a DESCRIBE.

    A triple rests on itself and on a solution that chose its subject: their conjunction.
    """
    where = describe.where or syntax.Group(())
    everything = select_columns(syntax.Select(None, where))
    targets = everything if describe.targets is None else describe.targets
    variables = tuple(dict.fromkeys(target for target in targets if isinstance(target, Variable)))
    projection = tuple(syntax.NamedExpression(variable, variable) for variable in variables)
    chosen: dict[int, list[Monomial]] = defaultdict(list)
    cut: set[int] = set()
    solutions = relations.trace(syntax.Select(projection, where, drop_limit(describe).modifiers))
    for key, monomial in solutions.solutions.items():
        for number in key:
            chosen[number].extend(monomial)
        if solutions.is_cut(key):
            cut.update(key)
    terms, tracer = relations.terms, relations.tracer
    for target in targets:
        if isinstance(target, NamedNode):
            chosen[terms.number(target)] = [(GIVEN_NUMBER,)]
    relation = Relation(TRIPLE, tracer, solutions.notes)
    unchosen = tracer.enter(UNKNOWN)
    rows = relations.run.find_rows(describe)
    tracer.limit_search(len(rows))
    for row in rows:
        triple = tracer.triples[None][row]
        joined = [(triple, *solution) for solution in chosen.get(row[0], [(unchosen,)])]
        key = terms.merge_blanks(row)
        relation.add([key] * len(joined), joined)
        if row[0] in cut:
            relation.cut.add(key)
    return answer_triples(relations, describe, relation)


def answer_triples(relations: Relations, form: syntax.Form, relation: Relation) -> TracedAnswer:
    """Return the triples of a graph as rows."""
    rows = list(dict.fromkeys(relations.run.find_rows(form)))
    keys = list(map(relations.terms.merge_blanks, rows))
    return TracedAnswer(AnswerRows(TRIPLE, rows, constructed=True), keys, relation)


def make_verification_query(run: Run, form: syntax.Form) -> VerificationQuery:
    """Return a query for small stores; VALUES restrict its rows if its form allows that.

    A row of a set function that depends on an order is compared by its members, sorted.
    """
    unlimited = drop_limit(form)
    text, terms, predicates = run.write(unlimited), run.terms, find_predicates(form)
    reification = Reification.of_query(run.query)
    if not isinstance(unlimited, syntax.Select):
        return VerificationQuery(
            text, terms, TRIPLE, run.evaluate, lambda _: text, predicates, reification
        )
    return VerificationQuery(
        run.write(sort_members(unlimited, run.bindings)),
        terms,
        select_columns(unlimited),
        run.evaluate,
        lambda rows: run.write(sort_members(restrict_rows(unlimited, rows, terms), run.bindings)),
        predicates,
        reification,
    )


def answer_uncited(results: EngineAnswer, reason: str) -> CitedAnswer:
    """Return an answer without lineage, each row uncited for a reason."""
    terms = TermNumbers()
    answer = AnswerRows.read(results, terms)
    size = 1 if answer.is_boolean else len(answer.rows)
    return answer.cite(terms, [Citation("uncited", reason=reason)] * size, {})
