"""What follows from facts by rules of one premise each, with every line of reasons for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from pyoxigraph import NamedNode, Quad, Triple, Variable

from graph.reasoning.axiom import rules
from graph.reasoning.rule import Atom, Rule, Term
from ontology.terms import OWL, RDF, RDFS

Fact: TypeAlias = tuple[Term, NamedNode, Term]
"""A triple, of which the subject may be a literal: what a range says of one."""

Line: TypeAlias = tuple[Fact, tuple[Rule, ...]]
"""A line of reasons: a stated fact, and the rules that lead from it to another."""

AXIOMS: Final = {
    "cax-sco": RDFS + "subClassOf",
    "cax-eqc1": OWL + "equivalentClass",
    "cax-eqc2": OWL + "equivalentClass",
    "prp-dom": RDFS + "domain",
    "prp-rng": RDFS + "range",
    "prp-spo1": RDFS + "subPropertyOf",
    "prp-eqp1": OWL + "equivalentProperty",
    "prp-eqp2": OWL + "equivalentProperty",
}
"""The rules that are applied, each with the property of the axioms that it comes from."""


@dataclass(slots=True)
class Reading:
    """What follows from the facts, each with the rules and premises that it follows by.

    A stated fact has None among them.
    """

    by_property: dict[NamedNode, list[Rule]]
    by_class: dict[Term, list[Rule]]
    why: dict[Fact, list[tuple[Rule, Fact] | None]] = field(default_factory=dict)

    @classmethod
    def of(cls, axioms: Iterable[Triple]) -> Reading:
        """Return the axioms as rules, before anything is read."""
        reading = cls({}, {})
        for rule in rules(axioms):
            _, predicate, value = rule.body[0]
            if rule.name in AXIOMS and predicate == RDF.TYPE and not isinstance(value, Variable):
                reading.by_class.setdefault(value, []).append(rule)
            elif rule.name in AXIOMS:
                reading.by_property.setdefault(predicate, []).append(rule)
        return reading

    def take(self, quads: Iterable[Quad]) -> None:
        """Add the facts that the quads state and that are not known, and what follows."""
        facts = [fact for quad in quads if (fact := as_fact(quad)) and fact not in self.why]
        self.why.update((fact, [None]) for fact in facts)
        for fact in facts:  # which grows while it is read
            _, predicate, value = fact
            known = self.by_class.get(value, []) if predicate == RDF.TYPE else []
            for rule in known + self.by_property.get(predicate, []):
                head = conclusion(rule.body[0], rule.head or rule.body[0], fact)
                if head not in self.why:
                    facts.append(head)
                self.why.setdefault(head, []).append((rule, fact))

    def lines(self, fact: Fact, above: tuple[Fact, ...] = ()) -> Iterator[Line]:
        """Yield each line of reasons for a fact: the stated fact, and the rules in order."""
        for step in self.why[fact] if fact not in above else ():
            if step is None:
                yield fact, ()
            else:
                rule, premise = step
                for stated, rules_before in self.lines(premise, (*above, fact)):
                    yield stated, (*rules_before, rule)


def conclusion(premise: Atom, head: Atom, fact: Fact) -> Fact:
    """Return the head of a rule for a fact that is its premise."""
    subject, _, value = premise
    bound = {subject: fact[0], value: fact[2]}
    left, predicate, right = head
    return resolved(left, bound), predicate, resolved(right, bound)


def resolved(node: Term | Variable, bound: dict[Term | Variable, Term]) -> Term:
    """Return the node, or the term that a variable is bound to."""
    return bound[node] if isinstance(node, Variable) else node


def as_fact(quad: Quad) -> Fact | None:
    """Return the triple of a quad, unless it speaks of a triple."""
    subject, value = quad.subject, quad.object
    if isinstance(subject, Triple) or isinstance(value, Triple):
        return None
    return subject, quad.predicate, value


def axiom_of(rule: Rule) -> Fact:
    """Return the axiom that a rule comes from."""
    lower, upper = rule.axiom
    return lower, NamedNode(AXIOMS[rule.name]), upper
