"""Support: the smallest sets of named graphs that hold something by themselves.

A set is a number whose bits are graphs. Supports form the lattice of positive Boolean functions:
`|` is "one of both will do", `&` is "both are needed" (Green, Karvounarakis and Tannen, Provenance
semirings, PODS 2007). No set of a support holds another, so each is minimal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

LIMIT: Final = 64
"""Sets kept of one support; past that the largest are dropped, and the support is not exact."""


@dataclass(frozen=True, slots=True)
class Support:
    """Minimal sets, the smallest first; where it is not `exact`, sets may be missing."""

    sets: tuple[int, ...]
    exact: bool = True

    def __or__(self, other: Support) -> Support:
        """Return the support of what holds when either does."""
        if self.sets == other.sets:
            return self if self.exact <= other.exact else other
        return minimal((*self.sets, *other.sets), self.exact and other.exact)

    def __and__(self, other: Support) -> Support:
        """Return the support of what holds when both do."""
        exact = self.exact and other.exact
        if len(self.sets) == len(other.sets) == 1:
            return Support((self.sets[0] | other.sets[0],), exact)
        return minimal({left | right for left in self.sets for right in other.sets}, exact)

    def holds_in(self, graphs: int) -> bool:
        """Whether some set stands within these graphs."""
        return any(one & graphs == one for one in self.sets)


NOTHING: Final = Support(())
"""No set of graphs holds it."""

GIVEN: Final = Support((0,))
"""It holds whatever graphs there are: the ontology is taken as given."""


def minimal(sets: Iterable[int], exact: bool = True) -> Support:
    """Return the sets that hold no other, the smallest first."""
    kept: list[int] = []
    for one in sorted(set(sets), key=lambda graphs: (graphs.bit_count(), graphs)):
        if not any(smaller & one == smaller for smaller in kept):
            if len(kept) == LIMIT:
                return Support(tuple(kept), exact=False)
            kept.append(one)
    return Support(tuple(kept), exact)


def any_of(supports: Iterable[Support]) -> Support:
    """Return the support of what holds when one of these does."""
    sets: set[int] = set()
    exact = True
    for support in supports:
        sets.update(support.sets)
        exact = exact and support.exact
    return minimal(sets, exact)


def all_of(supports: Iterable[Support]) -> Support:
    """Return the support of what holds when all of these do."""
    result = GIVEN
    for support in sorted(set(supports), key=lambda one: len(one.sets)):
        result = result & support
    return result
