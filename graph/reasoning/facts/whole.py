"""All graphs of a dataset together: which facts follow from several, and a set that holds each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TypeAlias

from graph.reasoning.facts.rulebook import END, PREDICATE, SUBJECT, Closure, Links

Premises: TypeAlias = tuple[int, ...]

Stretch: TypeAlias = list[tuple[int, Premises]]
"""The nodes that are reached along a chain, each with the facts that lead there."""


class Whole:
    """The joint closure of all graphs, each fact that is new with the first set that holds it.

    `alone` are the facts that some graph holds alone, with all that follows, and `axioms` what the
    ontology gives; codes are those of `holders`. `several` are the facts that follow from several.
    """

    def __init__(
        self,
        axioms: Closure,
        alone: set[int],
        holders: Mapping[int, int | list[int]],
        parts: Sequence[bool],
    ) -> None:
        self.axioms = axioms
        self.rulebook = axioms.rulebook
        self.known = alone
        self.holders = holders
        self.codes = [number << 1 if part else -1 for number, part in enumerate(parts)]
        self.several: set[int] = set()
        self.together: dict[int, list[int]] = {}
        self.queue: list[int] = []
        self.links = Links()
        for one in axioms.known:
            if one >> PREDICATE in self.rulebook.paths:
                self.links.add(one >> PREDICATE, one >> SUBJECT & END, one & END)

    def gather(self, facts: Iterable[int]) -> None:
        """Take up facts of which each graph holds all that follows from them."""
        new = [one for one in dict.fromkeys(facts) if one not in self.axioms.known]
        queue = self.queue = self.by_use(new)
        for fact in queue:
            if fact >> PREDICATE in self.rulebook.paths:
                for head, premises in self.joined(fact):
                    self.conclude(head, premises)

    def by_use(self, facts: Sequence[int]) -> list[int]:
        """Return facts in order, first those that are joined with most others.

        So what follows from several rests on few graphs, which are much the same for all.
        """
        met: dict[int, list[int]] = {}
        for predicate in {fact >> PREDICATE for fact in facts}:
            met[predicate] = self.shifts(predicate)
        nodes = [[fact >> shift & END for shift in met[fact >> PREDICATE]] for fact in facts]
        uses = Counter(chain.from_iterable(nodes))
        most = [max(map(uses.__getitem__, of), default=0) for of in nodes]
        order = sorted(range(len(facts)), key=most.__getitem__, reverse=True)
        return [facts[place] for place in order]

    def shifts(self, predicate: int) -> list[int]:
        """Return where in a packed fact the ends are by which those of a predicate are joined."""
        rules = self.rulebook.paths[predicate]
        ends = {SUBJECT for _, place in rules if place > 0}
        ends |= {0 for (steps, _), place in rules if place + 1 < len(steps)}
        return sorted(ends)

    def conclude(self, head: int, premises: Premises) -> None:
        """Take up that a fact follows from several; the first way to a new one is the one kept."""
        if head not in self.several and head not in premises:
            self.several.add(head)
            if head not in self.known and head not in self.axioms.known:
                self.together[head] = self.union(premises)
                self.known.add(head)
                self.queue.append(head)
            for conclusion in self.rulebook.conclusions(head, self.axioms.literals):
                if conclusion not in self.several:
                    self.conclude(conclusion, (head,))

    def union(self, premises: Premises) -> list[int]:
        """Return graphs that hold all premises together, as few as may be."""
        found: list[int] = []
        shared: list[list[int]] = []
        for one in premises:
            held = self.holders.get(one)
            if isinstance(held, int):
                found.append(self.codes[held >> 1])
            elif held is not None:
                shared.append(held)
            found += self.together.get(one, ())
        for codes in shared:
            if not any(code in codes or code | 1 in codes for code in found):
                found.append(next((c for one in codes if (c := self.codes[one >> 1]) >= 0), -1))
        return [code for code in dict.fromkeys(found) if code >= 0]

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
