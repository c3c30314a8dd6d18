"""A closure: stated facts and all that follows, each inferred one with the reason first found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from math import inf
from typing import Final, TypeAlias

from graph.reasoning.rulebook import (
    ANY,
    OBJECT,
    SUBJECT,
    Binding,
    Derivation,
    Fact,
    NumberedRule,
    Pattern,
    Rulebook,
    Trigger,
    ends,
    instantiate,
    unify,
)

Graphs: TypeAlias = frozenset[int]
"""A set of named graphs, in the numbers of a lexicon."""

Statements: TypeAlias = Iterable[tuple[Fact, Graphs]]
"""Facts, each with a graph that states it."""

EMPTY: Final[Graphs] = frozenset()


def premises(derivation: Derivation) -> tuple[Fact, ...]:
    """Return the premises of a derivation."""
    return derivation[1:]  # type: ignore[return-value]


class Closure:
    """The facts that graphs state and all that follows from them, kept up with every write.

    `stated` are the graphs of each stated fact. `why` is the derivation by which each inferred fact
    was first found; a fact was always there before what follows from it, so that no reason is
    circular. What is in the closure `base` is in this one too, and not said again.
    """

    def __init__(self, rulebook: Rulebook, base: Closure | None = None) -> None:
        self.rulebook = rulebook
        self.base = base
        self.stated: dict[Fact, Graphs] = {}
        self.why: dict[Fact, Derivation] = {}
        self.neighbours: dict[int, dict[int, dict[int, list[int]]]] = {
            end: {predicate: {} for predicate in predicates}
            for end, predicates in rulebook.looked_up.items()
        }
        self.touched: dict[Fact, tuple[bool, bool]] | None = None

    def __contains__(self, fact: Fact) -> bool:
        return fact in self.why or fact in self.stated or self.is_given(fact)

    def __iter__(self) -> Iterator[Fact]:
        yield from self.stated
        yield from (fact for fact in self.why if fact not in self.stated)

    def is_given(self, fact: Fact) -> bool:
        """Return whether a fact is in the closure that this one stands on."""
        return self.base is not None and fact in self.base

    def is_inferred(self, fact: Fact) -> bool:
        """Return whether a fact follows, and no graph states it."""
        return fact in self.why and fact not in self.stated

    def add(self, statements: Statements) -> None:
        """Take up statements and all that follows from them (semi-naive)."""
        queue = []
        for fact, graph in statements:
            self.touch(fact)
            graphs = self.stated.get(fact)
            if graphs is not None:
                self.stated[fact] = graphs | graph
            elif fact in self:
                self.stated[fact] = graph
            else:
                self.stated[fact] = graph
                self.enter(fact)
                queue.append(fact)
        self.follow(queue)

    def remove(self, statements: Statements) -> None:
        """Retract statements and all that followed from nothing else.

        All that rests on them by its reason goes; each of those that another rule body concludes
        comes back, with what follows from it.
        """
        unstated: dict[Fact, None] = {}
        for fact, graph in statements:
            graphs = self.stated.get(fact, EMPTY) - graph
            if graphs:
                self.stated[fact] = graphs
            elif fact in self.stated:
                self.touch(fact)
                unstated[fact] = None
        lost, doomed = self.resting_on(unstated)
        for fact in unstated:
            del self.stated[fact]
        for fact in lost:
            self.touch(fact)
            del self.why[fact]
        for fact in doomed:
            self.leave(fact)
        for fact in doomed:
            if fact not in self:
                derivation = next(self.derivations(fact), None)
                if derivation is not None:
                    self.infer(fact, derivation)
                    self.follow([fact])

    def resting_on(self, unstated: dict[Fact, None]) -> tuple[dict[Fact, None], list[Fact]]:
        """Return the facts that lose their reason, and those that are gone, with the unstated."""
        lost: dict[Fact, None] = {}
        doomed = [fact for fact in unstated if fact not in self.why and not self.is_given(fact)]
        for fact in doomed:
            for conclusion, rule, binding in self.conclusions(fact):
                reason = None if conclusion in lost else self.why.get(conclusion)
                if reason is not None and reason == rule.derivation(binding):
                    lost[conclusion] = None
                    if conclusion not in self.stated or conclusion in unstated:
                        doomed.append(conclusion)
        return lost, doomed

    def follow(self, queue: list[Fact]) -> None:
        """Infer all that follows from new facts."""
        for fact in queue:
            for conclusion, rule, binding in self.conclusions(fact):
                if conclusion not in self:
                    self.infer(conclusion, rule.derivation(binding))
                    queue.append(conclusion)

    def infer(self, fact: Fact, derivation: Derivation) -> None:
        """Enter a fact that follows."""
        self.touch(fact)
        self.why[fact] = derivation
        self.enter(fact)

    def touch(self, fact: Fact) -> None:
        """Note whether a fact is here and whether it is inferred, before that changes."""
        if self.touched is not None and fact not in self.touched:
            self.touched[fact] = fact in self, self.is_inferred(fact)

    def enter(self, fact: Fact) -> None:
        """Have a fact found by its ends."""
        for end, neighbours in self.neighbours.items():
            if (others := neighbours.get(fact[1])) is not None:
                others.setdefault(fact[end], []).append(fact[OBJECT - end])

    def leave(self, fact: Fact) -> None:
        """Have a fact found no more."""
        for end, neighbours in self.neighbours.items():
            if (others := neighbours.get(fact[1])) is not None:
                others[fact[end]].remove(fact[OBJECT - end])
                if not others[fact[end]]:
                    del others[fact[end]]

    def conclusions(self, fact: Fact) -> Iterator[tuple[Fact, NumberedRule, Binding]]:
        """Yield what follows in one step from a fact and others, each with the rule it is by."""
        _, predicate, value = fact
        for taken in ((predicate, ANY), (predicate, value)):
            for trigger in self.rulebook.triggers.get(taken, ()):
                rule = trigger.rule
                for binding in self.completions(trigger, fact):
                    conclusion = instantiate(rule.head, binding)  # type: ignore[arg-type]
                    if conclusion[0] >= 0:
                        yield conclusion, rule, binding

    def completions(self, trigger: Trigger, fact: Fact) -> Iterable[Binding]:
        """Return each way in which a fact and others are the premises of a rule."""
        binding = unify(trigger.pattern, fact)
        return () if binding is None else self.join(trigger.others, binding)

    def derivations(self, fact: Fact) -> Iterator[Derivation]:
        """Yield the derivations of a fact in one step."""
        for rule in self.rulebook.concluding(fact):
            yield from self.derivations_by(rule, fact)

    def derivations_by(self, rule: NumberedRule, fact: Fact) -> Iterator[Derivation]:
        """Yield the derivations of a fact by one rule; none has the fact as its own premise."""
        binding = unify(rule.head, fact)  # type: ignore[arg-type]
        if binding is not None:
            for complete in self.join(rule.body, binding):
                derivation = rule.derivation(complete)
                if fact not in premises(derivation):
                    yield derivation

    def join(self, body: Sequence[Pattern], binding: Binding) -> Iterable[Binding]:
        """Return each way to find the patterns of a body, the one that fewest facts match first."""
        if len(body) < 2:
            return self.matches(body[0], binding) if body else (binding,)
        pattern = min(body, key=lambda p: self.count(p, binding))
        rest = [other for other in body if other is not pattern]
        return chain.from_iterable(self.join(rest, way) for way in self.matches(pattern, binding))

    def matches(self, pattern: Pattern, binding: Binding) -> Iterable[Binding]:
        """Return a binding with the ends of each fact that matches a pattern under it."""
        subject, predicate, value = pattern
        left, right = ends(pattern, binding)
        if left is not None and right is not None:
            return (binding,) if (left, predicate, right) in self else ()
        if left is not None:
            return ({**binding, value: end} for end in self.others(SUBJECT, predicate, left))  # type: ignore[dict-item]
        if right is not None:
            return ({**binding, subject: end} for end in self.others(OBJECT, predicate, right))  # type: ignore[dict-item]
        return ()

    def count(self, pattern: Pattern, binding: Binding) -> float:
        """Return how many facts match a pattern, at most one where both ends are bound."""
        predicate, (left, right) = pattern[1], ends(pattern, binding)
        if left is not None and right is not None:
            return 0
        for end, term in ((SUBJECT, left), (OBJECT, right)):
            if term is not None and predicate in self.neighbours[end]:
                return len(self.others(end, predicate, term))
        return inf

    def others(self, end: int, predicate: int, term: int) -> Sequence[int]:
        """Return the other ends of the facts of a predicate that have a term at one end."""
        others = self.neighbours[end][predicate].get(term, ())
        given = self.base.others(end, predicate, term) if self.base else ()
        return (*others, *given) if given else others
