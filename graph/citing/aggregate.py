"""A SELECT that groups, taken apart: what a row rests on by the members of its group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pyoxigraph import Literal, NamedNode, Variable

from graph.axiom import Term
from graph.citing.extension import Extender
from graph.citing.relation import Key
from graph.citing.tracer import Row, Traced, both, either
from graph.sparql.scope import aggregates, has_exists
from graph.sparql.syntax import Aggregate, Bind, Expression, Named, Select
from ontology.namespace import PREFIXES

REPEATABLE: Final = {"COUNT", "SUM", "AVG", "GROUP_CONCAT"}
"""The set functions for which it matters how often a value comes."""

ORDERED: Final = {
    PREFIXES["xsd"] + name for name in ("integer", "decimal", "date", "dateTime", "string")
}
"""The datatypes of which any two values can be compared."""


@dataclass(frozen=True, slots=True)
class Member:
    """A solution of a group, and what it rests on."""

    traced: Traced
    row: Row


@dataclass(frozen=True, slots=True)
class Measure:
    """A set function that a column shows as it is, and the variable that holds its argument."""

    aggregate: Aggregate
    argument: Variable | None
    column: int


class Grouping:
    """A SELECT that groups: its keys, its measures, and what must be noted of all its rows."""

    def __init__(self, select: Select) -> None:
        self.select = select
        modifiers = select.modifiers
        used = aggregates((select.projection, modifiers.having))
        counted = any(one.function in REPEATABLE and not one.distinct for one in used)
        self.extender = Extender(select, (), counted)
        self.notes = self.extender.notes
        self.binds: list[Bind] = []
        self.keys = tuple(self.key(named) for named in modifiers.group_by)
        self.names = tuple(key.variable for key in self.keys if key.variable)
        self.measures = list(self.shown_measures())
        self.hides = {measure.aggregate for measure in self.measures} != set(used)
        self.note(used)

    def note(self, used: Sequence[Aggregate]) -> None:
        """Note what makes rows hard to cite, whatever their members."""
        shown = {named.expression for named in self.select.projection or ()}
        if self.hides:
            self.notes.doubts.append("a set function stands within an expression")
        if not set(self.names) <= shown:
            self.notes.doubts.append("the rows do not show what they are grouped by")
        if has_exists((self.select.projection, self.keys, self.select.modifiers.having)):
            self.notes.doubts.append("EXISTS stands within an expression")
        if any(one.distinct and one.argument is None for one in used):
            self.notes.doubts.append("COUNT(DISTINCT *) counts hidden variables")

    def key(self, named: Named) -> Named:
        """Return a condition of GROUP BY with a name, which the members bind too."""
        if named.expression == named.variable:
            return named
        return Named(named.expression, self.bound(named.expression, named.variable))

    def bound(self, expression: Expression, name: Variable | None = None) -> Variable:
        """Return the variable to which the members bind an expression."""
        if name is None and isinstance(expression, Variable):
            return expression
        variable = name or self.extender.fresh()
        self.binds.append(Bind(expression, variable))
        return variable

    def shown_measures(self) -> Iterable[Measure]:
        """Yield the set functions that columns show as they are."""
        for column, named in enumerate(self.select.projection or ()):
            if isinstance(named.expression, Aggregate):
                argument = named.expression.argument
                yield Measure(
                    named.expression, None if argument is None else self.bound(argument), column
                )

    def rows(self) -> Select:
        """Return the SELECT whose rows also show what they are grouped by."""
        projection = self.select.projection or ()
        shown = {named.variable for named in projection}
        more = tuple(Named(name, name) for name in self.names if name not in shown)
        modifiers = replace(self.select.modifiers, group_by=self.keys, limit=None, offset=None)
        return Select((*projection, *more), self.select.where, modifiers)

    def traced(self, members: Sequence[Member], key: Key) -> Traced:
        """Return what a row rests on by the members of its group."""
        everyone = [member.traced for member in members]
        found = [either(everyone)]
        if self.hides:
            found.append(both(everyone))
        found.extend(self.measured(measure, members, key) for measure in self.measures)
        return both(found)

    def measured(self, measure: Measure, members: Sequence[Member], key: Key) -> Traced:
        """Return what the value of a set function rests on."""
        name = measure.argument
        if name is None:
            return both([member.traced for member in members])
        by_value: dict[Term, list[Traced]] = defaultdict(list)
        for member in members:
            value = member.row.get(name)
            if value is not None:
                by_value[value].append(member.traced)
        unbound = sum(map(len, by_value.values())) != len(members)
        aggregate = measure.aggregate
        values = [either(traced) for traced in by_value.values()]
        every = both(values if aggregate.distinct else [t for ts in by_value.values() for t in ts])
        match aggregate.function:
            case "COUNT":
                return every
            case "MIN" | "MAX" if not unbound and comparable(by_value):
                shown = key[measure.column]
                return either(by_value[shown] if shown is not None else [])
            case "SAMPLE" if len(values) == 1 and not unbound:
                return values[0]
            case "SAMPLE" | "GROUP_CONCAT" if len(by_value) > 1 or len(members) > 1:
                self.notes.obstacles.append(f"{aggregate.function} chooses an order of its own")
        return Traced(every.support, sure=False)


def comparable(values: Iterable[Term]) -> bool:
    """Whether a greatest and a least of the values are the same in whatever order they come."""
    kinds = {v.datatype.value if isinstance(v, Literal) else type(v) for v in values}
    return len(kinds) == 1 and kinds <= {NamedNode, *ORDERED}
