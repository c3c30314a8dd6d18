"""Runs one query, or parts of it, on the dataset and on small stores of some of its graphs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Final, TypeAlias, cast

from pyoxigraph import (
    Literal,
    NamedNode,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    Store,
    Variable,
)

from graph.answering.evaluation import query_store
from graph.answering.reifier import Reification
from graph.citing.rewrite import bracket_subselect
from graph.citing.select_form import choose_hidden_prefix, is_aggregate
from graph.citing.solution import Key, SolutionSequence, TermNumbers, TermRow
from graph.sparql.printer import print_query
from graph.sparql.scope import certain_variables, select_columns
from graph.sparql.syntax import (
    Element,
    Form,
    Group,
    InGraph,
    Modifiers,
    NamedExpression,
    QueryUnit,
    Select,
    Values,
)

EngineAnswer: TypeAlias = QuerySolutions | QueryBoolean | QueryTriples

TRIPLE: Final = tuple(map(Variable, ("subject", "predicate", "object")))
"""The columns of a constructed graph, one triple a row."""

MOST_VALUES: Final = 1000
"""Rows to which a SELECT is restricted; past that it is cheaper to answer all of them."""


@dataclass(frozen=True, slots=True)
class Run:
    """Runs a query in other forms, with its parameters bound; terms of answers become numbers."""

    store: Store
    query: QueryUnit
    bindings: Mapping[str, NamedNode | Literal]
    terms: TermNumbers

    def write(self, form: Form) -> str:
        """Return the query in another form, as text."""
        return print_query(replace(self.query, form=form))

    def evaluate(self, store: Store, text: str) -> EngineAnswer:
        """Return the answer of a store to the text of a query."""
        return query_store(store, text, self.bindings)

    def find_solutions(self, select: Select) -> SolutionSequence:
        """Return the solutions of a SELECT."""
        shown = {variable.value for variable in select_columns(select)}
        bindings = {name: term for name, term in self.bindings.items() if name in shown}
        answer = query_store(self.store, self.write(select), bindings)
        return SolutionSequence.read(cast("QuerySolutions", answer), self.terms)

    def join_rows(
        self,
        variables: tuple[Variable, ...],
        rows: Mapping[int, TermRow],
        elements: Sequence[Element],
        shown: tuple[Variable, ...] = (),
        graph: NamedNode | None = None,
        limit: int | None = None,
    ) -> Iterator[tuple[int, TermRow]]:
        """Yield the solutions of elements after rows: the number of the row, and shown values."""
        if not rows:
            return
        number = Variable(choose_hidden_prefix((variables, tuple(elements))) + "row")
        numbered = tuple((Literal(n), *row) for n, row in rows.items())
        where = Group((Values((number, *variables), numbered), *elements))  # type: ignore[arg-type]
        if graph is not None:
            where = Group((InGraph(graph, where),))
        projection = tuple(NamedExpression(variable, variable) for variable in (number, *shown))
        solutions = self.find_solutions(Select(projection, where, Modifiers(limit=limit)))
        for row in map(self.terms.row, solutions.rows((number, *shown))):
            yield int(cast("Literal", row[0]).value), row[1:]

    def find_rows(self, form: Form) -> list[Key]:
        """Return the rows of a query of any form."""
        shown = select_columns(form) if isinstance(form, Select) else TRIPLE
        return read_rows(self.evaluate(self.store, self.write(form)), shown, self.terms)


@dataclass(frozen=True, slots=True)
class VerificationQuery:
    """A query for small stores, without LIMIT and OFFSET: for all rows, or for some.

    The stores get the reifiers that it sees.

    `answer` evaluates a text on a store, `restrict` writes the text for some rows. The answer
    depends on triples of these `predicates` alone; None if it may depend on any.
    """

    text: str
    terms: TermNumbers
    columns: Sequence[Variable]
    answer: Callable[[Store, str], EngineAnswer]
    restrict: Callable[[Collection[Key]], str]
    predicates: frozenset[NamedNode] | None
    reification: Reification

    def find_rows(self, store: Store, text: str) -> set[Key]:
        """Return the rows of a store; blank nodes of a constructed graph are all alike."""
        answer = self.answer(store, text)
        rows = read_rows(answer, self.columns, self.terms)
        return set(map(self.terms.merge_blanks, rows) if isinstance(answer, QueryTriples) else rows)


def read_rows(answer: EngineAnswer, columns: Sequence[Variable], terms: TermNumbers) -> list[Key]:
    """Return an answer as rows; an ASK that is true has one row without columns."""
    match answer:
        case QuerySolutions():
            return list(SolutionSequence.read(answer, terms).rows(columns))
        case QueryBoolean():
            return [()] if answer else []
    return [terms.key((triple.subject, triple.predicate, triple.object)) for triple in answer]


def restrict_rows(select: Select, rows: Collection[Key], terms: TermNumbers) -> Select:
    """Return a SELECT that answers some of its rows, and maybe more.

    The rows become VALUES of the columns that every solution binds and that show them unchanged;
    for a SELECT that groups, of the keys among these. A query cannot name a blank node.
    """
    if not 0 < len(rows) <= MOST_VALUES:
        return select
    fixed = certain_variables(select.where.elements)
    if select.projection is not None:
        fixed &= {n.variable for n in select.projection if n.variable == n.expression}
    if is_aggregate(select):
        fixed &= {n.variable for n in select.modifiers.group_by if n.variable == n.expression}
    shown = [(column, name) for column, name in enumerate(select_columns(select)) if name in fixed]
    return join_values(
        select,
        [name for _, name in shown],
        ([terms[row[column]] for column, _ in shown] for row in rows),
    )


def join_values(select: Select, names: Sequence[Variable], rows: Iterable[Sequence[Any]]) -> Select:
    """Return a SELECT joined with rows of values; unchanged if a query cannot name a value."""
    different: dict[Any, None] = dict.fromkeys(map(tuple, rows))
    if not names or not all(map(is_named, chain.from_iterable(different))):
        return select
    values = Values(tuple(names), tuple(different))
    return replace(select, where=Group((*bracket_subselect(select.where), values)))


def is_named(term: object) -> bool:
    """Whether a query can name a term: it is bound, and neither blank nor a triple."""
    return isinstance(term, NamedNode | Literal)
