"""Thresholds: fewer statements than a HAVING allows, as absences of the groups that have them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Self

from pyoxigraph import Literal, Variable

from graph.citing.absence import AbsenceFinder, Rows, forbid_group, refuse
from graph.citing.aggregate import Grouping
from graph.citing.run import Run
from graph.citing.solution import SolutionSequence
from graph.sparql.scope import (
    find_aggregates,
    find_variables,
    replace_expressions,
    visible_variables,
)
from graph.sparql.syntax import (
    Aggregate,
    Chain,
    Element,
    Expression,
    Group,
    InGraph,
    OptionalPart,
    Triples,
    Values,
)
from graph.wording.absence import Absence
from graph.wording.display_name import read_text

MOST_STEPS: Final = 1000
"""The statements more than there are with which a threshold is looked for."""


@dataclass(frozen=True, slots=True)
class GroupConditions:
    """The conditions on the groups of a SELECT: HAVING, and tests of its rows.

    `columns` are hidden columns with the values of their set functions.
    """

    grouping: Grouping
    conditions: tuple[Expression, ...]
    columns: Mapping[Aggregate, Variable]

    @classmethod
    def read(cls, grouping: Grouping, tests: tuple[Expression, ...]) -> Self:
        """Return the conditions of a SELECT, with set functions in the place of their names."""
        select = grouping.select
        named = {n.variable: n.expression for n in select.projection or ()}
        conditions = replace_expressions((*select.modifiers.having, *tests), named)
        aggregates = dict.fromkeys(find_aggregates(conditions))
        create = grouping.rewriter.create_variable
        return cls(grouping, conditions, {aggregate: create() for aggregate in aggregates})

    def find_absences(self, run: Run, rows: SolutionSequence) -> Iterator[tuple[int, Absence]]:
        """Yield the absences of rows that show keys and columns, by the number of the row.

        A row has too few matches to break a condition: so many more would.
        """
        keys = self.grouping.names
        numbered = dict(enumerate(map(run.terms.row, rows.rows((*keys, *self.columns.values())))))
        for aggregate in self.columns:
            if aggregate.function != "COUNT":
                continue
            argument = aggregate.argument
            group = relate(self.grouping.select.where, argument, {*keys})
            shared = tuple(key for key in keys if key in {*find_variables(group)})
            finder = AbsenceFinder.make(run, forbid_group(group, shared))
            least = self.find_least(run, aggregate, numbered)
            places = [keys.index(key) for key in shared]
            own = {number: tuple(numbered[number][place] for place in places) for number in least}
            counted = argument if isinstance(argument, Variable) else None
            for number, row in finder.find_decided(group, own).items():
                absence = finder.make_absence(group, row)
                yield number, replace(absence, least=least[number], counted=counted)

    def find_least(self, run: Run, aggregate: Aggregate, rows: Rows) -> dict[int, int]:
        """Return the least greater count with which the conditions on a row do not all hold."""
        count = self.columns[aggregate]
        step = Variable(f"{count.value}more")
        greater: dict[Aggregate, Expression] = {
            **self.columns,
            aggregate: Chain(count, (("+", step),)),
        }
        first, *rest = replace_expressions(self.conditions, greater)
        together = Chain(first, tuple(("&&", condition) for condition in rest)) if rest else first
        steps = Values((step,), tuple((Literal(n),) for n in range(1, MOST_STEPS + 1)))
        variables = (*self.grouping.names, *self.columns.values())
        place = variables.index(count)
        least: dict[int, int] = {}
        joined = run.join_rows(variables, rows, (steps, refuse(together)), (step,))
        for number, (value,) in joined:
            total = int(read_text(rows[number][place])) + int(read_text(value))
            least[number] = min(total, least.get(number, total))
        return least


def relate(where: Group, argument: Expression | None, keys: set[Variable]) -> Group:
    """Return the elements of a group that a count depends on, by variables other than keys.

    An OPTIONAL that binds the counted variable is part of the count, and no other is.
    """
    match where.elements:
        case (InGraph(name, inner),):
            return Group((InGraph(name, relate(inner, argument, keys)),))
        case (Group() as inner,):
            return relate(inner, argument, keys)
    wanted = set(find_variables(argument)) - keys
    elements = [part for element in where.elements for part in split(element, wanted)]
    related: set[Variable] = wanted or set(find_variables(tuple(elements))) - keys
    while True:
        own = [e for e in elements if not related.isdisjoint(find_variables(e))]
        wider = {*find_variables(tuple(own))} - keys | related
        if wider == related:
            return Group(tuple(own))
        related = wider


def split(element: Element, wanted: set[Variable]) -> Iterable[Element]:
    """Return the parts of an element that a count needs."""
    match element:
        case Triples(patterns):
            return [Triples((pattern,)) for pattern in patterns]
        case OptionalPart(group):
            return [group] if wanted & {*visible_variables(group.elements)} else []
    return [element]
