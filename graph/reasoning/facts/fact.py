"""Facts and rules in numbers: each term is a number, each triple three, found from either end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Variable

from graph.reasoning.facts.terms import Numbers, Terms
from graph.reasoning.rules.axiom import Atom, Rule, Term

Fact: TypeAlias = tuple[int, int, int]
"""Subject, predicate and object of a triple; in a rule a number below zero is a variable."""

Binding: TypeAlias = dict[int, int]


class Lexicon:
    """The terms that have been met, and the number of each; packed when no more are met."""

    def __init__(self) -> None:
        self.met: dict[Term, int] = {}
        self.numbers: Mapping[Term, int] = self.met
        self.terms = Terms(())
        self.written = Numbers(self.terms)

    def number(self, term: Term) -> int:
        """Return the number of a term, a new one where it is new."""
        return self.met.setdefault(term, len(self.met))

    def pack(self) -> None:
        """Keep the terms in less room."""
        self.terms = Terms(self.met)
        self.numbers = self.written = Numbers(self.terms)
        self.met = {}


class Facts(Protocol):
    """A set of facts, found by predicate and either end."""

    def matches(self, subject: int, predicate: int, value: int) -> Iterator[Fact]:
        """Yield the facts of a predicate; a number below zero leaves that end open."""

    def count(self, subject: int, predicate: int, value: int) -> int:
        """Return how many facts match."""


@dataclass(frozen=True, slots=True)
class NumberedRule:
    """A rule in numbers, beside the rule that it is."""

    rule: Rule
    body: tuple[Fact, ...]
    head: Fact


def numbered(rule: Rule, lexicon: Lexicon) -> NumberedRule:
    """Return a rule in the numbers of a lexicon."""
    variables: dict[Variable, int] = {}

    def slot(end: NamedNode | BlankNode | Literal | Variable) -> int:
        if isinstance(end, Variable):
            return variables.setdefault(end, -1 - len(variables))
        return lexicon.number(end)

    def atom(written: Atom) -> Fact:
        subject, predicate, value = written
        return slot(subject), lexicon.number(predicate), slot(value)

    return NumberedRule(rule, tuple(atom(one) for one in rule.body), atom(rule.head))


def unify(atom: Fact, fact: Fact, binding: Binding) -> Binding | None:
    """Return the binding grown so that the atom is the fact, or None where that cannot be."""
    grown = binding
    for slot, number in ((atom[0], fact[0]), (atom[2], fact[2])):
        if slot >= 0:
            if slot != number:
                return None
        elif grown.setdefault(slot, number) != number:
            return None
    return grown if atom[1] == fact[1] else None


def ground(atom: Fact, binding: Binding) -> Fact:
    """Return an atom with what is bound put in; an open end stays below zero."""
    subject, predicate, value = atom
    return binding.get(subject, subject), predicate, binding.get(value, value)


def join(
    facts: Facts, body: Sequence[Fact], binding: Binding, found: dict[int, Fact]
) -> Iterator[tuple[Binding, tuple[Fact, ...]]]:
    """Yield each way to find the atoms of a body among the facts; `found` holds those that are."""
    place = next_place(facts, body, binding, found)
    if place is None:
        yield binding, tuple(found[one] for one in range(len(body)))
        return
    for fact in facts.matches(*ground(body[place], binding)):
        grown = unify(body[place], fact, dict(binding))
        if grown is not None:
            yield from join(facts, body, grown, {**found, place: fact})


def next_place(
    facts: Facts, body: Sequence[Fact], binding: Binding, found: dict[int, Fact]
) -> int | None:
    """Return the place of the atom to look for next: the one that fewest facts match."""
    places = [place for place in range(len(body)) if place not in found]
    if len(places) < 2:
        return places[0] if places else None
    return min(places, key=lambda place: facts.count(*ground(body[place], binding)))
