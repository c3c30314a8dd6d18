"""The inferences from facts by rules of one premise, with every chain of steps to each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from pyoxigraph import NamedNode, Quad, Triple, Variable

from graph.reasoning.axiom import compile_axioms
from graph.reasoning.rule import Atom, Rule, Term
from ontology.terms import OWL, RDF, RDFS

Fact: TypeAlias = tuple[Term, NamedNode, Term]
"""A triple whose subject may be a literal: a range types the literals of its property."""

Chain: TypeAlias = tuple[Fact, tuple[Rule, ...]]
"""A chain of inference: a stated fact, and the rules that lead from it to a conclusion."""

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
"""The OWL 2 RL rules with one premise, each with the property of its axioms."""


@dataclass(slots=True)
class Reading:
    """The facts and their inferences; `why` maps each to its one-step derivations.

    A stated fact has None among its derivations.
    """

    by_property: dict[NamedNode, list[Rule]]
    by_class: dict[Term, list[Rule]]
    why: dict[Fact, list[tuple[Rule, Fact] | None]] = field(default_factory=dict)

    @classmethod
    def from_axioms(cls, axioms: Iterable[Triple]) -> Reading:
        """Compile axioms into rules, without facts yet."""
        reading = cls({}, {})
        for rule in compile_axioms(axioms):
            _, predicate, value = rule.body[0]
            if rule.name in AXIOMS and predicate == RDF.TYPE and not isinstance(value, Variable):
                reading.by_class.setdefault(value, []).append(rule)
            elif rule.name in AXIOMS:
                reading.by_property.setdefault(predicate, []).append(rule)
        return reading

    def add(self, quads: Iterable[Quad]) -> None:
        """Add the new facts among quads, and their inferences."""
        facts = [fact for quad in quads if (fact := as_fact(quad)) and fact not in self.why]
        self.why.update((fact, [None]) for fact in facts)
        for fact in facts:  # the loop appends the conclusions
            _, predicate, value = fact
            of_class = self.by_class.get(value, []) if predicate == RDF.TYPE else []
            for rule in of_class + self.by_property.get(predicate, []):
                head = conclude(rule.body[0], rule.head or rule.body[0], fact)
                if head not in self.why:
                    facts.append(head)
                self.why.setdefault(head, []).append((rule, fact))

    def trace(self, fact: Fact, above: tuple[Fact, ...] = ()) -> Iterator[Chain]:
        """Yield each acyclic chain to a fact: the stated fact, and the rules in order."""
        for step in self.why[fact] if fact not in above else ():
            if step is None:
                yield fact, ()
            else:
                rule, premise = step
                for stated, rules_before in self.trace(premise, (*above, fact)):
                    yield stated, (*rules_before, rule)


def conclude(premise: Atom, head: Atom, fact: Fact) -> Fact:
    """Return the head of a rule, instantiated by a fact as its premise."""
    subject, _, value = premise
    bound = {subject: fact[0], value: fact[2]}
    left, predicate, right = head
    return substitute(left, bound), predicate, substitute(right, bound)


def substitute(node: Term | Variable, bound: dict[Term | Variable, Term]) -> Term:
    """Return the node, or the term that a variable is bound to."""
    return bound[node] if isinstance(node, Variable) else node


def as_fact(quad: Quad) -> Fact | None:
    """Return the triple of a quad, or None if it has a triple term."""
    subject, value = quad.subject, quad.object
    if isinstance(subject, Triple) or isinstance(value, Triple):
        return None
    return subject, quad.predicate, value


def axiom_of(rule: Rule) -> Fact:
    """Return the axiom that a rule was compiled from."""
    lower, upper = rule.axiom
    return lower, NamedNode(AXIOMS[rule.name]), upper
