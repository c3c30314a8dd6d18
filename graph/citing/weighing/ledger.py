"""What an answer rests on, worked out once for all rows that need the same.

Each thing that a solution may need is entered, and is a number from then on: a fact with its place
in the index, all else with its support. A solution is the numbers of all that it needs; a row holds
by any of its solutions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, product
from math import prod
from typing import Final, TypeAlias

from graph.citing.weighing.supports import WEIGHED, Supports, SupportsAt
from graph.reasoning.facts.fact_index import APART, AXIOM, CLOSED, NOWHERE, TOGETHER
from graph.reasoning.many.multitude import Multitudes
from graph.reasoning.proof import MOST_PROOFS
from graph.reasoning.sets.choice import MANY_NEEDS, Choice
from graph.reasoning.sets.combination import MOST_NEEDS, all_of, any_of, few_sets
from graph.reasoning.sets.conjunction import together
from graph.reasoning.sets.support import EMPTY, GIVEN, LIMIT, NOTHING, Graphs, Support

MANY_SOLUTIONS: Final = 8
"""Solutions of a row past which sets of several graphs are sought for the first few only."""

FEW_SOLUTIONS: Final = 4

OTHERWISE: Final = CLOSED | AXIOM | APART
"""The marks of a fact by which it may hold otherwise than in the closure."""

Needed: TypeAlias = tuple[int, ...]
"""What a solution needs, by numbers of the ledger."""


@dataclass(frozen=True, slots=True)
class Traced:
    """What a row rests on; where `sure` is false, other solutions may need fewer graphs."""

    support: Support
    sure: bool = True


class Ledger:
    """The supports that were found while one query was followed."""

    def __init__(self, multitudes: Multitudes) -> None:
        self.multitudes = multitudes
        self.is_small = multitudes.provenance.small
        self.enough = LIMIT if self.is_small else MOST_PROOFS + 1
        self.supports = Supports(multitudes.provenance)
        self.unsure: set[int] = set()
        self.known: dict[frozenset[int], Support] = {}

    def want(self, proofs: int) -> None:
        """Look for so many proofs of a row, and whether there are more."""
        if not self.is_small:
            self.enough = proofs + 1

    def enter(self, support: Support, sure: bool = True) -> int:
        """Return the number of a support, a new one unless the very object was entered before."""
        if sure:
            return self.supports.enter(support)
        number = self.supports.add(support)
        self.unsure.add(number)
        return number

    def record(self, traced: Traced) -> int:
        """Return the number of what was traced."""
        return self.enter(traced.support, traced.sure)

    def sure(self, numbers: Iterable[int]) -> bool:
        """Whether all of these are sure."""
        return not self.unsure or self.unsure.isdisjoint(numbers)

    def all(self, numbers: Iterable[int]) -> Traced:
        """Return what it rests on that all of these hold."""
        needed = frozenset(numbers)
        if len(needed) == 1:
            return Traced(self.supports[next(iter(needed))], self.sure(needed))
        found = self.known.get(needed)
        if found is None:
            found = self.stated(needed)
            if found is None and len(needed) > MANY_NEEDS and not self.is_small:
                found = self.many(needed)
            found = self.known[needed] = found or all_of(self.parts(needed), self.enough)
        return Traced(found, self.sure(needed))

    def facts(self, places: Sequence[int]) -> Traced:
        """Return what it rests on that the facts of some places hold, in the union of all graphs.

        It is what `all` returns for their numbers, told without numbering them where it can be.
        """
        provenance = self.supports.provenance
        if self.is_small or not provenance.as_stated.isdisjoint(places):
            return self.all(self.supports.numbered(places))
        graphs, left = self.multitudes.ground.settled(places)
        fixed = frozenset(graphs)
        marks = provenance.union.marks
        found = None
        if len(left) <= MOST_NEEDS and all(marks[one] & WEIGHED == CLOSED for one in left):
            found = self.few(fixed, list(map(self.supports.holders, left)))
        if found is None and len(fixed) + len(left) > MANY_NEEDS:
            apart = [one for one in left if marks[one] & OTHERWISE != CLOSED]
            others = list(map(provenance.support_at, apart))
            rest = sorted({*left}.difference(apart)) if apart else left
            found = self.least(fixed, rest, others, SupportsAt(provenance), places)
        return Traced(found) if found else self.all(self.supports.numbered(places))

    def stated(self, needed: frozenset[int]) -> Support | None:
        """Return the sets in which all of these hold, where each is held by single graphs alone.

        None where others may hold some of them together, or where there is too much to choose from.
        """
        graphs = self.supports.alone.graphs
        rest = needed.difference(graphs)
        if self.is_small or len(rest) > MOST_NEEDS:
            return None
        needs = [self.supports.single(number) for number in rest if number]
        if not all(needs):
            return None
        return self.few(frozenset(map(graphs.__getitem__, needed - rest)), needs)

    def few(self, fixed: Graphs, needs: Iterable[Graphs]) -> Support | None:
        """Return the sets that hold all of these graphs, and one for each need; None as above.

        One set is enough where many are needed: others differ from it in little.
        """
        parts = [Support(one) for one in needs if fixed.isdisjoint(one)]
        enough = 1 if len(fixed) + len(parts) > MANY_NEEDS else self.enough
        if fixed:
            parts.append(Support(fixed) if len(fixed) == 1 else Support(several=(fixed,)))
        if len(parts) == 1:
            return parts[0]
        found = few_sets(parts, enough)
        if found is None or found.exact:
            return found
        options = (range(len(parts)),)
        return Choice(found.ones, found.several, found.whole, parts, options, settled=True)

    def many(self, needed: frozenset[int]) -> Support | None:
        """Return one set in which all of these hold; None where that of some is not known."""
        supports, marks = self.supports, self.supports.provenance.union.marks
        alone = needed & supports.alone.graphs.keys()
        places = {number: supports.places[number] for number in needed - alone}
        apart = [n for n, at in places.items() if at == NOWHERE or marks[at] & OTHERWISE != CLOSED]
        for number in apart:
            del places[number]
        sure = frozenset(map(supports.alone.graphs.__getitem__, alone))
        others = list(map(supports.__getitem__, apart))
        return self.least(sure, sorted(places.values()), others, supports, tuple(needed))

    def least(
        self,
        sure: Graphs,
        places: Iterable[int],
        others: Sequence[Support],
        parts: Mapping[int, Support],
        option: Sequence[int],
    ) -> Support | None:
        """Return one set of graphs, some of them sure, in which facts hold, and all others.

        The places of the facts are in order. The support tells of other sets by the parts, all
        those of the option.
        """
        if not all(one and one.tells for one in others):
            return None
        others = [one for one in others if one is not GIVEN]
        many = self.multitudes.of(places, sure, others)
        ones, found = many.ones(), many.least()
        if not found:
            return GIVEN
        sets = () if len(found) == 1 else (found,)
        return Choice(ones, sets, 1, parts, (option,), settled=True)

    def cover(self, needed: frozenset[int]) -> Support:
        """Return a set in which all of these hold, of more graphs maybe than are needed."""
        supports, index = self.supports, self.supports.provenance.union
        places, marks, starts, held = supports.places, index.marks, index.starts, index.held
        rest = needed.difference(supports.alone.graphs)
        found = set(map(supports.alone.graphs.__getitem__, needed - rest))
        codes, several = set[int](), []
        for number in rest:
            place = places[number]
            if place == NOWHERE or marks[place] & OTHERWISE != CLOSED:
                support = supports[number]
                if not support:
                    return NOTHING
                found |= support.first(1)[0]
            elif marks[place] & TOGETHER or starts[place + 1] - starts[place] == 1:
                codes.update(held[starts[place] : starts[place + 1]])
            else:
                several.append(place)
        found.update(code >> 1 for code in codes)
        for place in several:
            graphs = [code >> 1 for code in index.holders(place)]
            if found.isdisjoint(graphs):
                found.add(graphs[0])
        return Support(several=(frozenset(found),), whole=0) if found else NOTHING

    def parts(self, needed: frozenset[int]) -> list[Support]:
        """Return supports that hold where all of these do.

        Of many, single graphs are one set, and what one of those holds is left out.
        """
        supports, graphs = self.supports, self.supports.alone.graphs
        if len(needed) <= MOST_NEEDS:
            return [supports[number] for number in needed if number]
        alone = needed & graphs.keys()
        found = frozenset(map(graphs.__getitem__, alone))
        rest = [supports[number] for number in needed - alone if number]
        parts = [one for one in rest if one.ones.isdisjoint(found)]
        if found:
            parts.append(Support(several=(found,)) if len(found) > 1 else Support(found))
        return parts

    def expect(self, numbers: Iterable[int]) -> None:
        """Have the graphs assembled once that these rest on; they are asked about one by one."""
        supports, different = self.supports, set(numbers)
        places = [place for one in different if (place := supports.places[one]) != NOWHERE]
        alone = map(supports.alone.graphs.__getitem__, different & supports.alone.graphs.keys())
        supports.provenance.expect(places, frozenset(alone))

    def any(self, solutions: Sequence[Needed]) -> Traced:
        """Return what it rests on that one of these solutions holds."""
        if len(solutions) == 1:
            return self.all(solutions[0])
        sure = all(map(self.sure, solutions))
        different = list(dict.fromkeys(solutions))
        found = self.some(different) if len(different) > MANY_SOLUTIONS else None
        if found is None:
            found = any_of(self.all(needed).support for needed in different)
        return Traced(found, sure)

    def some(self, solutions: Sequence[Needed]) -> Support | None:
        """Return what it rests on that one of many solutions holds; None where that is not known.

        Single graphs are sought for all of them, sets of several for the first.
        """
        if not all(self.supports[number].tells for number in set(chain.from_iterable(solutions))):
            return None
        first = any_of(self.all(needed).support for needed in solutions[:FEW_SOLUTIONS])
        ones = set(first.ones)
        for needed in solutions[FEW_SOLUTIONS:]:
            supports = [self.supports[number] for number in needed]
            needs = [support.ones for support in supports if support is not GIVEN]
            if not needs:
                return GIVEN
            ones |= needs[0].intersection(*needs[1:])
        if first == GIVEN:
            return GIVEN
        sets = (one for one in first.several if ones.isdisjoint(one))
        return Choice(frozenset(ones), tuple(sets), 1, self.supports, solutions)

    def proofs(self, solutions: Sequence[Needed], most: int) -> tuple[Sequence[Graphs], bool]:
        """Return so many proofs of a row that are found at once, and whether there are more.

        None is returned where what the row rests on has to be weighed.
        """
        if not (solutions and all(map(self.sure, solutions))):
            return (), False
        if len(solutions) == 1:
            return self.chosen(solutions[0], most)
        return self.small(list(dict.fromkeys(solutions)), most)

    def chosen(self, needed: Needed, most: int) -> tuple[Sequence[Graphs], bool]:
        """Return proofs of a solution where no graph meets two of its needs.

        Each is a choice of one graph for each need. Where more than two may also hold together what
        one was chosen for, that has to be looked at more closely.
        """
        supports = [self.supports[number] for number in needed if number]
        if len(supports) == 1:
            sets = supports[0].certain(most)
            return sets, supports[0].count > len(sets) or not supports[0].exact
        if len(supports) == 2 and not self.is_small:
            return self.paired(supports[0], supports[1], most)
        needs = [support.ones for support in supports]
        size = sum(map(len, needs))
        if not all(needs) or len(EMPTY.union(*needs)) != size:
            return (), False
        sets = list(map(frozenset, islice(product(*map(sorted, needs)), most)))
        joint = [support for support in supports if support.several or not support.exact]
        if joint and len(needs) > 2 and self.is_small:
            return (), False  # of several that hold one together, some may be chosen anyway
        if joint and not self.is_small:
            sets = [one for one in sets if all(s.tells and s.needed(one) for s in joint)]
        if joint and len(sets) < most:
            return (), False
        return sets, bool(joint) or prod(map(len, needs)) > len(sets)

    def paired(self, first: Support, second: Support, most: int) -> tuple[Sequence[Graphs], bool]:
        """Return proofs of a solution of two needs, one of which single graphs alone meet.

        Each is a set that meets the other, with such a graph where none is in it. That set has to
        be looked at more closely where it is of several and could do with less in this company.
        """
        other, plain = (second, first) if is_plain(first) else (first, second)
        if not (is_plain(plain) and other.tells and other.ones.isdisjoint(plain.ones)):
            return (), False
        found: list[Graphs] = []
        known = other.certain(most)
        more = not other.exact or other.count > len(known)
        for one in known:
            graphs = sorted(plain.ones) if plain.ones.isdisjoint(one) else ()
            sets = [one | {graph} for graph in graphs[:most]] or [one]
            if len(one) > 1 and not all(map(one.issubset, map(other.needed, sets))):
                return (), False
            found += sets
            more = more or len(graphs) > most
        found.sort(key=len)
        return found[:most], more or len(found) > most

    def small(self, solutions: Sequence[Needed], most: int) -> tuple[Sequence[Graphs], bool]:
        """Return proofs of at most two graphs, if there are so many and more.

        It is known of every graph whether it holds a solution alone, so such a pair needs both.
        """
        needs = [[self.supports[one].ones for one in needed if one] for needed in solutions]
        if not all(needs):
            return (), False  # a solution that needs nothing is better than any set
        ones: set[int] = set()
        for need in needs:
            ones |= frozenset.intersection(*need)
            if len(ones) > most:
                return [frozenset((one,)) for one in sorted(ones)[:most]], True
        found = dict.fromkeys(frozenset((one,)) for one in sorted(ones))
        for need in needs:
            rest = [one - ones for one in need]
            sets = together(rest, most + 1) if all(rest) else None
            found.update(dict.fromkeys(pair for pair in sets or () if len(pair) == 2))
            if len(found) > most:
                return list(found)[:most], True
        return (), False


def is_plain(support: Support) -> bool:
    """Whether single graphs alone meet a need."""
    return support.exact and not support.several
