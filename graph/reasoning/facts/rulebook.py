"""The rules of the ontology, made ready to be applied to many facts at once.

A fact is packed into one number: its predicate, subject and object. The rules that have one
premise are templates, which turn one number into another; the others join facts end to end
(graph/reasoning/rules/axiom.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from graph.reasoning.facts.fact import NumberedRule

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

Origin = tuple[int, int, int]
"""The predicate of a premise, its object or ANY, and how its ends go over."""

ANY: Final = -1

Ports = tuple[int, ...]
"""Ends of the facts of some predicates, packed; a node is put in by adding its number."""


class Pair(NamedTuple):
    """Two predicates that are joined end to end; `turned` is that the conclusion goes back."""

    first: int
    second: int
    turned: bool


class Rulebook:
    """The rules of an ontology over predicates in numbers of their own."""

    def __init__(self, rules: Iterable[NumberedRule], places: dict[int, int]) -> None:
        self.generic: dict[int, list[Template]] = defaultdict(list)
        self.keyed: dict[tuple[int, int], list[Template]] = defaultdict(list)
        self.paths: dict[int, list[tuple[PathRule, int]]] = defaultdict(list)
        self.chains: dict[int, list[tuple[int, ...]]] = defaultdict(list)
        self.origins: dict[tuple[int, int], list[Origin]] = defaultdict(list)
        self.onward: dict[int, list[tuple[Template, int]]] = defaultdict(list)
        self.paired: dict[int, list[Pair]] = {}
        for rule in rules:
            if len(rule.body) == 1:
                self.add_template(rule, places)
            else:
                steps = tuple(places[atom[1]] for atom in rule.body)
                self.chains[places[rule.head[1]]].append(steps)
                for place, step in enumerate(steps):
                    self.paths[step].append(((steps, places[rule.head[1]]), place))
        self.picky = {predicate for predicate, _ in self.keyed}

    def add_template(self, rule: NumberedRule, places: dict[int, int]) -> None:
        """Take up a rule of one premise."""
        (left, predicate, right), (subject, head, value) = rule.body[0], rule.head
        base = places[head] << PREDICATE
        if value >= 0:
            template = (OF_SUBJECT if subject == left else OF_OBJECT, base | value)
        else:
            template = (SAME if subject == left else SWAPPED, base)
        origin = places[predicate], right if right >= 0 else ANY, template[0]
        self.origins[places[head], value if value >= 0 else ANY].append(origin)
        self.onward[places[predicate]].append((template, origin[1]))
        if right >= 0:
            self.keyed[places[predicate], right].append(template)
        else:
            self.generic[places[predicate]].append(template)

    def templates(self, predicate: int, value: int) -> Iterable[Template]:
        """Return the templates for the facts of a predicate and an object."""
        generic = self.generic.get(predicate, ())
        if predicate not in self.picky or (predicate, value) not in self.keyed:
            return generic
        return (*generic, *self.keyed[predicate, value])

    def steps(self) -> Iterator[tuple[int, Template]]:
        """Yield each template with the predicate of its premise."""
        for predicate, templates in self.onward.items():
            yield from ((predicate, one) for one, _ in templates)

    def likes(self, predicate: int) -> dict[tuple[int, bool], None]:
        """Return the predicates of which each fact concludes one of a predicate with its ends.

        Each comes with whether the ends are turned; the predicate itself is the first.
        """
        found = {(predicate, False): None}
        waiting = [(predicate, False)]
        for one, turned in waiting:
            for origin, only, kind in self.origins.get((one, ANY), ()):
                if only == ANY and kind in {SAME, SWAPPED}:
                    like = origin, turned != (kind == SWAPPED)
                    if like not in found:
                        found[like] = None
                        waiting.append(like)
        return found

    def unlike(self, predicate: int) -> set[int]:
        """Return the predicates of which some facts conclude one of a predicate in other ways."""
        return {
            origin
            for (head, _), origins in self.origins.items()
            for origin, only, kind in origins
            if head == predicate and (only != ANY or kind not in {SAME, SWAPPED})
        }

    def pairs(self, predicate: int) -> list[Pair]:
        """Return the pairs of predicates whose facts, joined, conclude those of a predicate."""
        found = self.paired.get(predicate)
        if found is None:
            found = self.paired[predicate] = [
                Pair(*steps, turned)
                for one, turned in self.likes(predicate)
                for steps in dict.fromkeys(self.chains.get(one, ()))
                if len(steps) == 2
            ]
        return found

    def leading(self) -> frozenset[int]:
        """Return the predicates of facts that are joined, and of those from which such follow."""
        found, before = set(self.paths), -1
        while len(found) != before:
            before = len(found)
            found |= {
                predicate for predicate, (_, base) in self.steps() if base >> PREDICATE in found
            }
        return frozenset(found)

    def ports(self, predicate: int) -> tuple[Ports | None, Ports | None]:
        """Return where the subject and the object of a fact come from that follows from several.

        Each is an end of one of the facts that are joined; None where a rule may put it in.
        """
        return self.supplying(predicate, OF_SUBJECT), self.supplying(predicate, OF_OBJECT)

    def supplying(self, predicate: int, end: int) -> Ports | None:
        """Return the ends of facts that supply one end of what follows."""
        found = {(predicate, end)}
        waiting = [(predicate, end)]
        for place, side in waiting:
            suppliers = [
                (steps[0], side) if side == OF_SUBJECT else (steps[-1], side)
                for of in self.paths.values()
                for (steps, head), _ in of
                if head == place
            ]
            for premise, (kind, base) in self.steps():
                if base >> PREDICATE == place:
                    if kind in {OF_SUBJECT, OF_OBJECT} and side == OF_OBJECT:
                        return None
                    turned = OF_OBJECT if side == OF_SUBJECT else OF_SUBJECT
                    other = {SAME: side, SWAPPED: turned}.get(kind, kind)
                    suppliers.append((premise, other))
            waiting.extend(one for one in dict.fromkeys(suppliers) if one not in found)
            found.update(suppliers)
        return tuple(port(*one) for one in found if one[0] in self.paths)

    def conclusions(self, fact: int, literals: bytearray) -> list[int]:
        """Return what follows from a fact by the rules of one premise.

        `literals` tells which terms cannot be subjects.
        """
        found = []
        value = fact & END
        for kind, base in self.templates(fact >> PREDICATE, value):
            if kind == SAME:
                found.append(base | (fact & ENDS))
            elif kind == OF_SUBJECT:
                found.append(base | (fact & (END << SUBJECT)))
            elif not literals[value]:
                turned = fact >> SUBJECT & END if kind == SWAPPED else 0
                found.append(base | value << SUBJECT | turned)
        return found


def port(predicate: int, end: int) -> int:
    """Return an end of the facts of a predicate, OF_SUBJECT or OF_OBJECT, packed."""
    return (predicate << 2 | end) << SUBJECT


class Links:
    """Facts that others are joined with, found from either end; those of `base` are here too."""

    def __init__(self, base: Links | None = None) -> None:
        self.base = base
        self.onward: dict[int, list[int]] = {}
        self.backward: dict[int, list[int]] = {}

    def add(self, predicate: int, subject: int, value: int) -> None:
        """Take up a fact."""
        self.onward.setdefault(predicate << SUBJECT | subject, []).append(value)
        self.backward.setdefault(predicate << SUBJECT | value, []).append(subject)

    def after(self, step: int, node: int) -> list[int]:
        """Return the objects of a subject."""
        found = self.onward.get(step << SUBJECT | node, [])
        return found + self.base.after(step, node) if self.base else found

    def before(self, step: int, node: int) -> list[int]:
        """Return the subjects of an object."""
        found = self.backward.get(step << SUBJECT | node, [])
        return found + self.base.before(step, node) if self.base else found


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
        self.links: Links = Links(base.links if base else None)

    def add(self, facts: Iterable[int]) -> list[int]:
        """Take up facts, and return them with all that follows, as far as it is new."""
        known, literals = self.known, self.literals
        given = self.base.known if self.base else ()
        paths, conclusions = self.rulebook.paths, self.rulebook.conclusions
        queue = [one for one in facts if one not in given]
        known.update(queue)
        for fact in queue:
            for found in conclusions(fact, literals):
                if found not in known and found not in given:
                    known.add(found)
                    queue.append(found)
            if fact >> PREDICATE in paths:
                new = {one for one in self.joined(fact) if one not in known and one not in given}
                known |= new
                queue.extend(new)
        return queue

    def joined(self, fact: int) -> Iterator[int]:
        """Yield what follows from a fact with those that were joined before it."""
        predicate, subject, value = fact >> PREDICATE, fact >> SUBJECT & END, fact & END
        self.links.add(predicate, subject, value)
        for (steps, head), place in self.rulebook.paths[predicate]:
            rights = {value}
            for step in steps[place + 1 :]:
                rights = {end for node in rights for end in self.links.after(step, node)}
            if not rights:
                continue
            lefts = {subject}
            for step in reversed(steps[:place]):
                lefts = {end for node in lefts for end in self.links.before(step, node)}
            base = head << PREDICATE
            for left in lefts:
                start = base | left << SUBJECT
                for right in rights:
                    yield start | right
