"""The solutions of triple patterns that are joined, found in the evidence index."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import chain, repeat
from typing import Final

from pyoxigraph import NamedNode, Variable

from graph.citing.following.scan import Scan
from graph.citing.following.solution import Key, Numbering, Solutions
from graph.reasoning.facts.columns import grouped
from graph.reasoning.facts.fact_index import OPEN, FactIndex
from graph.sparql.syntax import Group, TriplePattern, Triples

MOST_JOINED: Final = 200_000
"""Solutions of some of the patterns; where there are more, the store is asked."""

DENSE: Final = 16
"""Triples for each lookup, up to which it is cheaper to go through all that a pattern matches."""


class Join:
    """Patterns of IRIs and different variables, each with the variable for its triples.

    A triple is held by its place in the index. The predicates are IRIs: there are many to look up.
    """

    def __init__(self, patterns: Mapping[Variable, TriplePattern]) -> None:
        self.patterns = patterns

    @classmethod
    def of(cls, group: Group, fresh: Callable[[], Variable]) -> Join | None:
        """Return the join that finds the solutions of a group; None where it is another."""
        match group.elements:
            case (Triples(patterns),) if all(map(is_simple, patterns)):
                return cls({fresh(): one for one in patterns})
        return None

    def solutions(
        self, index: FactIndex, terms: Numbering, wanted: Collection[Variable]
    ) -> Solutions | None:
        """Return the wanted columns of the solutions, and one for each pattern.

        None where too many would be looked through on the way. The pattern that fewest triples
        match comes first, then such as share a variable with those before.
        """
        left = {place: Matches(one, index, terms) for place, one in self.patterns.items()}
        found: Solutions | None = Solutions(1, {})
        while left and found is not None:
            place = next_of(left, found)
            matches = left.pop(place)
            kept = {*wanted, *self.patterns}.union(*(one.variables for one in left.values()))
            found = matches.joined(found, place, kept)
        return found


class Matches(dict[Key, Sequence[int]]):
    """The places of the triples that match a pattern, by the values of the ends that are given.

    An end is its subject or its object; `size` is how many may match whatever is given. Those of
    the ontology, whose terms were numbered first, come last: they need no source.
    """

    def __init__(self, pattern: TriplePattern, index: FactIndex, terms: Numbering) -> None:
        super().__init__()
        ends = pattern.subject, pattern.object
        self.index = index
        self.open = [terms[one] if isinstance(one, NamedNode) else OPEN for one in ends]
        self.predicate = terms[pattern.predicate]  # type: ignore[index]  # it is an IRI
        self.variables = {one: end for end, one in enumerate(ends) if isinstance(one, Variable)}
        self.given: Sequence[int] = ()
        self.size = index.count(self.open[0], self.predicate, self.open[1])

    def __missing__(self, key: Key) -> Sequence[int]:
        ends = list(self.open)
        for end, one in zip(self.given, key, strict=True):
            ends[end] = one
        self[key] = places = self.index.matching(ends[0], self.predicate, ends[1])[::-1]
        return places

    def listed(self) -> Mapping[Key, Sequence[int]]:
        """Return all places by what is given: nothing matches where there are none."""
        given, self.given = self.given, ()
        places = self[()]
        keys = zip(*(self.terms(end, places) for end in given), strict=True)
        return grouped(keys, places)

    def matched(self, found: Solutions) -> list[Sequence[int]]:
        """Return the places of the triples that match in each solution."""
        given = [one for one in self.variables if one in found.columns]
        self.given = list(map(self.variables.__getitem__, given))
        keys = list(found.rows(given))
        if given and self.size <= DENSE * len({*keys}):
            return list(map(self.listed().get, keys, repeat(())))
        return list(map(self.__getitem__, keys))

    def joined(
        self, found: Solutions, place: Variable, kept: Collection[Variable]
    ) -> Solutions | None:
        """Return solutions with each triple that matches in them; None where they are too many."""
        if self.size * found.size > MOST_JOINED and self.variables.keys().isdisjoint(found.columns):
            return None
        matched = self.matched(found)
        sizes = list(map(len, matched))
        if sum(sizes) > MOST_JOINED:
            return None
        columns = {
            name: list(chain.from_iterable(map(repeat, column, sizes)))
            for name, column in found.columns.items()
            if name in kept
        }
        columns[place] = list(chain.from_iterable(matched))
        for variable, end in self.variables.items():
            if variable in kept and variable not in found.columns:
                columns[variable] = self.terms(end, columns[place])
        return Solutions(sum(sizes), columns)

    def terms(self, end: int, places: Iterable[int]) -> list[int]:
        """Return the subjects or the objects of the triples of places."""
        return self.index.objects(places) if end else self.index.subjects(places)


def is_simple(pattern: TriplePattern) -> bool:
    """Whether a predicate is an IRI, and the ends are IRIs or different variables."""
    scan = Scan(pattern, [pattern.predicate])
    return isinstance(pattern.predicate, NamedNode) and scan.is_simple()


def next_of(left: Mapping[Variable, Matches], found: Solutions) -> Variable:
    """Return which to join next: one that shares a variable, and that fewest triples match."""
    return min(
        left,
        key=lambda one: (left[one].variables.keys().isdisjoint(found.columns), left[one].size),
    )
