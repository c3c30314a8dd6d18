"""A closure: the least fixed point of the rules over stated facts, kept up with every write.

Additions are evaluated semi-naively (Abiteboul, Hull and Vianu, Foundations of Databases, chapter
13). Retraction is delete and rederive (Gupta, Mumick and Subrahmanian, Maintaining views
incrementally, SIGMOD 1993); it deletes only facts whose kept justification is lost, as in a truth
maintenance system (Doyle, Artificial Intelligence 12, 1979).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
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
    bound_ends,
    instantiate,
    select_facts,
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
    """The facts that graphs state and all inferences from them, kept up with every write.

    `stated` maps each stated fact to its graphs. `why` maps each inferred fact to its first
    derivation: its justification. Its premises were in the closure before the fact, so that no
    justification is circular. The facts of the closure `base` are in this closure, uncopied.
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
        return fact in self.why or fact in self.stated or self.is_in_base(fact)

    def __iter__(self) -> Iterator[Fact]:
        yield from self.stated
        yield from (fact for fact in self.why if fact not in self.stated)

    def is_in_base(self, fact: Fact) -> bool:
        """Return whether a fact is in the closure that this closure extends."""
        return self.base is not None and fact in self.base

    def is_inferred(self, fact: Fact) -> bool:
        """Return whether a rule derives a fact and no graph states it."""
        return fact in self.why and fact not in self.stated

    def add(self, statements: Statements) -> None:
        """Add statements and their inferences: only new facts trigger rules (semi-naive)."""
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
                self.index_fact(fact)
                queue.append(fact)
        self.saturate(queue)

    def remove(self, statements: Statements) -> None:
        """Retract statements and the inferences that no longer have a derivation.

        First delete every fact whose justification uses a retracted one. Then rederive the deleted
        facts that the remaining facts still imply, with the inferences from them.
        """
        unstated: dict[Fact, None] = {}
        for fact, graph in statements:
            graphs = self.stated.get(fact, EMPTY) - graph
            if graphs:
                self.stated[fact] = graphs
            elif fact in self.stated:
                self.touch(fact)
                unstated[fact] = None
        doomed = [fact for fact in unstated if fact not in self.why and not self.is_in_base(fact)]
        lost: dict[Fact, None] = {}
        self.overdelete(doomed, lost, unstated)
        for fact in unstated:
            del self.stated[fact]
        self.delete(doomed, lost)
        self.rederive(doomed)

    def replace_rules(self, rulebook: Rulebook, base: Closure) -> None:
        """Follow another rulebook, where rules of the former have their numbers, over another base.

        First retract, as in `remove`, by the former rules: the facts whose justification uses a
        dropped rule or a fact that leaves the base. Each remaining justification is one by the new
        rules too, so only new rules and facts that enter the base can imply more.
        """
        former: Closure | tuple[()] = self.base or ()
        entering = [fact for fact in base if fact not in former]
        leaving = [fact for fact in former if fact not in base]
        for fact in (*entering, *leaving):
            self.touch(fact)
        new, dropped = rulebook.without(self.rulebook), self.rulebook.without(rulebook).rules
        lost = {f: None for f, why in self.why.items() if why[0] in dropped} if dropped else {}
        doomed = [fact for fact in (*lost, *leaving) if fact not in self.stated]
        self.overdelete(doomed, lost)
        self.delete(doomed, lost)
        for fact in entering:
            if fact in self.stated or fact in self.why:
                self.unindex_fact(fact)
                self.why.pop(fact, None)
        for fact in leaving:
            if fact in self.stated:
                self.index_fact(fact)
        self.rulebook, self.base = rulebook, base
        self.index_lookups()
        self.rederive(doomed)
        taken = select_facts(new.triggers, chain(base, self)) if new.triggers else ()
        self.saturate([*entering, *taken])

    def overdelete(
        self, doomed: list[Fact], lost: dict[Fact, None], unstated: Collection[Fact] = ()
    ) -> None:
        """Extend the facts to delete, and the facts that lose their justification, by each other.

        The facts that are `unstated` are still in `stated`.
        """
        for fact in doomed:
            for conclusion, rule, binding in self.apply_rules(fact):
                # only the justification counts: another derivation is looked for afterwards
                justification = None if conclusion in lost else self.why.get(conclusion)
                if justification is not None and justification == rule.derivation(binding):
                    lost[conclusion] = None
                    if conclusion not in self.stated or conclusion in unstated:
                        doomed.append(conclusion)

    def delete(self, doomed: Iterable[Fact], lost: Iterable[Fact]) -> None:
        """Delete facts, and the justifications of facts; the facts of the base are not indexed."""
        for fact in lost:
            self.touch(fact)
            del self.why[fact]
        for fact in doomed:
            if not self.is_in_base(fact):
                self.unindex_fact(fact)

    def rederive(self, deleted: Iterable[Fact]) -> None:
        """Derive the deleted facts that the remaining facts still imply, and what they imply."""
        for fact in deleted:
            if fact not in self:
                derivation = next(self.derive(fact), None)
                if derivation is not None:
                    self.infer(fact, derivation)
                    self.saturate([fact])

    def saturate(self, queue: list[Fact]) -> None:
        """Derive all facts that new facts imply, until no rule adds a fact."""
        for fact in queue:
            for conclusion, rule, binding in self.apply_rules(fact):
                if conclusion not in self:
                    self.infer(conclusion, rule.derivation(binding))
                    queue.append(conclusion)

    def infer(self, fact: Fact, derivation: Derivation) -> None:
        """Add an inferred fact with its justification."""
        self.touch(fact)
        self.why[fact] = derivation
        self.index_fact(fact)

    def touch(self, fact: Fact) -> None:
        """Record, before the first change to a fact, whether it is present and inferred."""
        if self.touched is not None and fact not in self.touched:
            self.touched[fact] = fact in self, self.is_inferred(fact)

    def index_fact(self, fact: Fact) -> None:
        """Index a fact by its subject and object, as far as joins look it up."""
        for end, neighbours in self.neighbours.items():
            if (opposite := neighbours.get(fact[1])) is not None:
                opposite.setdefault(fact[end], []).append(fact[OBJECT - end])

    def unindex_fact(self, fact: Fact) -> None:
        """Remove a fact from the indexes."""
        for end, neighbours in self.neighbours.items():
            if (opposite := neighbours.get(fact[1])) is not None:
                opposite[fact[end]].remove(fact[OBJECT - end])
                if not opposite[fact[end]]:
                    del opposite[fact[end]]

    def index_lookups(self) -> None:
        """Index the predicates that the joins of the rulebook look up, if they were not before."""
        for end, predicates in self.rulebook.looked_up.items():
            former = self.neighbours[end]
            neighbours = {predicate: former.get(predicate, {}) for predicate in predicates}
            self.neighbours[end] = neighbours
            if new := predicates - former.keys():
                for fact in self:
                    if fact[1] in new and not self.is_in_base(fact):
                        neighbours[fact[1]].setdefault(fact[end], []).append(fact[OBJECT - end])

    def apply_rules(self, fact: Fact) -> Iterator[tuple[Fact, NumberedRule, Binding]]:
        """Yield the conclusions of one rule application with a fact among the premises."""
        _, predicate, value = fact
        for taken in ((predicate, ANY), (predicate, value)):
            for trigger in self.rulebook.triggers.get(taken, ()):
                rule = trigger.rule
                for binding in self.match_body(trigger, fact):
                    conclusion = instantiate(rule.head, binding)  # type: ignore[arg-type]
                    if conclusion[0] >= 0:  # a literal is no subject (RDF 1.1 Concepts, 3.1)
                        yield conclusion, rule, binding

    def match_body(self, trigger: Trigger, fact: Fact) -> Iterable[Binding]:
        """Return the bindings that satisfy the body of a rule with a fact as the trigger."""
        binding = unify(trigger.pattern, fact)
        return () if binding is None else self.join(trigger.rest, binding)

    def derive(self, fact: Fact) -> Iterator[Derivation]:
        """Yield the one-step derivations of a fact."""
        for rule in self.rulebook.rules_for(fact):
            yield from self.derive_by(rule, fact)

    def derive_by(self, rule: NumberedRule, fact: Fact) -> Iterator[Derivation]:
        """Yield the derivations of a fact by one rule, without those that use the fact itself."""
        binding = unify(rule.head, fact)  # type: ignore[arg-type]
        if binding is not None:
            for complete in self.join(rule.body, binding):
                derivation = rule.derivation(complete)
                if fact not in premises(derivation):
                    yield derivation

    def join(self, body: Sequence[Pattern], binding: Binding) -> Iterable[Binding]:
        """Return the bindings that satisfy a body; the most selective pattern is matched first."""
        if len(body) < 2:
            return self.match_pattern(body[0], binding) if body else (binding,)
        pattern = min(body, key=lambda p: self.count_matches(p, binding))
        rest = [other for other in body if other is not pattern]
        matches = self.match_pattern(pattern, binding)
        return chain.from_iterable(self.join(rest, extended) for extended in matches)

    def match_pattern(self, pattern: Pattern, binding: Binding) -> Iterable[Binding]:
        """Return a binding extended by each fact that matches a pattern."""
        subject, predicate, value = pattern
        left, right = bound_ends(pattern, binding)
        if left is not None and right is not None:
            return (binding,) if (left, predicate, right) in self else ()
        if left is not None:
            opposite = self.opposite_ends(SUBJECT, predicate, left)
            return ({**binding, value: end} for end in opposite)  # type: ignore[dict-item]
        if right is not None:
            opposite = self.opposite_ends(OBJECT, predicate, right)
            return ({**binding, subject: end} for end in opposite)  # type: ignore[dict-item]
        return ()

    def count_matches(self, pattern: Pattern, binding: Binding) -> float:
        """Return how many facts match a pattern; 0 if both ends are bound, to test these first."""
        predicate, (left, right) = pattern[1], bound_ends(pattern, binding)
        if left is not None and right is not None:
            return 0
        for end, term in ((SUBJECT, left), (OBJECT, right)):
            if term is not None and predicate in self.neighbours[end]:
                return len(self.opposite_ends(end, predicate, term))
        return inf

    def opposite_ends(self, end: int, predicate: int, term: int) -> Sequence[int]:
        """Return the opposite ends of the facts that have a predicate and a term at one end."""
        opposite = self.neighbours[end][predicate].get(term, ())
        inherited = self.base.opposite_ends(end, predicate, term) if self.base else ()
        return (*opposite, *inherited) if inherited else opposite
