"""The judge: owlrl, a reasoner of others, concludes nothing that the kernel does not.

It closes the graph, if that is not large, and always an example of each axiom of the ontology: a
few statements about things of its own, from which the axiom lets something follow, or which it
forbids.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from owlrl import OWLRL_Semantics
from pyoxigraph import Literal, NamedNode, Quad, Triple
from rdflib import OWL as OWL_TERMS
from rdflib import URIRef

from graph.dataset import graph_of, takes_part
from graph.errors import written
from graph.rdflib_bridge import from_rdflib, to_rdflib
from graph.reasoning.axiom import LISTS, Axioms, is_datatype, stated_axioms
from graph.reasoning.kernel import Kernel
from graph.reasoning.rule import Term
from ontology.namespace import ID, ONTOLOGY_GRAPH
from ontology.terms import OWL, RDF, RDFS, XSD

EXAMPLE: Final = ID + "example/"
"""How the names of the things begin that the examples are about."""

NUMBER: Final = re.compile(re.escape(EXAMPLE) + r"(\d+)/")

WHOLE: Final = 20_000
"""The statements up to which the whole graph is judged: owlrl takes a second for two thousand."""

DISJOINT_CLASSES: Final = NamedNode(OWL + "AllDisjointClasses")

OF_PROPERTIES: Final = frozenset(
    {OWL + name for name in ("inverseOf", "equivalentProperty", "propertyDisjointWith")}
    | {RDFS + "subPropertyOf", OWL + "propertyChainAxiom"}
)
"""The axioms that relate properties alone."""

ANNOTATED: Final = frozenset(RDFS + name for name in ("label", "comment", "isDefinedBy"))
"""The properties that are left out of what owlrl closes with the examples, to save its time."""

LITERALS: Final = {
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


def judge_statements(stated: Iterable[Quad], kernel: Kernel) -> list[Verdict]:
    """Return what owlrl concludes of the statements, if they are few, and the kernel does not."""
    part = [quad for quad in stated if takes_part(graph_of(quad))]
    if len(part) > WHOLE:
        return []
    return [
        Verdict(f"owlrl concludes {written(triple)}, and the kernel does not")
        for triple in sorted(missing(kernel, owlrl_closure(part)), key=str)
    ]


def judge_axioms(stated: Iterable[Quad]) -> list[Verdict]:
    """Return each axiom from whose example owlrl concludes something that the kernel does not."""
    ontology = [
        quad
        for quad in stated
        if graph_of(quad) == ONTOLOGY_GRAPH and quad.predicate.value not in ANNOTATED
    ]
    axioms = Axioms.of(quad.triple for quad in ontology)
    triples = list(stated_axioms(axioms))
    graph = NamedNode(ID + "example")
    examples = [
        Quad(*statement, graph)
        for number, axiom in enumerate(triples)
        for statement in AxiomExample(f"{EXAMPLE}{number}/", axioms, axiom).statements()
    ]
    kernel = Kernel([*ontology, *examples])
    judgement = owlrl_closure([*ontology, *examples])
    forbidden = {
        number
        for contradiction in kernel.contradictions()
        for number in numbers(str(contradiction.subject))
    }
    verdicts: dict[int, str] = {}
    for complaint in judgement.complaints:
        for number in numbers(complaint) or about(complaint, triples):
            if number not in forbidden:
                verdicts.setdefault(number, f"forbids what an example states ({complaint})")
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
    """Return the numbers of the examples that a text names."""
    return {int(number) for number in NUMBER.findall(text)}


def about(complaint: str, axioms: list[Triple]) -> set[int]:
    """Return the numbers of the axioms whose two terms a complaint names."""
    return {
        number
        for number, axiom in enumerate(axioms)
        if all(getattr(end, "value", "") in complaint for end in (axiom.subject, axiom.object))
    }


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
        if kernel.tbox.says(*triple) and not states(kernel, triple)
    }


def states(kernel: Kernel, triple: Triple) -> bool:
    """Return whether a graph that takes part in the closure of a kernel states a triple."""
    fact = kernel.fact(triple.subject, triple.predicate, triple.object)  # type: ignore[arg-type]
    return fact is not None and fact in kernel.closure


@dataclass(frozen=True, slots=True)
class AxiomExample:
    """Statements about things of one name, which an axiom has something to say about."""

    name: str
    axioms: Axioms
    axiom: Triple

    def statements(self) -> Iterator[tuple[NamedNode, NamedNode, Term]]:
        """Yield the statements: paths, single facts, facts of the same ends, things of all classes.

        For a characteristic two facts of its property meet in the other ways too.
        """
        properties, classes = self.terms()
        for number, name in enumerate(properties):
            yield self.thing(f"path{number}"), name, self.value(name, f"path{number + 1}")
            if len(properties) > 1:
                yield self.thing(f"from{number}"), name, self.value(name, f"to{number}")
                yield self.thing("from"), name, self.value(name, "to")
        for number, kind in enumerate(classes):
            yield self.thing(f"one{number}"), RDF.TYPE, kind
            if self.axiom.predicate.value != RDFS + "subClassOf":
                yield self.thing("all"), RDF.TYPE, kind
        if self.axiom.predicate == RDF.TYPE:
            for name in properties:
                for subject, value in (("b", "a"), ("a", "b"), ("a", "c"), ("d", "c"), ("e", "e")):
                    yield self.thing(subject), name, self.value(name, value)
        if on := self.axioms.objects.get((self.axiom.subject, OWL + "onProperty")):  # type: ignore[arg-type]
            yield from self.restricted(on, classes)  # type: ignore[arg-type]

    def restricted(
        self, on: NamedNode, classes: Sequence[Term]
    ) -> Iterator[tuple[NamedNode, NamedNode, Term]]:
        """Yield the statements about a restriction: from each end, and of the value alone."""
        yield self.thing("has"), on, self.thing("filler")
        yield self.thing("of"), on, self.thing("some")
        for name in classes:
            yield self.thing("of" if name == self.axiom.subject else "filler"), RDF.TYPE, name
        if self.axiom.predicate.value == OWL + "hasValue":
            yield self.thing("valued"), on, self.axiom.object  # type: ignore[misc]

    def thing(self, name: str) -> NamedNode:
        """Return a thing of this example."""
        return NamedNode(self.name + name)

    def value(self, of: NamedNode, name: str) -> Term:
        """Return a value of a property: a thing, or else a literal of its range."""
        if (of, OWL + "DatatypeProperty") not in self.axioms.types([OWL + "DatatypeProperty"]):
            return self.thing(name)
        kind = self.axioms.objects.get((of, RDFS + "range"))
        datatype = kind if isinstance(kind, NamedNode) else XSD.STRING
        return Literal(LITERALS.get(datatype.value, "1"), datatype=datatype)

    def terms(self) -> tuple[Sequence[NamedNode], Sequence[Term]]:
        """Return the properties that the axiom relates, in order, or else the classes."""
        subject, value = self.axiom.subject, self.axiom.object
        kind = self.axiom.predicate.value
        members: tuple[Any, ...] = (value, subject)
        if kind == RDF.TYPE.value:
            head = self.axioms.objects.get((subject, OWL + "members"))  # type: ignore[arg-type]
            members = self.axioms.members(head) or (subject,)
            return ((), members) if value == DISJOINT_CLASSES else (members, ())  # type: ignore[return-value]
        if kind in {RDFS + "domain", RDFS + "range"}:
            return (subject,), ()  # type: ignore[return-value]
        if kind in LISTS:
            members = (*self.axioms.members(value), subject)  # type: ignore[arg-type]
        if kind in OF_PROPERTIES:
            return members, ()
        return (), [
            term
            for term in members
            if not is_datatype(term) and (term, kind) != (value, OWL + "hasValue")
        ]
