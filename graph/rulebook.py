"""The rules of the ontology, made ready to be applied to many facts at once.

A fact is packed into one number: its predicate, subject and object. The rules that have one
premise are templates, which turn one number into another; the others join facts end to end
(graph/axiom.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from graph.fact import NumberedRule

SUBJECT: Final = 24
PREDICATE: Final = 48
END: Final = (1 << SUBJECT) - 1
ENDS: Final = (1 << PREDICATE) - 1
"""A packed fact: 16 bits of predicate, 24 of subject, 24 of object."""

SAME, SWAPPED, OF_SUBJECT, OF_OBJECT = range(4)
"""Which ends the conclusion of a template has: both, both turned, or one and a constant."""

Template = tuple[int, int]
"""How the ends go over, and the constant part of the conclusion."""

PathRule = tuple[tuple[int, ...], int]
"""The predicates that are joined end to end, and the predicate of what follows."""


class Rulebook:
    """The rules of an ontology over predicates in numbers of their own."""

    def __init__(self, rules: Iterable[NumberedRule], places: dict[int, int]) -> None:
        self.generic: dict[int, list[Template]] = defaultdict(list)
        self.keyed: dict[tuple[int, int], list[Template]] = defaultdict(list)
        self.paths: dict[int, list[tuple[PathRule, int]]] = defaultdict(list)
        for rule in rules:
            if len(rule.body) == 1:
                self.add_template(rule, places)
            else:
                steps = tuple(places[atom[1]] for atom in rule.body)
                for place, step in enumerate(steps):
                    self.paths[step].append(((steps, places[rule.head[1]]), place))
        self.mixed = self.reached_by_paths()

    def add_template(self, rule: NumberedRule, places: dict[int, int]) -> None:
        """Take up a rule of one premise."""
        (left, predicate, right), (subject, head, value) = rule.body[0], rule.head
        base = places[head] << PREDICATE
        if value >= 0:
            template = (OF_SUBJECT if subject == left else OF_OBJECT, base | value)
        else:
            template = (SAME if subject == left else SWAPPED, base)
        if right >= 0:
            self.keyed[places[predicate], right].append(template)
        else:
            self.generic[places[predicate]].append(template)

    def templates(self, predicate: int, value: int) -> Iterable[Template]:
        """Return the templates for the facts of a predicate and an object."""
        keyed = self.keyed.get((predicate, value))
        generic = self.generic.get(predicate, ())
        return generic if keyed is None else (*generic, *keyed)

    def reached_by_paths(self) -> set[tuple[int, int]]:
        """Return the predicates, or with objects, of what may follow from several facts.

        An object of -1 stands for all of them.
        """
        queue = [(head, -1) for found in self.paths.values() for (_, head), _ in found]
        reached = set(queue)
        while queue:
            predicate, value = queue.pop()
            found = list(self.templates(predicate, value))
            if value < 0:
                found += [t for (p, _), ts in self.keyed.items() if p == predicate for t in ts]
            for kind, base in found:
                constant = base & END if kind in {OF_SUBJECT, OF_OBJECT} else -1
                one = base >> PREDICATE, constant
                if one not in reached:
                    reached.add(one)
                    queue.append(one)
        return reached

    def is_mixed(self, packed: int) -> bool:
        """Whether a fact may follow from several others."""
        predicate = packed >> PREDICATE
        return (predicate, -1) in self.mixed or (predicate, packed & END) in self.mixed


class Closure:
    """A set of packed facts that grows until nothing more follows.

    What holds in `base` holds here too, and is not said again. `literals` tells which terms cannot
    be subjects.
    """

    def __init__(
        self, rulebook: Rulebook, literals: bytearray, base: Closure | None = None
    ) -> None:
        self.rulebook = rulebook
        self.literals = literals
        self.base = base
        self.known: set[int] = set()
        self.onward: dict[int, list[int]] = {}
        self.backward: dict[int, list[int]] = {}

    def add(self, facts: Iterable[int]) -> list[int]:
        """Take up facts, and return them with all that follows, as far as it is new."""
        known, literals = self.known, self.literals
        given = self.base.known if self.base else ()
        paths, templates = self.rulebook.paths, self.rulebook.templates
        queue = [one for one in facts if one not in given]
        known.update(queue)
        for fact in queue:
            predicate, value = fact >> PREDICATE, fact & END
            for kind, base in templates(predicate, value):
                if kind == SAME:
                    found = base | (fact & ENDS)
                elif kind == OF_SUBJECT:
                    found = base | (fact & (END << SUBJECT))
                elif literals[value]:
                    continue
                else:
                    found = base | value << SUBJECT
                    if kind == SWAPPED:
                        found |= fact >> SUBJECT & END
                if found not in known and found not in given:
                    known.add(found)
                    queue.append(found)
            if predicate in paths:
                new = {one for one in self.joined(fact) if one not in known and one not in given}
                known |= new
                queue.extend(new)
        return queue

    def joined(self, fact: int) -> Iterator[int]:
        """Yield what follows from a fact with those that were joined before it."""
        predicate, subject, value = fact >> PREDICATE, fact >> SUBJECT & END, fact & END
        self.onward.setdefault(predicate << SUBJECT | subject, []).append(value)
        self.backward.setdefault(predicate << SUBJECT | value, []).append(subject)
        for (steps, head), place in self.rulebook.paths[predicate]:
            rights = {value}
            for step in steps[place + 1 :]:
                rights = {end for node in rights for end in self.after(step, node)}
            if not rights:
                continue
            lefts = {subject}
            for step in reversed(steps[:place]):
                lefts = {end for node in lefts for end in self.before(step, node)}
            base = head << PREDICATE
            for left in lefts:
                start = base | left << SUBJECT
                for right in rights:
                    yield start | right

    def after(self, step: int, node: int) -> list[int]:
        """Return the objects of a subject."""
        found = self.onward.get(step << SUBJECT | node, [])
        return found + self.base.after(step, node) if self.base else found

    def before(self, step: int, node: int) -> list[int]:
        """Return the subjects of an object."""
        found = self.backward.get(step << SUBJECT | node, [])
        return found + self.base.before(step, node) if self.base else found
