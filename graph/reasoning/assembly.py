"""What some graphs hold together: the facts that follow from several, with all ways they do.

Whether a set of graphs holds a triple is decided exactly: the facts that its graphs hold alone are
known, so only the rules that join facts are applied to them, and what follows from that.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence, Set
from typing import Final, TypeAlias

from graph.reasoning.rulebook import END, PREDICATE, SUBJECT, Links, Rulebook
from graph.reasoning.support import EMPTY, Graphs

Premises: TypeAlias = tuple[int, ...]

Stretch: TypeAlias = list[tuple[int, Premises]]
"""The nodes that are reached along a chain, each with the facts that lead there."""

EVERY: Final = range(1 << 64 - PREDICATE)
"""The places of all predicates."""


class Assembly:
    """The joint closure of some graphs, from facts that are closed graph by graph already.

    What holds in `base` holds here too, and is not said again. Facts are packed, and `wanted` are
    the places of the predicates of those that are taken up (graph/reasoning/rulebook.py).
    """

    def __init__(
        self,
        rulebook: Rulebook,
        literals: bytearray,
        base: Assembly | None = None,
        wanted: Container[int] = EVERY,
    ) -> None:
        self.rulebook = rulebook
        self.literals = literals
        self.base = base
        self.wanted = wanted
        self.known: set[int] = set()
        self.before_it: Set[int] = base.known if base else frozenset()
        self.ways: dict[int, list[Premises]] = {}
        self.queue: list[int] = []
        self.links: Links = Links(base.links if base else None)

    def gather(self, facts: Iterable[int]) -> None:
        """Take up facts of which each graph holds all that follows from them."""
        queue = self.queue = [one for one in dict.fromkeys(facts) if one not in self.before_it]
        self.known.update(queue)
        for fact in queue:
            if fact >> PREDICATE in self.rulebook.paths:
                for head, premises in self.joined(fact):
                    self.conclude(head, premises)

    def conclude(self, head: int, premises: Premises) -> None:
        """Take up that a fact follows from several, and what follows from it in turn."""
        before = self.ways.get(head)
        if before is not None:
            before.append(premises)
        elif head not in premises:
            self.ways[head] = [premises]
            self.enter(head)

    def enter(self, head: int) -> None:
        """Take up a fact that was not known to follow from several, and what follows from it."""
        if head not in self.known and head not in self.before_it:
            self.known.add(head)
            self.queue.append(head)
        for conclusion in self.rulebook.conclusions(head, self.literals):
            if conclusion >> PREDICATE in self.wanted:
                self.conclude(conclusion, (head,))

    def joined(self, fact: int) -> Iterator[tuple[int, Premises]]:
        """Yield what follows from a fact with those that were joined before it, and from which."""
        predicate, subject, value = fact >> PREDICATE, fact >> SUBJECT & END, fact & END
        self.links.add(predicate, subject, value)
        for (steps, head), place in self.rulebook.paths[predicate]:
            rights = self.onwards(steps[place + 1 :], value)
            if not rights:
                continue
            base = head << PREDICATE
            for left, one in self.backwards(steps[:place], subject):
                start = base | left << SUBJECT
                for right, two in rights:
                    yield start | right, (*one, fact, *two)

    def onwards(self, steps: Sequence[int], node: int) -> Stretch:
        """Return the nodes at the end of a chain from a node."""
        found: Stretch = [(node, ())]
        for step in steps:
            base = step << PREDICATE
            found = [
                (end, (*way, base | start << SUBJECT | end))
                for start, way in found
                for end in self.links.after(step, start)
            ]
        return found

    def backwards(self, steps: Sequence[int], node: int) -> Stretch:
        """Return the nodes at the start of a chain to a node."""
        found: Stretch = [(node, ())]
        for step in reversed(steps):
            base = step << PREDICATE
            found = [
                (start, (base | start << SUBJECT | end, *way))
                for end, way in found
                for start in self.links.before(step, end)
            ]
        return found

    def derivations(self, fact: int) -> list[Premises]:
        """Return the ways in which a fact follows from several, here or in the base."""
        found = self.ways.get(fact, [])
        return found + self.base.derivations(fact) if self.base else found

    def direct(self, goal: int, holder: Callable[[int], Graphs | None]) -> Graphs | None:
        """Return graphs that hold a fact, or all that one way to it needs; None where none do."""
        for way in ((goal,), *self.derivations(goal)):
            found = EMPTY
            for fact in way:
                held = holder(fact)
                if held is None:
                    break
                found |= held
            else:
                return found
        return None

    def witness(self, goal: int, holder: Callable[[int], Graphs | None]) -> Graphs | None:
        """Return graphs that hold a fact together, or None where they do not.

        `holder` returns a graph that holds a fact alone, no graph for what is given, or None. The
        facts are found level by level, so that none is a reason for itself.
        """
        direct = self.direct(goal, holder)
        if direct is not None:
            return direct
        cone: dict[int, list[Premises]] = {}
        found: dict[int, Graphs] = {}
        waiting = [goal]
        for fact in waiting:
            if fact not in cone and fact not in found:
                alone = holder(fact)
                if alone is not None:
                    found[fact] = alone
                else:
                    cone[fact] = self.derivations(fact)
                    waiting.extend(one for way in cone[fact] for one in way)
        grown = True
        while grown and goal not in found:
            grown = False
            for fact, ways in cone.items():
                for way in ways:
                    if fact not in found and all(one in found for one in way):
                        found[fact] = EMPTY.union(*(found[one] for one in way))
                        grown = True
        return found.get(goal)
