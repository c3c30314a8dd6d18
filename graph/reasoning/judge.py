"""The judge: owlrl, a reasoner of others, concludes nothing that the kernel does not.

It closes the graph, if that is not large, and always a witness of each axiom of the ontology: a few
statements about things of its own, from which the axiom lets something follow, or which it forbids.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from owlrl import OWLRL_Semantics
from pyoxigraph import Literal, NamedNode, Quad, Triple
from rdflib import OWL as OWL_TERMS
from rdflib import URIRef

from graph.dataset import graph_of
from graph.errors import written
from graph.rdflib_bridge import from_rdflib, to_rdflib
from graph.reasoning.axiom import CHARACTERISTICS, GROUPS, LISTS, RELATIONS, Axioms, is_datatype
from graph.reasoning.kernel import Kernel
from graph.reasoning.rule import OWL, RDFS, TYPE, XSD, Term
from ontology.namespace import ID, ONTOLOGY_GRAPH

WITNESS: Final = ID + "witness/"
"""How the names of the things begin that the witnesses are about."""

WHOLE: Final = 20_000
"""The statements up to which the whole graph is judged: owlrl takes a second for two thousand."""

NUMBER: Final = re.compile(re.escape(WITNESS) + r"(\d+)/")

ANNOTATED: Final = frozenset(RDFS + name for name in ("label", "comment", "isDefinedBy"))
"""The properties that are left out of what owlrl closes with the witnesses, to save its time."""

EXAMPLES: Final = {
    XSD + "date": "2000-01-01",
    XSD + "gYearMonth": "2000-01",
    XSD + "gYear": "2000",
    XSD + "dateTime": "2000-01-01T00:00:00Z",
    XSD + "time": "00:00:00",
}
"""A literal of each datatype of which "1" is none."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the kernel did not conclude, in words, and the axiom that it is about if known."""

    message: str
    axiom: Triple | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What owlrl concludes, and its complaints."""

    triples: frozenset[Triple]
    complaints: tuple[str, ...]


def judge(kernel: Kernel, stated: Iterable[Quad]) -> list[Verdict]:
    """Return what owlrl concludes of the statements or of a witness, and the kernel does not."""
    part = [quad for quad in stated if takes_part_in(kernel, quad)]
    judged = owlrl_closure(part) if len(part) <= WHOLE else Judgement(frozenset(), ())
    missed = [
        Verdict(f"owlrl concludes {written(triple)}, and the kernel does not")
        for triple in sorted(missing(kernel, judged), key=str)
    ]
    return missed + judge_axioms([quad for quad in part if graph_of(quad) == ONTOLOGY_GRAPH])


def judge_axioms(ontology: Iterable[Quad]) -> list[Verdict]:
    """Return each axiom from whose witness owlrl concludes something that the kernel does not."""
    ontology = [quad for quad in ontology if quad.predicate.value not in ANNOTATED]
    axioms = Axioms.of(quad.triple for quad in ontology)
    triples = list(axiom_triples(ontology))
    graph = NamedNode(ID + "witness")
    witnesses = [
        Quad(*statement, graph)
        for number, axiom in enumerate(triples)
        for statement in Witness(f"{WITNESS}{number}/", axioms, axiom).statements()
    ]
    kernel = Kernel([*ontology, *witnesses])
    judgement = owlrl_closure([*ontology, *witnesses])
    forbidden = {number for one in kernel.contradictions() for number in numbers(str(one.subject))}
    verdicts: dict[int, str] = {}
    for complaint in judgement.complaints:
        for number in numbers(complaint) or about(complaint, triples):
            if number not in forbidden:
                verdicts.setdefault(number, f"forbids what a witness states ({complaint})")
    for triple in sorted(missing(kernel, judgement), key=str):
        for number in numbers(str(triple)):
            if number not in forbidden:
                verdicts.setdefault(number, f"lets follow {written(triple)}")
    return [
        Verdict(
            f"by owlrl, {written(triples[n])} {words}; the kernel does not follow it", triples[n]
        )
        for n, words in sorted(verdicts.items())
    ]


def numbers(text: str) -> set[int]:
    """Return the numbers of the witnesses that a text names."""
    return {int(number) for number in NUMBER.findall(text)}


def about(complaint: str, axioms: list[Triple]) -> set[int]:
    """Return the places of the axioms whose two terms a complaint names, if it names no witness."""
    return {
        place
        for place, axiom in enumerate(axioms)
        if all(getattr(end, "value", "") in complaint for end in (axiom.subject, axiom.object))
    }


def takes_part_in(kernel: Kernel, quad: Quad) -> bool:
    """Return whether a quad takes part in the closure of a kernel."""
    number = kernel.graph(graph_of(quad))
    return number is not None and kernel.takes_part(number)


def owlrl_closure(quads: Iterable[Quad]) -> Judgement:
    """Return what owlrl concludes from quads, by https://www.w3.org/TR/owl2-profiles/#OWL_2_RL."""
    graph = to_rdflib(quads)
    before = set(graph)
    reasoner = OWLRL_Semantics(graph, axioms=False, daxioms=False)
    reasoner.closure()
    new = set(graph) - before
    named = from_rdflib(triple for triple in new if isinstance(triple[0], URIRef))
    equated = [
        f"{left} and {right} would be the same"
        for left, predicate, right in new
        if predicate == OWL_TERMS.sameAs and str(left) < str(right)
    ]
    return Judgement(frozenset(named), (*reasoner.error_messages, *equated))


def missing(kernel: Kernel, judgement: Judgement) -> set[Triple]:
    """Return what owlrl concludes, is worth saying, and is not in the closure of a kernel."""
    known = {quad.triple for quad in kernel.inferred()}
    return {
        triple
        for triple in judgement.triples - known
        if kernel.says(triple) and not states(kernel, triple)
    }


def states(kernel: Kernel, triple: Triple) -> bool:
    """Return whether a graph that takes part in the closure of a kernel states a triple."""
    fact = kernel.fact(triple.subject, triple.predicate, triple.object)  # type: ignore[arg-type]
    return fact is not None and fact in kernel.closure


def axiom_triples(ontology: Iterable[Quad]) -> Iterator[Triple]:
    """Yield the triples of an ontology that are axioms."""
    kinds = {*CHARACTERISTICS, *GROUPS}
    for quad in ontology:
        predicate, value = quad.predicate, quad.object
        of_kind = predicate == TYPE and getattr(value, "value", "") in kinds
        if of_kind or predicate.value in {*RELATIONS, *LISTS}:
            yield quad.triple


@dataclass(frozen=True, slots=True)
class Witness:
    """Statements about things of one name, which an axiom has something to say about."""

    name: str
    axioms: Axioms
    axiom: Triple

    def statements(self) -> Iterator[tuple[NamedNode, NamedNode, Term]]:
        """Yield the statements: paths, single facts, facts of the same ends, things of all classes.

        For a characteristic two facts of its property meet in the other ways too.
        """
        properties, classes = self.properties(), self.classes()
        for number, name in enumerate(properties):
            yield self.thing(f"path{number}"), name, self.value(name, f"path{number + 1}")
            if len(properties) > 1:
                yield self.thing(f"from{number}"), name, self.value(name, f"to{number}")
                yield self.thing("from"), name, self.value(name, "to")
        for number, kind in enumerate(() if properties else classes):
            yield self.thing(f"one{number}"), TYPE, kind
            if self.axiom.predicate.value != RDFS + "subClassOf":
                yield self.thing("all"), TYPE, kind
        if self.axiom.predicate == TYPE:
            for name in properties:
                for subject, value in (("b", "a"), ("a", "b"), ("a", "c"), ("d", "c"), ("e", "e")):
                    yield self.thing(subject), name, self.value(name, value)
        if on := self.axioms.objects.get((self.axiom.subject, OWL + "onProperty")):  # type: ignore[arg-type]
            yield from self.restricted(on, classes)  # type: ignore[arg-type]

    def restricted(
        self, on: NamedNode, classes: list[Term]
    ) -> Iterator[tuple[NamedNode, NamedNode, Term]]:
        """Yield the statements about a restriction: from each end, and of the value alone."""
        value = self.axiom.object
        yield self.thing("has"), on, self.thing("filler")
        yield self.thing("of"), on, self.thing("some")
        for name in classes:
            yield self.thing("of" if name == self.axiom.subject else "filler"), TYPE, name
        if self.axiom.predicate.value == OWL + "hasValue":
            yield self.thing("valued"), on, value  # type: ignore[misc]

    def thing(self, name: str) -> NamedNode:
        """Return a thing of this witness."""
        return NamedNode(self.name + name)

    def value(self, of: NamedNode, name: str) -> Term:
        """Return a value of a property: a thing, or else a literal of its range."""
        if (of, OWL + "DatatypeProperty") not in self.axioms.types([OWL + "DatatypeProperty"]):
            return self.thing(name)
        kind = self.axioms.objects.get((of, RDFS + "range"))
        datatype = kind if isinstance(kind, NamedNode) else NamedNode(XSD + "string")
        return Literal(EXAMPLES.get(datatype.value, "1"), datatype=datatype)

    def mentioned(self) -> list[Term]:
        """Return the terms that the axiom relates, in order."""
        subject, predicate, value = (
            self.axiom.subject,
            self.axiom.predicate.value,
            self.axiom.object,
        )
        if predicate == TYPE.value:
            head = self.axioms.objects.get((subject, OWL + "members"))  # type: ignore[arg-type]
            return [*self.axioms.members(head)] if head else [subject]  # type: ignore[list-item]
        members = self.axioms.members(value) if predicate in LISTS else (value,)  # type: ignore[arg-type]
        return [*members, subject]

    def properties(self) -> list[NamedNode]:
        """Return the properties that the axiom relates, in order."""
        return [term for term in self.mentioned() if self.is_property(term)]  # type: ignore[misc]

    def classes(self) -> list[Term]:
        """Return the classes that the axiom relates."""
        value = self.axiom.predicate.value == OWL + "hasValue"
        return [
            term
            for term in self.mentioned()
            if not self.is_property(term)
            and not is_datatype(term)
            and not (value and term == self.axiom.object)
        ]

    def is_property(self, term: Term) -> bool:
        """Return whether the axiom takes a term for a property."""
        predicate, kind = self.axiom.predicate.value, getattr(self.axiom.object, "value", "")
        of_properties = {OWL + name for name in ("inverseOf", "equivalentProperty")}
        of_properties |= {OWL + "propertyDisjointWith", OWL + "propertyChainAxiom"}
        if predicate == TYPE.value:
            return kind != OWL + "AllDisjointClasses"
        if predicate in {RDFS + "domain", RDFS + "range"}:
            return term == self.axiom.subject
        return predicate in of_properties | {RDFS + "subPropertyOf"}
