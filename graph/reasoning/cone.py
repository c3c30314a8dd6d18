"""The cone of a fact: what it may rest on, followed back through the inferences that lead to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from graph.reasoning.derivation import Derivation
from graph.reasoning.facts.fact import Fact
from graph.reasoning.sets.combination import product
from graph.reasoning.sets.support import Support, union

Alone: TypeAlias = Callable[[Fact], tuple[Support, bool]]
"""What gives the support of a fact by single graphs, and whether it may follow from several."""

Derivations: TypeAlias = Callable[[Fact], Iterator[Derivation]]
"""What yields the ways to conclude a fact in one step."""


@dataclass(frozen=True, slots=True)
class Cone:
    """What a fact may rest on, and the ways to derive each; `cut` where that is not all.

    `alone` is the support that each has from single graphs.
    """

    alone: dict[Fact, Support]
    ways: dict[Fact, list[Derivation]]
    cut: bool

    @classmethod
    def of(cls, goal: Fact, alone: Alone, derivations: Derivations, most: int) -> Cone:
        """Return the cone of a fact, nearest first, with so many inferences at most."""
        found: dict[Fact, Support] = {}
        ways: dict[Fact, list[Derivation]] = {}
        waiting, left = [goal], most
        for fact in waiting:
            if fact not in found:
                found[fact], joint = alone(fact)
                if joint:
                    ways[fact] = list(islice(derivations(fact), max(left, 0)))
                    left -= len(ways[fact])
                    waiting.extend(premise for way in ways[fact] for premise in way.premises)
        return cls(found, ways, cut=left <= 0)

    def supports(self) -> dict[Fact, Support]:
        """Return the support of each fact, so far as the cone tells: the least fixed point.

        Starting from what single graphs hold and growing, no support ever leans on itself.
        """
        users: dict[Fact, set[Fact]] = defaultdict(set)
        for conclusion, ways in self.ways.items():
            for way in ways:
                for premise in way.premises:
                    users[premise].add(conclusion)
        found = dict(self.alone)
        thinned = {fact: one.thinned() for fact, one in found.items()} if self.cut else found
        waiting = dict.fromkeys(self.ways)
        while waiting:
            fact, _ = waiting.popitem()
            inferred = (product(thinned[one] for one in way.premises) for way in self.ways[fact])
            grown = union((found[fact], *inferred))
            if grown != found[fact]:
                found[fact] = grown
                thinned[fact] = grown.thinned() if self.cut else grown
                waiting.update(dict.fromkeys(users[fact]))
        return found
