"""The rules of an ontology over numbered terms, indexed by their bodies and their heads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Final, Self, TypeAlias, TypeVar

from pyoxigraph import Literal, NamedNode, Quad, Triple, Variable

from graph.reasoning.rule import Atom, Rule, Term

T = TypeVar("T")

Fact: TypeAlias = tuple[int, int, int]
"""A triple in the numbers of a lexicon: subject, predicate, object."""

Pattern: TypeAlias = tuple[int | str, int, int | str]
"""An atom over numbered terms; a variable is given by its name."""

Binding: TypeAlias = dict[str, int]

Derivation: TypeAlias = tuple[int | Fact, ...]
"""The number of a rule, then its premises in the order of its body."""


class Lexicon:
    """The numbers of the terms: literals have negative numbers, IRIs and blank nodes the others."""

    def __init__(self) -> None:
        self.numbers: dict[Term, int] = {}
        self.names: list[Term] = []
        self.literals: list[Term] = []

    def number(self, term: Term) -> int:
        """Return the number of a term; a new term gets the next number."""
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
    """A rule over numbered terms, with its number in the rulebook."""

    number: int
    rule: Rule
    body: tuple[Pattern, ...]
    head: Pattern | None
    different: tuple[str, ...]

    def derivation(self, binding: Binding) -> Derivation:
        """Return the derivation by this rule under a binding of all its variables."""
        return self.number, *(instantiate(pattern, binding) for pattern in self.body)

    @classmethod
    def from_rule(cls, number: int, rule: Rule, lexicon: Lexicon) -> NumberedRule:
        """Translate a rule with the numbers of a lexicon."""

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
    """A rule, the pattern of its body that a new fact matches, and the rest of the body."""

    rule: NumberedRule
    pattern: Pattern
    rest: tuple[Pattern, ...]


ANY: Final = "any"
"""The key of a pattern whose object is a variable."""

Key: TypeAlias = tuple[int, int | str]
"""A predicate, and an object or ANY."""


class Rulebook:
    """The rules of an ontology, indexed by the predicate and the object of their patterns.

    `rules` are by their numbers. `triggers` index rules by each pattern of the body, `heads` by the
    head, and `constraints` index the rules without a head. `looked_up` are the predicates that a
    join looks up by subject and by object: only their facts are indexed.
    """

    def __init__(self, rules: Iterable[NumberedRule]) -> None:
        self.rules = {rule.number: rule for rule in rules}
        self.triggers: dict[Key, list[Trigger]] = defaultdict(list)
        self.constraints: dict[Key, list[Trigger]] = defaultdict(list)
        self.heads: dict[Key, list[NumberedRule]] = defaultdict(list)
        for rule in self.rules.values():
            self.index_rule(rule)
        self.looked_up = {end: frozenset(self.find_lookups(end)) for end in (SUBJECT, OBJECT)}

    @classmethod
    def from_rules(
        cls, rules: Iterable[Rule], lexicon: Lexicon, former: Rulebook | None = None
    ) -> Self:
        """Translate rules with the numbers of a lexicon; the rules of a former book keep theirs."""
        known = {numbered.rule: numbered for numbered in former.rules.values()} if former else {}
        unused = count(max(former.rules, default=-1) + 1 if former else 0)
        return cls(
            known.get(rule) or NumberedRule.from_rule(next(unused), rule, lexicon) for rule in rules
        )

    def without(self, other: Rulebook) -> Self:
        """Return the rules that another book, whose numbers are the same, does not have."""
        return type(self)(rule for n, rule in self.rules.items() if n not in other.rules)

    def restrict_to(self, predicates: Iterable[int]) -> Self:
        """Return the rules that derive facts of some predicates, in one step or several."""
        wanted, before, leading = {*predicates}, -1, list[NumberedRule]()
        while len(wanted) > before:
            before = len(wanted)
            leading = [r for r in self.rules.values() if r.head and r.head[1] in wanted]
            wanted.update(predicate for rule in leading for _, predicate, _ in rule.body)
        return type(self)(leading)

    def find_lookups(self, end: int) -> Iterator[int]:
        """Yield the predicates whose facts a join looks up by one end while the other is unbound.

        Forward, another premise binds the end; backward, the head binds it.
        """
        for rule in self.rules.values():
            atoms = (*rule.body, *([rule.head] if rule.head else []))
            for pattern in rule.body:
                open_end, known = pattern[OBJECT - end], pattern[end]
                for other in atoms:
                    if other is pattern or isinstance(open_end, int):
                        continue
                    if known in other[::2] and open_end not in other[::2]:
                        yield pattern[1]

    def index_rule(self, rule: NumberedRule) -> None:
        """Index a rule by the patterns of its body and by its head."""
        table = self.triggers if rule.head else self.constraints
        for number, pattern in enumerate(rule.body):
            rest = (*rule.body[:number], *rule.body[number + 1 :])
            table[index_key(pattern)].append(Trigger(rule, pattern, rest))
        if rule.head:
            self.heads[index_key(rule.head)].append(rule)

    def rules_for(self, fact: Fact) -> Iterable[NumberedRule]:
        """Return the rules whose head a fact may match."""
        return look_up(self.heads, fact)


def look_up(table: Mapping[Key, list[T]], fact: Fact) -> tuple[T, ...]:
    """Return the values of an index for the predicate of a fact, with any and with its object."""
    _, predicate, value = fact
    return (*table.get((predicate, ANY), ()), *table.get((predicate, value), ()))


def select_facts(table: Mapping[Key, list[Trigger]], facts: Iterable[Fact]) -> list[Fact]:
    """Return the facts that may match a pattern of an index."""
    predicates = {predicate for predicate, _ in table}
    return [fact for fact in facts if fact[1] in predicates and look_up(table, fact)]


def index_key(pattern: Pattern) -> Key:
    """Return the key that indexes a pattern."""
    return pattern[1], ANY if isinstance(pattern[2], str) else pattern[2]


def unify(pattern: Pattern, fact: Fact) -> Binding | None:
    """Return the binding under which a pattern is a fact, or None if there is none."""
    binding: Binding = {}
    for slot, number in ((pattern[0], fact[0]), (pattern[2], fact[2])):
        if isinstance(slot, int):
            if slot != number:
                return None
        elif binding.setdefault(slot, number) != number:
            return None
    return binding


def instantiate(pattern: Pattern, binding: Binding) -> Fact:
    """Return the instance of a pattern under a binding of all its variables."""
    subject, predicate, value = pattern
    get = binding.get  # no variable is a number: a bound end is its own default
    return get(subject, subject), predicate, get(value, value)  # type: ignore[arg-type]


def bound_ends(pattern: Pattern, binding: Binding) -> tuple[int | None, int | None]:
    """Return the subject and the object of a pattern under a binding; None for a free variable."""
    subject, _, value = pattern
    return (
        subject if isinstance(subject, int) else binding.get(subject),
        value if isinstance(value, int) else binding.get(value),
    )
