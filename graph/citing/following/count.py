"""The rows of a SELECT that only counts, told by the members of its groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode

from graph.citing.following.aggregate import Grouping, Measure
from graph.citing.following.solution import UNBOUND, Key, Numbering, Solutions
from graph.sparql.syntax import Group, Triples
from graph.sparql.term import XSD

INTEGER: Final = NamedNode(XSD + "integer")
"""The datatype of what COUNT gives (SPARQL 1.1 Query, section 18.5.1.2)."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The columns of rows: each the place of a name in the group, or a COUNT of its members."""

    columns: Sequence[int | Measure]
    terms: Numbering
    grouped: bool

    @classmethod
    def of(cls, grouping: Grouping, extended: Group) -> Counts | None:
        """Return the columns of a SELECT; None where its rows are for the store to tell.

        The members are those of the extended group: it must be the same but for triple patterns.
        """
        select, modifiers = grouping.select, grouping.select.modifiers
        elements = zip(extended.elements, select.where.elements, strict=True)
        same = all(isinstance(one, Triples) or one == was for one, was in elements)
        if not same or modifiers.having or modifiers.order_by or modifiers.values:
            return None
        measures = {measure.column: measure for measure in grouping.measures if counts(measure)}
        columns: list[int | Measure] = []
        for place, named in enumerate(select.projection or ()):
            if place in measures:
                columns.append(measures[place])
            elif named.expression in grouping.names:
                columns.append(grouping.names.index(named.expression))
            else:
                return None
        return cls(columns, grouping.terms, bool(grouping.names))

    def rows(
        self, solutions: Solutions, groups: Mapping[Key, Sequence[int]]
    ) -> Iterator[tuple[Key, Key]]:
        """Yield each row beside its group; where nothing is grouped, none are a group as well."""
        if not (groups or self.grouped):
            groups = {(): ()}
        columns = [list(self.column(one, solutions, groups)) for one in self.columns]
        return zip(zip(*columns, strict=True), groups, strict=True)

    def column(
        self, of: int | Measure, solutions: Solutions, groups: Mapping[Key, Sequence[int]]
    ) -> Iterator[int]:
        """Yield the values of a column, as numbers of terms."""
        if isinstance(of, int):
            return (group[of] for group in groups)
        sizes = list(sizes_of(of, solutions, groups))
        numbers = {size: self.number(size) for size in set(sizes)}
        return map(numbers.__getitem__, sizes)

    def number(self, size: int) -> int:
        """Return the number of an integer as a term."""
        return self.terms[Literal(str(size), datatype=INTEGER)]


def counts(measure: Measure) -> bool:
    """Whether a set function counts solutions, or the values of a variable."""
    aggregate = measure.aggregate
    return aggregate.function == "COUNT" and not (aggregate.distinct and measure.argument is None)


def sizes_of(
    measure: Measure, solutions: Solutions, groups: Mapping[Key, Sequence[int]]
) -> Iterator[int]:
    """Yield what a COUNT comes to in each group: what is unbound is not counted."""
    column = None if measure.argument is None else solutions.column(measure.argument)
    if column is not None and measure.aggregate.distinct:
        values = ({column[place] for place in places} for places in groups.values())
        return (len(found - {UNBOUND}) for found in values)
    if column is None or UNBOUND not in column:
        return map(len, groups.values())
    return (sum(column[place] != UNBOUND for place in places) for places in groups.values())
