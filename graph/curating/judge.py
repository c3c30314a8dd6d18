"""The judge: owlrl, an independent reasoner, checks that the kernel misses no inference.

It closes a small graph, and for any graph an example of each axiom of the ontology: statements
about invented things, from which the axiom entails a triple, or which the axiom forbids.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from owlrl import OWLRL_Semantics
from pyoxigraph import Literal, NamedNode, Quad, Triple
from rdflib import OWL as OWL_TERMS
from rdflib import URIRef

from graph.dataset import graph_of, takes_part
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
from ontology.namespace import ID, ONTOLOGY_GRAPH, shorten_triple
from ontology.terms import OWL, RDF, RDFS, XSD

EXAMPLE: Final = ID + "example/"
"""The prefix of the IRIs of the things in the examples."""

NUMBER: Final = re.compile(re.escape(EXAMPLE) + r"(\d+)/")

MAX_JUDGED_QUADS: Final = 20_000
"""The statements up to which owlrl closes the graph: it takes a second for a thousand."""

ANNOTATED: Final = frozenset(RDFS + name for name in ("label", "comment", "isDefinedBy"))
"""The annotations that owlrl does not get, to save time."""

LITERALS: Final = {
    XSD + "date": "2000-01-01",
    XSD + "gYearMonth": "2000-01",
    XSD + "gYear": "2000",
    XSD + "dateTime": "2000-01-01T00:00:00Z",
    XSD + "time": "00:00:00",
}
"""A literal of each datatype that does not have the lexical form "1"."""


@dataclass(frozen=True, slots=True)
class MissedConclusion:
    """An inference or a violation that the kernel misses, in words, with the axiom if known."""

    message: str
    axiom: Triple | None = None


def judge_statements(stated: Sequence[Quad], kernel: Kernel) -> list[MissedConclusion]:
    """Return the conclusions of owlrl that the kernel misses, if the statements are few.

    From a property that the ontology does not name, such as `oa:start`, no axiom concludes
    anything: leaving its statements out saves half of the time.
    """
    ontology = select_axioms(stated)
    named = {RDF.TYPE, *(term for quad in ontology for term in (quad.subject, quad.object))}
    facts = (
        quad
        for quad in stated
        if takes_part(graph_of(quad))
        and graph_of(quad) != ONTOLOGY_GRAPH
        and quad.predicate in named
    )
    part = [*ontology, *facts]
    if len(part) > MAX_JUDGED_QUADS:
        return []
    return [
        MissedConclusion(f"owlrl concludes {shorten_triple(triple)}, and the kernel does not")
        for triple in sorted(find_missing(kernel, close_with_owlrl(part)[0]), key=str)
    ]


def judge_axioms(stated: Iterable[Quad]) -> list[MissedConclusion]:
    """Return the axioms from whose examples owlrl draws a conclusion that the kernel misses."""
    ontology = select_axioms(stated)
    axioms = Axioms.from_triples(quad.triple for quad in ontology)
    triples = list(stated_axioms(axioms))
    graph = NamedNode(ID + "example")
    examples = [
        Quad(*statement, graph)
        for number, axiom in enumerate(triples)
        for statement in AxiomExample(f"{EXAMPLE}{number}/", axioms, axiom).statements()
    ]
    kernel = Kernel([*ontology, *examples])
    concluded, complaints = close_with_owlrl([*ontology, *examples])
    forbidden = {
        number
        for contradiction in kernel.contradictions()
        for number in find_numbers(str(contradiction.subject))
    }
    verdicts: dict[int, str] = {}
    for complaint in complaints:
        for number in find_numbers(complaint) or find_axioms(complaint, triples):
            # the kernel finds this contradiction too
            if number not in forbidden:
                verdicts.setdefault(number, f"forbids what an example states ({complaint})")
    for triple in sorted(find_missing(kernel, concluded), key=str):
        for number in find_numbers(str(triple)):
            if number not in forbidden:
                verdicts.setdefault(number, f"lets follow {shorten_triple(triple)}")
    return [
        MissedConclusion(
            f"by owlrl, {shorten_triple(triples[n])} {words}; the kernel does not follow it",
            triples[n],
        )
        for n, words in sorted(verdicts.items())
    ]


def select_axioms(stated: Iterable[Quad]) -> list[Quad]:
    """Return the quads of the ontology without its annotations."""
    return [
        quad
        for quad in stated
        if graph_of(quad) == ONTOLOGY_GRAPH and quad.predicate.value not in ANNOTATED
    ]


def find_numbers(text: str) -> set[int]:
    """Return the numbers of the examples in a text."""
    return {int(number) for number in NUMBER.findall(text)}


def find_axioms(complaint: str, axioms: list[Triple]) -> set[int]:
    """Return the numbers of the axioms whose subject and object a complaint names."""
    return {
        number
        for number, axiom in enumerate(axioms)
        if all(getattr(end, "value", "") in complaint for end in (axiom.subject, axiom.object))
    }


def close_with_owlrl(quads: Iterable[Quad]) -> tuple[set[Triple], list[str]]:
    """Return the conclusions of owlrl from quads, and its complaints.

    https://www.w3.org/TR/owl2-profiles/#OWL_2_RL
    """
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
    return set(named), [*reasoner.error_messages, *equated]


def find_missing(kernel: Kernel, concluded: set[Triple]) -> set[Triple]:
    """Return the conclusions of owlrl about the domain that are not in the closure of a kernel."""
    inferred = {quad.triple for quad in kernel.inferred_quads()}
    return {
        triple
        for triple in concluded - inferred
        if kernel.tbox.materialises(*triple) and not states(kernel, triple)
    }


def states(kernel: Kernel, triple: Triple) -> bool:
    """Return whether a graph that takes part in the closure of a kernel states a triple."""
    fact = kernel.fact(triple.subject, triple.predicate, triple.object)  # type: ignore[arg-type]
    return fact is not None and fact in kernel.closure


@dataclass(frozen=True, slots=True)
class AxiomExample:
    """The example of an axiom's kind, with the terms of the axiom and things below a name."""

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
        """Return a value of a property: a thing, or a literal of its range."""
        if (of, OWL + "DatatypeProperty") not in self.axioms.types([OWL + "DatatypeProperty"]):
            return self.thing(name)
        kind = self.axioms.objects.get((of, RDFS + "range"))
        datatype = kind if isinstance(kind, NamedNode) else XSD.STRING
        return Literal(LITERALS.get(datatype.value, "1"), datatype=datatype)
