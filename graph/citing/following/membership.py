"""The members of the groups of a SELECT: found, and where they are too many, the first of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from pyoxigraph import Literal

from graph.citing.extending.plan import Need, Placed
from graph.citing.following.aggregate import MOST_NAMED, Grouping, Members
from graph.citing.following.asking import Asking
from graph.citing.following.listing import Listing
from graph.citing.following.relation import Counted
from graph.citing.following.solution import MOST_SOLUTIONS, Key, Solutions
from graph.citing.following.tracer import Tracer
from graph.sparql.scope import columns
from graph.sparql.syntax import Modifiers, Select

MOST_MEMBERS: Final = 100_000
"""Solutions that the rows of a SELECT may count and all be followed."""

LOOK_UP: Final = 1000
"""How many solutions are looked through in the time that asking for one group takes at least.

So many groups are asked for as take no longer than `MOST_SOLUTIONS`.
"""


class Membership:
    """Finds the members of the groups of one SELECT."""

    def __init__(self, asking: Asking, tracer: Tracer, grouping: Grouping) -> None:
        self.asking = asking
        self.tracer = tracer
        self.grouping = grouping
        extended = grouping.extender.group(grouping.select.where, None)
        self.select = grouping.members(extended.group)
        self.needs = extended.needs

    def found(self) -> tuple[Members, dict[Key, Counted]]:
        """Return the members of each group; where they are too many, the first, and how many."""
        scanned = self.scanned()
        if scanned is None:
            limit = Modifiers(limit=MOST_MEMBERS + 1)
            found = self.asking.solutions(replace(self.select, modifiers=limit))
            needs: Sequence[Need] = self.needs
        else:
            found, needs = scanned, (Placed(self.grouping.place),)
        counted: dict[Key, Counted] = {}
        if found.size > MOST_MEMBERS:
            sizes = self.sizes() if scanned is None else Counter(found.rows(self.grouping.names))
            counted = self.counted(sizes)
            found = found.where(self.grouping.first(found))
            if scanned is None:
                found = self.completed(found, sizes)
        columns = list(self.tracer.columns(needs, found))
        return Members.of(found, columns, self.grouping.names), counted

    def scanned(self) -> Solutions | None:
        """Return the members that the index knows all by itself, else None."""
        if self.asking.bindings:
            return None
        wanted = list(self.grouping.wanted())
        return self.tracer.scanned(self.select.where, wanted, self.grouping.place)

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
        kept = found.where([group not in asked for group in found.rows(names)])
        return Solutions.joined([kept, *asked.values()])

    def sizes(self) -> dict[Key, int]:
        """Return the number of members of each group, as the store counts them."""
        counts = self.grouping.counts()
        found = self.asking.solutions(counts)
        named = self.asking.terms.named
        numbers = (named[count] for (count,) in found.rows(columns(counts)[-1:]))
        sizes = (int(number.value) for number in numbers if isinstance(number, Literal))
        return dict(zip(found.rows(self.grouping.names), sizes, strict=True))
