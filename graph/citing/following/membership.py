"""The rows of a SELECT that groups, and the members of the groups, or the first of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from pyoxigraph import Literal, NamedNode, Store, Variable

from graph.citing.extending.plan import Need, Placed
from graph.citing.following.aggregate import MOST_NAMED, Grouping, Members
from graph.citing.following.asking import Asking
from graph.citing.following.count import Counts
from graph.citing.following.listing import Listing
from graph.citing.following.relation import Counted
from graph.citing.following.solution import MOST_SOLUTIONS, UNBOUND, Key, Solutions
from graph.citing.following.tracer import Tracer
from graph.sparql.scope import columns
from graph.sparql.syntax import Element, Modifiers, Select, Triples

MOST_MEMBERS: Final = 100_000
"""Solutions that the rows of a SELECT may count and all be followed."""

LOOK_UP: Final = 1000
"""How many solutions are looked through in the time that asking for one group takes at least.

So many groups are asked for as take no longer than `MOST_SOLUTIONS`.
"""


@dataclass(frozen=True, slots=True)
class Grouped:
    """Rows, each beside its group, and the members of the groups.

    `counted` is how many they are, where they are too many for all of them to be members here.
    """

    rows: Sequence[tuple[Key, Key]]
    members: Members
    counted: Mapping[Key, Counted]


class Membership:
    """Finds the rows of one SELECT, and the members of its groups."""

    def __init__(self, asking: Asking, tracer: Tracer, grouping: Grouping) -> None:
        self.asking = asking
        self.tracer = tracer
        self.grouping = grouping
        extended = grouping.extender.group(grouping.select.where, None)
        self.select = grouping.members(extended.group)
        self.needs = extended.needs
        self.elements = extended.group.elements
        self.counts = None if asking.bindings else Counts.of(grouping, extended.group)

    def found(self) -> Grouped:
        """Return the rows and all members; where these are too many, the first of each group."""
        known = self.known()
        if known is not None:
            return self.counting(*known)
        limit = Modifiers(limit=MOST_MEMBERS + 1)
        found = self.asking.solutions(replace(self.select, modifiers=limit))
        groups = found.grouped(self.grouping.names)
        if found.size <= MOST_MEMBERS:
            members = self.members(self.needs, found, groups)
            return Grouped(self.rows(found, groups), members, {})
        rows, sizes = self.sized()
        counted = self.counted(sizes)
        found = self.completed(first(found, groups), sizes)
        groups = found.grouped(self.grouping.names)
        return Grouped(rows, self.members(self.needs, found, groups), counted)

    def counting(self, found: Solutions, needs: Sequence[Need]) -> Grouped:
        """Return the rows and all members, given these; or the first members of each group."""
        names = self.grouping.names
        groups = found.grouped(names)
        rows, counted = self.rows(found, groups), dict[Key, Counted]()
        if found.size > MOST_MEMBERS:
            counted = self.counted({group: len(places) for group, places in groups.items()})
            found = first(found, groups)
            groups = found.grouped(names)
        return Grouped(rows, self.members(needs, found, groups), counted)

    def members(
        self, needs: Sequence[Need], found: Solutions, groups: Mapping[Key, Sequence[int]]
    ) -> Members:
        """Return solutions as members of groups, with what they need."""
        arguments = self.grouping.arguments()
        unbound = {one for one in arguments if UNBOUND in found.column(one)}
        facts = [found.column(need.place) for need in needs if isinstance(need, Placed)]
        if len(facts) < len(needs):
            facts = []
        return Members(found, groups, unbound, lambda: [*self.tracer.columns(needs, found)], facts)

    def rows(
        self, found: Solutions, groups: Mapping[Key, Sequence[int]]
    ) -> Sequence[tuple[Key, Key]]:
        """Return the rows, each beside its group: all members are given."""
        if self.counts is not None:
            return list(self.counts.rows(found, groups))
        return self.beside(self.asking.solutions(self.grouping.rows()))

    def beside(self, found: Solutions) -> Sequence[tuple[Key, Key]]:
        """Return rows that show their groups, each beside its group."""
        shown = found.rows(columns(self.grouping.select))
        return list(zip(shown, found.rows(self.grouping.names), strict=True))

    def nothing(self) -> set[Key]:
        """Return the rows that are answered where nothing is known.

        Where a triple is asked for there is no solution then, and no group of any.
        """
        if any(map(asks_for_triples, self.elements)):
            if self.grouping.names:
                return set()
            if self.counts is not None:
                return {key for key, _ in self.counts.rows(Solutions(0, {}), {})}
        found = self.asking.solutions(self.grouping.rows(), Store())
        return {key for key, _ in self.beside(found)}

    def known(self) -> tuple[Solutions, Sequence[Need]] | None:
        """Return the members that the index knows all by itself, and what they need, else None."""
        if self.asking.bindings:
            return None
        wanted = list(self.grouping.wanted())
        return self.tracer.known(self.select.where, wanted, self.grouping.extender.fresh)

    def counted(self, sizes: Mapping[Key, int]) -> dict[Key, Counted]:
        """Return the number of members of each group, and the query for them; note why."""
        self.grouping.notes.obstacles.append(f"more than {MOST_MEMBERS} solutions are counted")
        listing = self.listing(self.grouping.members(), sizes)
        listed = {group: self.asking.written(one) for group in sizes if (one := listing.of(group))}
        return {group: Counted(size, listed.get(group)) for group, size in sizes.items()}

    def listing(self, members: Select, groups: Iterable[Key]) -> Listing:
        """Return what lists the members of each of the groups."""
        return Listing(members, self.grouping.names, self.asking.terms, groups)

    def completed(self, found: Solutions, sizes: Mapping[Key, int]) -> Solutions:
        """Return the first members of groups, given those that were met among the first of all.

        Groups of which too few were met are asked for one by one, those of the fewest first; but
        not where each question would make the default graph anew of several.
        """
        if len(self.asking.query.dataset.default) > 1:
            return found
        listing, names = self.listing(self.select, sizes), self.grouping.names
        met = Counter(found.rows(names))
        lacking = [one for one, size in sizes.items() if met[one] < min(size, MOST_NAMED)]
        cost = max(LOOK_UP, listing.cost(sizes))
        asked = {}
        for group in sorted(lacking, key=met.__getitem__)[: MOST_SOLUTIONS // cost]:
            if select := listing.of(group):
                first = replace(select, modifiers=Modifiers(limit=MOST_NAMED))
                asked[group] = self.asking.solutions(first)
        if not asked:
            return found
        kept = found.where([group not in asked for group in found.rows(names)])
        return Solutions.joined([kept, *asked.values()])

    def sized(self) -> tuple[Sequence[tuple[Key, Key]], dict[Key, int]]:
        """Return the rows, and the number of members of each group, as the store counts them.

        Both are asked for at once where no group is without its row.
        """
        modifiers = self.grouping.select.modifiers
        if modifiers.having or modifiers.values:
            sizes = self.sizes(self.asking.solutions(self.grouping.counts()))
            return self.beside(self.asking.solutions(self.grouping.rows())), sizes
        found = self.asking.solutions(self.grouping.rows(self.grouping.counted()))
        return self.beside(found), self.sizes(found)

    def sizes(self, found: Solutions) -> dict[Key, int]:
        """Return the number of members of each group, which solutions show."""
        named = self.asking.terms.named
        numbers = map(named.__getitem__, found.column(self.grouping.size))
        sizes = (int(number.value) for number in numbers if isinstance(number, Literal))
        return dict(zip(found.rows(self.grouping.names), sizes, strict=True))


def first(found: Solutions, groups: Mapping[Key, Sequence[int]]) -> Solutions:
    """Return the first members of each group."""
    return found.at(chain.from_iterable(places[:MOST_NAMED] for places in groups.values()))


def asks_for_triples(element: Element) -> bool:
    """Whether an element has no solution in an empty graph: some paths have one of no length."""
    if not isinstance(element, Triples):
        return False
    return any(isinstance(one.predicate, NamedNode | Variable) for one in element.patterns)
