"""A SELECT that groups, taken apart: what a row rests on by the members of its group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Final

from pyoxigraph import Literal, NamedNode, Variable

from graph.citing.extending.extension import Extender, separate
from graph.citing.following.solution import UNBOUND, Key, Solutions
from graph.citing.following.tracer import Tracer
from graph.citing.weighing.ledger import Needed, Traced
from graph.reasoning.sets.support import EMPTY, GIVEN
from graph.sparql.scope import aggregates, has_exists
from graph.sparql.syntax import (
    Aggregate,
    Bind,
    Expression,
    Group,
    Modifiers,
    Named,
    Select,
)
from ontology.namespace import PREFIXES

REPEATABLE: Final = {"COUNT", "SUM", "AVG", "GROUP_CONCAT"}
"""The set functions for which it matters how often a value comes."""

ORDERED: Final = {
    PREFIXES["xsd"] + name for name in ("integer", "decimal", "date", "dateTime", "string")
}
"""The datatypes of which any two values can be compared."""


MOST_NAMED: Final = 100
"""Members of a group that are followed where there are too many, and graphs that are then named."""

Names = Sequence[Variable]
"""The variables by which solutions are grouped."""


@dataclass(frozen=True)
class Members:
    """The solutions that are counted, and which of them are in each group.

    What they need are columns too, which `follow` gives: for each need, what it comes to in each
    solution. Where all are facts, `facts` are the columns of their places. `unbound` are arguments
    of set functions that have no value in some solutions.
    """

    solutions: Solutions
    groups: Mapping[Key, Sequence[int]]
    unbound: Set[Variable]
    follow: Callable[[], Sequence[Sequence[int]]]
    facts: Sequence[Sequence[int]] = ()

    @cached_property
    def needs(self) -> Sequence[Sequence[int]]:
        """The columns of what the solutions need."""
        return self.follow()

    def needed(self, places: Iterable[int]) -> Iterator[Needed]:
        """Yield what each of some solutions needs."""
        return (tuple(column[place] for column in self.needs) for place in places)

    def everything(self, places: Sequence[int]) -> frozenset[int]:
        """Return all that some solutions need."""
        return frozenset().union(*self.chosen(self.needs, places))

    def placed(self, group: Key) -> list[int]:
        """Return the places of the facts that the solutions of a group are, as often as there."""
        chosen = self.chosen(self.facts, self.groups.get(group, ()))
        return list(chain.from_iterable(chosen))

    def chosen(
        self, columns: Iterable[Sequence[int]], places: Sequence[int]
    ) -> Iterable[Iterable[int]]:
        """Return what stands in columns in some solutions."""
        if len(places) == self.solutions.size:
            return columns
        return (map(column.__getitem__, places) for column in columns)


@dataclass(frozen=True, slots=True)
class Measure:
    """A set function that a column shows as it is, and the variable that holds its argument."""

    aggregate: Aggregate
    argument: Variable | None
    column: int


class Grouping:
    """A SELECT that groups: its keys, its measures, and what must be noted of all its rows."""

    def __init__(self, select: Select, tracer: Tracer) -> None:
        self.select = select
        self.terms, self.ledger = tracer.terms, tracer.ledger
        modifiers = select.modifiers
        used = aggregates((select.projection, modifiers.having))
        counted = any(one.function in REPEATABLE and not one.distinct for one in used)
        self.extender = Extender(select, (), counted)
        self.notes = self.extender.notes
        self.binds: list[Bind] = []
        self.keys = tuple(self.key(named) for named in modifiers.group_by)
        self.names = tuple(key.variable for key in self.keys if key.variable)
        self.measures = list(self.shown_measures())
        self.size = self.extender.fresh()
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

    def rows(self, *more: Named) -> Select:
        """Return the SELECT whose rows also show what they are grouped by, and more."""
        projection = self.select.projection or ()
        shown = {named.variable for named in projection}
        names = (Named(name, name) for name in self.names if name not in shown)
        modifiers = replace(self.select.modifiers, group_by=self.keys, limit=None, offset=None)
        return Select((*projection, *names, *more), self.select.where, modifiers)

    def members(self, group: Group | None = None) -> Select:
        """Return the SELECT of all members, of the group as it is, or extended."""
        return Select(None, Group((*separate(group or self.select.where), *self.binds)))

    def wanted(self) -> Iterator[Variable]:
        """Yield the variables of which the members' values matter."""
        yield from self.names
        yield from self.arguments()

    def arguments(self) -> Iterator[Variable]:
        """Yield the variables that hold what set functions are of."""
        return filter(None, (measure.argument for measure in self.measures))

    def counts(self) -> Select:
        """Return the SELECT that counts the members of each group."""
        names = tuple(Named(name, name) for name in self.names)
        where = self.members().where
        return Select((*names, self.counted()), where, Modifiers(group_by=names))

    def counted(self) -> Named:
        """Return the column of the number of members."""
        return Named(Aggregate("COUNT", None), self.size)

    def traced(self, members: Members, group: Key, key: Key) -> Traced:
        """Return what a row rests on by the members of its group: that it has one, and all else."""
        places = members.groups.get(group, ())
        found = [self.measured(measure, members, places, key) for measure in self.measures]
        if self.hides:
            found.append(self.all(members, places))
        if places and all(one.support == GIVEN for one in found):
            found.append(self.ledger.any(list(members.needed(places))))
        if len(found) == 1:
            return found[0]
        return self.ledger.all(map(self.ledger.record, found))

    def tallies(self, members: Members) -> bool:
        """Whether each row is of one group, and rests on all facts that its members are."""
        used = [measure.aggregate for measure in self.measures]
        counts = all(one.function == "COUNT" and not one.distinct for one in used)
        known = bool(members.facts) and not members.unbound
        return bool(used) and counts and known and not self.notes.doubts

    def all(self, members: Members, places: Sequence[int]) -> Traced:
        """Return what it rests on that some members are there."""
        if members.facts:
            chosen = members.chosen(members.facts, places)
            return self.ledger.facts(list(chain.from_iterable(chosen)))
        return self.ledger.all(members.everything(places))

    def expect(self, members: Members) -> None:
        """Have the graphs assembled once that all members rest on."""
        if members.facts:
            provenance = self.ledger.supports.provenance
            provenance.expect(list(chain.from_iterable(members.facts)), EMPTY)
        else:
            self.ledger.expect(chain.from_iterable(members.needs))

    def followed(self, members: Members, group: Key) -> Traced:
        """Return what the members that are followed rest on, where there are too many for all."""
        needed = members.everything(members.groups.get(group, ()))
        return Traced(self.ledger.cover(needed), sure=False)

    def measured(
        self, measure: Measure, members: Members, places: Sequence[int], key: Key
    ) -> Traced:
        """Return what the value of a set function rests on."""
        if measure.argument is None:
            return self.all(members, places)
        column = members.solutions.column(measure.argument)
        if measure.aggregate.function == "COUNT" and not measure.aggregate.distinct:
            if measure.argument in members.unbound:
                places = [place for place in places if column[place] != UNBOUND]
            return self.all(members, places)
        by_value: dict[int, list[Needed]] = defaultdict(list)
        for place, needed in zip(places, members.needed(places), strict=True):
            by_value[column[place]].append(needed)
        unbound = by_value.pop(UNBOUND, None) is not None
        match measure.aggregate.function:
            case "COUNT":
                return self.every(measure, by_value)
            case "MIN" | "MAX" if not unbound and self.comparable(by_value):
                return self.ledger.any(by_value.get(key[measure.column], []))
            case "SAMPLE" if len(by_value) == 1 and not unbound:
                return self.ledger.any(*by_value.values())
            case "SAMPLE" | "GROUP_CONCAT" if len(by_value) > 1 or len(places) > 1:
                function = measure.aggregate.function
                self.notes.obstacles.append(f"{function} chooses an order of its own")
        return Traced(self.every(measure, by_value).support, sure=False)

    def every(self, measure: Measure, by_value: Mapping[int, Sequence[Needed]]) -> Traced:
        """Return what it rests on that all values are there, as often as they are counted."""
        if measure.aggregate.distinct:
            return self.ledger.all(
                self.ledger.record(self.ledger.any(needed)) for needed in by_value.values()
            )
        each = chain.from_iterable(by_value.values())
        return self.ledger.all(chain.from_iterable(each))

    def comparable(self, values: Iterable[int]) -> bool:
        """Whether a greatest and a least of values are the same in whatever order they come."""
        terms = [self.terms.named[value] for value in values]
        kinds = {v.datatype.value if isinstance(v, Literal) else type(v) for v in terms}
        return len(kinds) == 1 and kinds <= {NamedNode, *ORDERED}
