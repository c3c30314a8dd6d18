"""The rules of an ontology in numbers, found by the facts that they take and that they conclude."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self, TypeAlias, TypeVar

from pyoxigraph import Literal, NamedNode, Quad, Triple, Variable

from graph.reasoning.rule import Atom, Rule, Term

T = TypeVar("T")

Fact: TypeAlias = tuple[int, int, int]
"""A triple in the numbers of a lexicon: subject, predicate, object."""

Pattern: TypeAlias = tuple[int | str, int, int | str]
"""An atom in numbers; a variable is its name."""

Binding: TypeAlias = dict[str, int]

Derivation: TypeAlias = tuple[int | Fact, ...]
"""The number of a rule, and the premises that it concludes a fact from, as its body has them."""


class Lexicon:
    """The terms that have been met, and the number of each; that of a literal is below zero."""

    def __init__(self) -> None:
        self.numbers: dict[Term, int] = {}
        self.names: list[Term] = []
        self.literals: list[Term] = []

    def number(self, term: Term) -> int:
        """Return the number of a term, a new one where the term is new."""
        number = self.numbers.get(term)
        if number is None:
            if isinstance(term, Literal):
                self.literals.append(term)
                number = -len(self.literals)
            else:
                number = len(self.names)
                self.names.append(term)
            self.numbers[term] = number
        return number

    def term(self, number: int) -> Term:
        """Return the term of a number."""
        return self.names[number] if number >= 0 else self.literals[~number]

    def triple(self, fact: Fact) -> Triple:
        """Return a fact as a triple."""
        return Triple(*map(self.term, fact))  # type: ignore[arg-type]

    def quad(self, fact: Fact, graph: NamedNode) -> Quad:
        """Return a fact as a quad of a graph."""
        return Quad(*map(self.term, fact), graph)  # type: ignore[arg-type, call-arg]


@dataclass(frozen=True, slots=True)
class NumberedRule:
    """A rule in numbers, and its own number among the rules."""

    number: int
    rule: Rule
    body: tuple[Pattern, ...]
    head: Pattern | None
    different: tuple[str, ...]

    def derivation(self, binding: Binding) -> Derivation:
        """Return the derivation that the rule is under a binding of all its variables."""
        return self.number, *(instantiate(pattern, binding) for pattern in self.body)

    @classmethod
    def of(cls, number: int, rule: Rule, lexicon: Lexicon) -> NumberedRule:
        """Return a rule in the numbers of a lexicon."""

        def slot(end: Term | Variable) -> int | str:
            return end.value if isinstance(end, Variable) else lexicon.number(end)

        def pattern(atom: Atom) -> Pattern:
            return slot(atom[0]), lexicon.number(atom[1]), slot(atom[2])

        body = tuple(map(pattern, rule.body))
        head = None if rule.head is None else pattern(rule.head)
        return cls(number, rule, body, head, tuple(name.value for name in rule.different))


SUBJECT, OBJECT = 0, 2


@dataclass(frozen=True, slots=True)
class Trigger:
    """A rule, the premise that a new fact is, and the others."""

    rule: NumberedRule
    pattern: Pattern
    others: tuple[Pattern, ...]


ANY: Final = "any"
"""In the place of an object: whatever it is."""

Key: TypeAlias = tuple[int, int | str]
"""A predicate, and an object or ANY."""


class Rulebook:
    """The rules of an ontology.

    `triggers` are the rules that take a fact, `heads` those that conclude one, `constraints` those
    that conclude nothing; each by predicate and object. `looked_up` are the predicates whose facts
    are looked up by their subject, and by their object.
    """

    def __init__(self, rules: Iterable[NumberedRule]) -> None:
        self.rules = tuple(rules)
        self.triggers: dict[Key, list[Trigger]] = defaultdict(list)
        self.constraints: dict[Key, list[Trigger]] = defaultdict(list)
        self.heads: dict[Key, list[NumberedRule]] = defaultdict(list)
        for rule in self.rules:
            self.enter(rule)
        self.looked_up = {end: frozenset(self.predicates(end)) for end in (SUBJECT, OBJECT)}

    @classmethod
    def of(cls, rules: Sequence[Rule], lexicon: Lexicon) -> Self:
        """Return the rules in the numbers of a lexicon."""
        return cls(NumberedRule.of(n, rule, lexicon) for n, rule in enumerate(rules))

    def leading_to(self, predicates: Iterable[int]) -> Self:
        """Return the rules that lead to facts of some predicates, in one step or several."""
        wanted, before, leading = {*predicates}, -1, list[NumberedRule]()
        while len(wanted) > before:
            before = len(wanted)
            leading = [rule for rule in self.rules if rule.head and rule.head[1] in wanted]
            wanted.update(predicate for rule in leading for _, predicate, _ in rule.body)
        return type(self)(leading)

    def predicates(self, end: int) -> Iterator[int]:
        """Yield the predicates whose facts are looked up by one end, the other being open.

        They are joined with other premises, or the conclusion does not have the other end.
        """
        for rule in self.rules:
            others = (*rule.body, *([rule.head] if rule.head else []))
            for pattern in rule.body:
                open_end, known = pattern[OBJECT - end], pattern[end]
                for other in others:
                    if other is pattern or isinstance(open_end, int):
                        continue
                    if known in other[::2] and open_end not in other[::2]:
                        yield pattern[1]

    def enter(self, rule: NumberedRule) -> None:
        """Enter a rule under the facts that it takes and that it concludes."""
        table = self.triggers if rule.head else self.constraints
        for number, pattern in enumerate(rule.body):
            others = (*rule.body[:number], *rule.body[number + 1 :])
            table[key(pattern)].append(Trigger(rule, pattern, others))
        if rule.head:
            self.heads[key(rule.head)].append(rule)

    def takes(self, fact: Fact) -> bool:
        """Return whether a fact may be a premise of a rule."""
        return bool(matching(self.triggers, fact) or matching(self.constraints, fact))

    def concluding(self, fact: Fact) -> Iterable[NumberedRule]:
        """Return the rules that may conclude a fact."""
        return matching(self.heads, fact)


def matching(table: Mapping[Key, list[T]], fact: Fact) -> tuple[T, ...]:
    """Return what a table has for a fact, by its predicate and by its object too."""
    _, predicate, value = fact
    return (*table.get((predicate, ANY), ()), *table.get((predicate, value), ()))


def key(pattern: Pattern) -> Key:
    """Return what a fact of a pattern is found under."""
    return pattern[1], ANY if isinstance(pattern[2], str) else pattern[2]


def unify(pattern: Pattern, fact: Fact) -> Binding | None:
    """Return the variables of a pattern bound to the ends of a fact, None where they cannot be."""
    binding: Binding = {}
    for slot, number in ((pattern[0], fact[0]), (pattern[2], fact[2])):
        if isinstance(slot, int):
            if slot != number:
                return None
        elif binding.setdefault(slot, number) != number:
            return None
    return binding


def instantiate(pattern: Pattern, binding: Binding) -> Fact:
    """Return the fact that a pattern is under a binding of all its variables."""
    subject, predicate, value = pattern
    get = binding.get  # a number is no variable, and so stands for itself
    return get(subject, subject), predicate, get(value, value)  # type: ignore[arg-type]


def ends(pattern: Pattern, binding: Binding) -> tuple[int | None, int | None]:
    """Return the ends of a pattern under a binding, None where one is open."""
    subject, _, value = pattern
    return (
        subject if isinstance(subject, int) else binding.get(subject),
        value if isinstance(value, int) else binding.get(value),
    )
