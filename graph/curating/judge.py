"""The judge: owlrl, a reasoner of others, concludes nothing that the kernel does not.

It closes the graph, if that is not large, and always an example of each axiom of the ontology: a
few statements about things of its own, from which the axiom lets something follow, or which it
forbids.
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

from graph.dataset import graph_of, takes_part
from graph.errors import shorten_triple
from graph.rdflib_bridge import from_rdflib, to_rdflib
from graph.reasoning.axiom import (
    Axioms,
    axiom_kind,
    axiom_names,
    is_datatype,
    member_count,
    stated_axioms,
)
from graph.reasoning.axiom_kind import expand_members
from graph.reasoning.kernel import Kernel
from graph.reasoning.rule import Term
from ontology.namespace import ID, ONTOLOGY_GRAPH
from ontology.terms import OWL, RDF, RDFS, XSD

EXAMPLE: Final = ID + "example/"
"""How the names of the things begin that the examples are about."""

NUMBER: Final = re.compile(re.escape(EXAMPLE) + r"(\d+)/")

WHOLE: Final = 20_000
"""The statements up to which the whole graph is judged: owlrl takes a second for two thousand."""

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
        Verdict(f"owlrl concludes {shorten_triple(triple)}, and the kernel does not")
        for triple in sorted(missing(kernel, owlrl_closure(part)), key=str)
    ]


def judge_axioms(stated: Iterable[Quad]) -> list[Verdict]:
    """Return each axiom from whose example owlrl concludes something that the kernel does not."""
    ontology = [
        quad
        for quad in stated
        if graph_of(quad) == ONTOLOGY_GRAPH and quad.predicate.value not in ANNOTATED
    ]
    axioms = Axioms.from_triples(quad.triple for quad in ontology)
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
                verdicts.setdefault(number, f"lets follow {shorten_triple(triple)}")
    return [
        Verdict(
            f"by owlrl, {shorten_triple(triples[n])} {words}; the kernel does not follow it",
            triples[n],
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
    known = {quad.triple for quad in kernel.inferred_quads()}
    return {
        triple
        for triple in judgement.triples - known
        if kernel.tbox.materialises(*triple) and not states(kernel, triple)
    }


def states(kernel: Kernel, triple: Triple) -> bool:
    """Return whether a graph that takes part in the closure of a kernel states a triple."""
    fact = kernel.fact(triple.subject, triple.predicate, triple.object)  # type: ignore[arg-type]
    return fact is not None and fact in kernel.closure


@dataclass(frozen=True, slots=True)
class AxiomExample:
    """The example of the kind of an axiom, with the axiom's terms and with things of one name."""

    name: str
    axioms: Axioms
    axiom: Triple

    def statements(self) -> Iterator[tuple[NamedNode, NamedNode, Term]]:
        """Yield the statements of the example."""
        names = axiom_names(self.axioms, self.axiom)
        for text in expand_members(axiom_kind(self.axiom).example, member_count(names)):
            for part in text.split(", "):
                subject, predicate, value = part.split()
                if predicate == "a":
                    if not is_datatype(names[value]):
                        yield self.thing(subject), RDF.TYPE, names[value]
                elif isinstance(name := names.get(predicate), NamedNode):
                    yield self.thing(subject), name, names.get(value) or self.value(name, value)

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
