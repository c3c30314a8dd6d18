"""What follows from facts under rules, each conclusion with the derivation found first."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from graph.fact import Fact, Facts, Lexicon, NumberedRule, ground, join, unify


@dataclass(frozen=True, slots=True)
class Derivation:
    """A rule, and the facts from which it draws its conclusion, in the order of its body."""

    rule: NumberedRule
    premises: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Deduction:
    """A closed set of facts; `first` holds a derivation of each fact that was not given.

    A premise was known before its conclusion, so no derivation leads back to itself.
    """

    facts: Facts
    first: dict[Fact, Derivation]


def deduce(given: Iterable[Fact], rules: Sequence[NumberedRule], lexicon: Lexicon) -> Deduction:
    """Return all that follows from the facts given, each looked at once (semi-naive)."""
    users: dict[int, list[tuple[NumberedRule, int]]] = defaultdict(list)
    for rule in rules:
        for place, atom in enumerate(rule.body):
            users[atom[1]].append((rule, place))
    queue = deque(dict.fromkeys(given))
    known = set(queue)
    deduction = Deduction(Facts(), {})
    while queue:
        fact = queue.popleft()
        deduction.facts.add(fact)
        for rule, place in users.get(fact[1], ()):
            for conclusion, premises in conclusions(deduction.facts, rule, place, fact):
                if conclusion not in known and not lexicon.is_literal(conclusion[0]):
                    known.add(conclusion)
                    deduction.first[conclusion] = Derivation(rule, premises)
                    queue.append(conclusion)
    return deduction


def conclusions(
    facts: Facts, rule: NumberedRule, place: int, fact: Fact
) -> Iterator[tuple[Fact, tuple[Fact, ...]]]:
    """Yield what a rule concludes when a fact stands at one place of its body."""
    binding = unify(rule.body[place], fact, {})
    if binding is None:
        return
    for bound, premises in join(facts, rule.body, binding, {place: fact}):
        yield ground(rule.head, bound), premises


def derivations(
    facts: Facts, rules: Iterable[NumberedRule], conclusion: Fact
) -> Iterator[Derivation]:
    """Yield every derivation of a fact in one step, from facts of a closed set."""
    for rule in rules:
        binding = unify(rule.head, conclusion, {})
        if binding is None:
            continue
        for _, premises in join(facts, rule.body, binding, {}):
            if conclusion not in premises:
                yield Derivation(rule, premises)
