"""The axioms of the ontology as rules: when these triples hold, that one does.

Each kind is named as the rule of OWL 2 RL that it follows (https://www.w3.org/TR/owl2-profiles/,
tables 5 to 8). Every predicate of a rule is fixed, so a triple is matched by few of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Triple, Variable

from ontology.namespace import PREFIXES

Term: TypeAlias = NamedNode | BlankNode | Literal
Atom: TypeAlias = tuple[Term | Variable, NamedNode, Term | Variable]
"""A triple in which variables may stand at the ends."""

RDF: Final = PREFIXES["rdf"]
RDFS: Final = PREFIXES["rdfs"]
OWL: Final = PREFIXES["owl"]

TYPE: Final = NamedNode(RDF + "type")
FIRST: Final = NamedNode(RDF + "first")
REST: Final = NamedNode(RDF + "rest")
NIL: Final = NamedNode(RDF + "nil")

X: Final = Variable("x")
Y: Final = Variable("y")
Z: Final = Variable("z")


@dataclass(frozen=True, slots=True)
class Rule:
    """One axiom at work; `axiom` holds the names that it relates, in order."""

    name: str
    axiom: tuple[Term, ...]
    body: tuple[Atom, ...]
    head: Atom


@dataclass(slots=True)
class Vocabulary:
    """The triples of the ontology, looked up by predicate and by subject."""

    pairs: dict[str, list[tuple[Term, Term]]] = field(default_factory=dict)
    objects: dict[tuple[Term, str], Term] = field(default_factory=dict)

    def add(self, triple: Triple) -> None:
        """Take up a triple."""
        subject, predicate, value = triple.subject, triple.predicate.value, triple.object
        if not isinstance(subject, Triple) and not isinstance(value, Triple):
            self.pairs.setdefault(predicate, []).append((subject, value))
            self.objects[subject, predicate] = value

    def members(self, node: Term) -> Iterator[Term]:
        """Yield the members of an RDF list; a list that bites its tail ends where it does."""
        seen = set()
        while node != NIL and node not in seen:
            seen.add(node)
            if member := self.objects.get((node, FIRST.value)):
                yield member
            node = self.objects.get((node, REST.value), NIL)


def rules(ontology: Iterable[Triple]) -> tuple[Rule, ...]:
    """Return the rules that the triples of an ontology state."""
    vocabulary = Vocabulary()
    for triple in ontology:
        vocabulary.add(triple)
    found = [*class_rules(vocabulary), *property_rules(vocabulary), *chain_rules(vocabulary)]
    return tuple(dict.fromkeys(rule for rule in found if rule.head not in rule.body))


def class_rules(vocabulary: Vocabulary) -> Iterator[Rule]:
    """Yield the rules about classes: what a member of one is besides."""
    pairs = vocabulary.pairs
    for lower, upper in pairs.get(RDFS + "subClassOf", ()):
        yield Rule("cax-sco", (lower, upper), ((X, TYPE, lower),), (X, TYPE, upper))
    for left, right in pairs.get(OWL + "equivalentClass", ()):
        yield Rule("cax-eqc1", (left, right), ((X, TYPE, left),), (X, TYPE, right))
        yield Rule("cax-eqc2", (left, right), ((X, TYPE, right),), (X, TYPE, left))
    for restriction, value in pairs.get(OWL + "hasValue", ()):
        on = vocabulary.objects.get((restriction, OWL + "onProperty"))
        if isinstance(on, NamedNode):
            names = (restriction, on, value)
            yield Rule("cls-hv1", names, ((X, TYPE, restriction),), (X, on, value))
            yield Rule("cls-hv2", names, ((X, on, value),), (X, TYPE, restriction))


def property_rules(vocabulary: Vocabulary) -> Iterator[Rule]:
    """Yield the rules about one property or two."""
    for p, c in named(vocabulary, RDFS + "domain"):
        yield Rule("prp-dom", (p, c), ((X, p, Y),), (X, TYPE, c))
    for p, c in named(vocabulary, RDFS + "range"):
        yield Rule("prp-rng", (p, c), ((X, p, Y),), (Y, TYPE, c))
    for p, kind in named(vocabulary, RDF + "type"):
        if kind.value == OWL + "SymmetricProperty":
            yield Rule("prp-symp", (p,), ((X, p, Y),), (Y, p, X))
        if kind.value == OWL + "TransitiveProperty":
            yield Rule("prp-trp", (p,), ((X, p, Y), (Y, p, Z)), (X, p, Z))
    for p, q in named(vocabulary, RDFS + "subPropertyOf"):
        yield Rule("prp-spo1", (p, q), ((X, p, Y),), (X, q, Y))
    for p, q in named(vocabulary, OWL + "equivalentProperty"):
        yield Rule("prp-eqp1", (p, q), ((X, p, Y),), (X, q, Y))
        yield Rule("prp-eqp2", (p, q), ((X, q, Y),), (X, p, Y))
    for p, q in named(vocabulary, OWL + "inverseOf"):
        yield Rule("prp-inv1", (p, q), ((X, p, Y),), (Y, q, X))
        yield Rule("prp-inv2", (p, q), ((X, q, Y),), (Y, p, X))


def chain_rules(vocabulary: Vocabulary) -> Iterator[Rule]:
    """Yield the rules of property chains of any length."""
    for p, head in vocabulary.pairs.get(OWL + "propertyChainAxiom", ()):
        steps = [step for step in vocabulary.members(head) if isinstance(step, NamedNode)]
        if isinstance(p, NamedNode) and steps:
            ends = [X, *(Variable(f"y{number}") for number in range(1, len(steps))), Z]
            body = tuple(zip(ends, steps, ends[1:], strict=False))
            yield Rule("prp-spo2", (p, *steps), body, (X, p, Z))


def named(vocabulary: Vocabulary, predicate: str) -> Iterator[tuple[NamedNode, NamedNode]]:
    """Yield the pairs of a predicate of which both ends have names."""
    for left, right in vocabulary.pairs.get(predicate, ()):
        if isinstance(left, NamedNode) and isinstance(right, NamedNode):
            yield left, right
