"""A core: parts of a query that alone have no solution, and have one without any single part.

It is a minimal unsatisfiable subset, found by deletion (Bakker, Dikker, Tempelman and Wognum 1993),
in halves first, as delta debugging does (Zeller and Hildebrandt 2002). Parts that share no variable
are tried apart, so that no product of them is computed.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store, Variable

from graph.answering.evaluation import merge_graphs, query_store
from graph.emptiness.query_part import QueryPart, choose_effective, make_group, split_components
from graph.errors import DeadlineError
from graph.sparql.printer import print_query
from graph.sparql.prologue import DatasetClause
from graph.sparql.syntax import Ask, Form, Group, Modifiers, QueryDataset, QueryUnit, Select
from ontology.terms import RdfTerm

Row: TypeAlias = dict[Variable, RdfTerm]
"""A solution, without its unbound variables."""


@dataclass(slots=True)
class Solver:
    """Asks a dataset whether groups have solutions, for some seconds.

    Groups are asked in the `version` of SPARQL of their query, which decides what it sees.

    Several default graphs are merged once, in `merged`: the engine would do so for each group.
    """

    store: Store
    dataset: QueryDataset
    base: str | None
    seconds: float
    version: str | None = None
    start: float = field(default_factory=time.monotonic)
    answers: dict[str, bool] = field(default_factory=dict)
    merged: Store | None = None

    def __post_init__(self) -> None:
        """Merge the default graphs."""
        default, named = ([iri.value for iri in iris] for iris in self.clauses)
        if len(default) > 1:
            self.merged = merge_graphs(self.store, DatasetClause(tuple(default), tuple(named)))

    @property
    def clauses(self) -> tuple[tuple[NamedNode, ...], tuple[NamedNode, ...]]:
        """The default and the named graphs of the dataset."""
        return self.dataset.default, self.dataset.named

    def move_to(self, store: Store) -> Solver:
        """Return the solver of another store, with the same start."""
        return replace(self, store=store, answers={}, merged=None)

    def query(self, form: Form) -> QuerySolutions | QueryBoolean | QueryTriples:
        """Return the answer to a query of the dataset."""
        store = self.store if self.merged is None else self.merged
        return query_store(store, self.write(form), base=self.base)

    def write(self, form: Form) -> str:
        """Return a query of the dataset as text; raises DeadlineError after the last second."""
        if time.monotonic() > self.start + self.seconds:
            raise DeadlineError(self.seconds)
        dataset = QueryDataset() if self.merged is not None else self.dataset
        return print_query(QueryUnit(form, dataset, self.base, self.version))

    def has_solution(self, group: Group) -> bool:
        """Return whether a group has a solution."""
        form = Ask(group, Modifiers())
        text = self.write(form)
        if text not in self.answers:
            self.answers[text] = bool(self.query(form))
        return self.answers[text]

    def is_empty(self, parts: Sequence[QueryPart]) -> bool:
        """Return whether the parts that have an effect have no solution."""
        effective = choose_effective(parts)
        return bool(effective) and not self.has_solution(make_group(effective))

    def find_rows(self, select: Select) -> list[Row]:
        """Return the rows of a SELECT, without its unbound variables."""
        rows = self.query(select)
        assert isinstance(rows, QuerySolutions)  # noqa: S101 - a SELECT has no other answer
        names = [variable.value for variable in rows.variables]
        return [
            {Variable(name): term for name in names if (term := row[name]) is not None}
            for row in rows
        ]

    def find_solutions(
        self, parts: Sequence[QueryPart], limit: int
    ) -> list[dict[Variable, RdfTerm]]:
        """Return the first solutions of some parts."""
        group = make_group(choose_effective(parts))
        return self.find_rows(Select(None, group, Modifiers(limit=limit)))


def find_cores(parts: Sequence[QueryPart], solver: Solver) -> list[list[QueryPart]]:
    """Return the cores of parts without solution: all of a single part, or else one core.

    Raises DeadlineError.
    """
    if single := find_single_cores(parts, solver):
        return single
    for component in split_components(parts):
        if solver.is_empty(component):
            return [shrink(component, solver)]
    return [shrink(parts, solver)]


def find_single_cores(parts: Sequence[QueryPart], solver: Solver) -> list[list[QueryPart]]:
    """Return each part that has no solution by itself."""
    return [[part] for part in parts if solver.is_empty([part])]


def shrink(parts: Sequence[QueryPart], solver: Solver) -> list[QueryPart]:
    """Return a core of parts without solution; the parts written last are left out first.

    A negation can make parts empty again after others are left out, so the last pass begins anew
    after each removal.
    """
    size = max(len(parts) // 2, 1)
    while size:
        for start in reversed(range(0, len(parts), size)):
            rest = [*parts[:start], *parts[start + size :]]
            if solver.is_empty(rest):
                parts = rest
        size //= 2
    for number in reversed(range(len(parts))):
        rest = [*parts[:number], *parts[number + 1 :]]
        if solver.is_empty(rest):
            return shrink(rest, solver)
    return list(parts)
