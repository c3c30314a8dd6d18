"""The check of the alignments: the graph and the aligned vocabularies have no contradiction.

`ontology/aligned.ttl` has the axioms of these vocabularies. Every rule here has one premise (a
subclass, a subproperty, a domain, a range), so each inference has chains down to one stated fact,
and the finding names the statement at fault. The inferences stay out of the closure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final, TypeAlias

from pyoxigraph import Literal, NamedNode, Quad, Triple, Variable

from graph.curating.master import Master
from graph.curating.master_file import term
from graph.dataset import graph_of
from graph.errors import Finding
from graph.reasoning.axiom import Axioms, compile_axioms
from graph.reasoning.axiom_kind import KIND_BY_RULE
from graph.reasoning.rule import Atom, Rule, Term
from ontology.namespace import INFERRED_GRAPH, ONTOLOGY_GRAPH, shorten
from ontology.terms import CPEC, OWL, RDF, RDFS, XSD

Fact: TypeAlias = tuple[Term, NamedNode, Term]
"""A triple whose subject may be a literal: a range types the literals of its property."""

Chain: TypeAlias = tuple[Fact, tuple[Rule, ...]]
"""A chain of inference: a stated fact, and the rules that lead from it to a conclusion."""

ONE_PREMISE: Final = frozenset(
    {"cax-sco", "cax-eqc1", "cax-eqc2", "prp-dom", "prp-rng", "prp-spo1", "prp-eqp1", "prp-eqp2"}
)
"""The OWL 2 RL rules that read a fact as one of another class or property."""


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
            if (
                rule.name in ONE_PREMISE
                and predicate == RDF.TYPE
                and not isinstance(value, Variable)
            ):
                reading.by_class.setdefault(value, []).append(rule)
            elif rule.name in ONE_PREMISE:
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
        # equivalent classes make cycles: a chain has each fact once
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
    return lower, NamedNode(KIND_BY_RULE[rule.name].iri), upper


LITERALS: Final = (XSD, RDFS + "Literal", RDF + "langString")
"""The prefixes of the IRIs of datatypes."""


def find_misreadings(quads: Iterable[Quad], master: Master) -> list[Finding]:
    """Return the statements and alignments that put an individual into two disjoint classes.

    Or that make a literal a thing, or a thing a literal. The quads are the stated and the inferred
    ones.
    """
    quads = list(quads)
    ontology = [quad for quad in quads if graph_of(quad) == ONTOLOGY_GRAPH]
    ours = {fact for quad in ontology if (fact := as_fact(quad))}
    axioms = [quad.triple for quad in (*ontology, *master.aligned.quads)]
    reading = Reading.from_axioms(axioms)
    read = {RDF.TYPE, *reading.by_property, *find_data_properties(axioms)}
    quads = [quad for quad in quads if quad.predicate in read]
    reading.add(quad for quad in quads if graph_of(quad) not in {ONTOLOGY_GRAPH, INFERRED_GRAPH})
    reading.add(quad for quad in quads if graph_of(quad) == INFERRED_GRAPH)
    faults: dict[Fact, str] = {}
    for clashes in (find_disjoint_types, find_literal_clashes):
        for fact, message in clashes(reading, axioms, ours):
            faults.setdefault(fact, message)
    findings = {
        master.finding(
            f"{message}: that follows from {' '.join(map(write_term, fact))}", "", *map(term, fact)
        )
        for fact, message in faults.items()
    }
    return sorted(findings)


def find_disjoint_types(
    reading: Reading, axioms: list[Triple], ours: set[Fact]
) -> Iterator[tuple[Fact, str]]:
    """Yield the statements that put an individual into disjoint classes, each with a message.

    A clash between two classes of our vocabulary hides the clashes with other vocabularies.
    """
    pairs = find_disjoint_pairs(axioms)
    classes: dict[Term, list[Term]] = {}
    for subject, predicate, value in reading.why:
        if predicate == RDF.TYPE and not isinstance(subject, Literal):
            classes.setdefault(subject, []).append(value)
    for subject, types in classes.items():
        clashes = [pair for pair in combinations(types, 2) if frozenset(pair) in pairs]
        among_ours = [pair for pair in clashes if all(map(is_ours, pair))]
        for pair in among_ours or clashes:
            typings: list[Fact] = [(subject, RDF.TYPE, kind) for kind in pair]
            kept, wrong = sorted(typings, key=lambda typing: rank_distrust(reading, typing))
            name, other, kind = map(write_term, (subject, wrong[2], kept[2]))
            message = f"{name} would be a {other}, which no {kind} is"
            yield from ((fault, message) for fault in find_faults(reading, wrong, ours))


def find_disjoint_pairs(axioms: Iterable[Triple]) -> set[frozenset[Term]]:
    """Return the pairs of classes that axioms declare disjoint."""
    indexed = Axioms.from_triples(axioms)
    pairs = {frozenset(pair) for pair in indexed.pairs.get(OWL + "disjointWith", ())}
    for _, members in indexed.pairs.get(OWL + "members", ()):
        pairs.update(map(frozenset, combinations(indexed.members(members), 2)))
    return pairs


def rank_distrust(reading: Reading, fact: Fact) -> tuple[bool, int]:
    """Return the sort key of a type: our vocabulary before others, then fewer inference steps."""
    return not is_ours(fact[2]), min(len(steps) for _, steps in reading.trace(fact))


def find_literal_clashes(
    reading: Reading, axioms: list[Triple], ours: set[Fact]
) -> Iterator[tuple[Fact, str]]:
    """Yield the statements that put a literal into a class or a thing into a datatype."""
    of_data = find_data_properties(axioms)
    for fact in reading.why:
        subject, predicate, value = fact
        if predicate == RDF.TYPE and isinstance(subject, Literal) != is_datatype(value):
            kind = "a literal, " if is_datatype(value) else ""
            message = f"{write_term(subject)} would be {kind}a {write_term(value)}"
        elif predicate in of_data and not isinstance(value, Literal):
            message = (
                f"{write_term(value)} would be a literal, the value of {write_term(predicate)}"
            )
        else:
            continue
        yield from ((fault, message) for fault in find_faults(reading, fact, ours))


def find_data_properties(axioms: Iterable[Triple]) -> set[object]:
    """Return the properties whose values are literals."""
    kind = OWL.DATATYPE_PROPERTY
    return {
        axiom.subject for axiom in axioms if (axiom.predicate, axiom.object) == (RDF.TYPE, kind)
    }


def is_datatype(node: Term) -> bool:
    """Return whether a node names a datatype."""
    return isinstance(node, NamedNode) and node.value.startswith(LITERALS)


def find_faults(reading: Reading, fact: Fact, ours: set[Fact]) -> set[Fact]:
    """Return the statements to blame for an impossible fact: our axioms, or else facts."""
    blamed = {blame(chain, is_ours(fact[2]), ours) for chain in reading.trace(fact)}
    return blamed & ours or blamed


def blame(chain: Chain, within: bool, ours: set[Fact]) -> Fact:
    """Return the axiom by which a chain leaves our vocabulary, or else its stated fact.

    A chain `within` our vocabulary is blamed on its first step if that is a subclass axiom.
    """
    stated, steps = chain
    axioms = [axiom for rule in steps if (axiom := axiom_of(rule)) in ours]
    if within:
        axioms = [axiom for axiom in axioms[:1] if axiom[1].value == RDFS + "subClassOf"]
    return axioms[-1] if axioms else stated


def is_ours(node: Term) -> bool:
    """Return whether the node is a term of our vocabulary."""
    return isinstance(node, NamedNode) and node.value.startswith(CPEC)


def write_term(node: Term) -> str:
    """Return a term as a person reads it: shortened, or in quotation marks."""
    if isinstance(node, NamedNode):
        return shorten(node.value)
    return f'"{node.value}"' if isinstance(node, Literal) else str(node)
