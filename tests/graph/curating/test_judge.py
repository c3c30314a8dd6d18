"""The judge finds each axiom that a kernel would not follow."""

from dataclasses import replace

import pytest
from pyoxigraph import NamedNode, Quad

from graph.curating.judge import judge_axioms, judge_statements
from graph.reasoning.axiom import axiom_kind
from graph.reasoning.axiom_kind import KIND_BY_IRI, KINDS, AxiomKind
from graph.reasoning.kernel import Kernel
from ontology.terms import CPEC
from tests.graph import toy

AXIOMS = """
:A rdfs:subClassOf :B . :C owl:equivalentClass :D . :K owl:disjointWith :L .
:M owl:complementOf :N .
[] a owl:AllDisjointClasses ; owl:members ( :O :P :Q ) .
[] owl:onProperty :a ; owl:hasValue <https://w3id.org/cpec-graph/id/a> ; owl:equivalentClass :E .
[] owl:onProperty :b ; owl:someValuesFrom :F ; rdfs:subClassOf :G .
:H owl:onProperty :c ; owl:allValuesFrom :I .
:d rdfs:domain :J . :e rdfs:range :R . :f rdfs:subPropertyOf :g . :h owl:equivalentProperty :i .
:j owl:inverseOf :k . :l owl:propertyDisjointWith :m .
[] a owl:AllDisjointProperties ; owl:members ( :n :o :v ) .
:w owl:intersectionOf ( :S :T ) . :U owl:unionOf ( :V :W ) . :x owl:propertyChainAxiom ( :y :z ) .
:p a owl:SymmetricProperty . :q a owl:TransitiveProperty . :r a owl:FunctionalProperty .
:s a owl:InverseFunctionalProperty . :t a owl:IrreflexiveProperty . :u a owl:AsymmetricProperty .
"""
"""An axiom of each kind about terms of its own."""

ONTOLOGY = toy.axioms(AXIOMS)

RULES = [(kind, text) for kind in KINDS for text in kind.rules]


@pytest.mark.parametrize("ontology", [ONTOLOGY, toy.EVERY_AXIOM], ids=["apart", "entangled"])
def test_owlrl_and_the_kernel_agree_on_every_kind_of_axiom(ontology: tuple[Quad, ...]) -> None:
    assert judge_axioms(ontology) == []


@pytest.mark.parametrize(("kind", "text"), RULES, ids=[text for _, text in RULES])
def test_a_kernel_that_lacks_a_rule_is_found(
    monkeypatch: pytest.MonkeyPatch, kind: AxiomKind, text: str
) -> None:
    left = tuple(rule for rule in kind.rules if rule != text)
    monkeypatch.setitem(KIND_BY_IRI, kind.iri, replace(kind, rules=left))
    name = kind.iri.rpartition("#")[2]
    lines = [line for line in AXIOMS.splitlines() if f":{name} " in line]
    verdicts = judge_axioms(toy.axioms("\n".join(lines)))
    named = {verdict.axiom for verdict in verdicts if verdict.axiom}
    assert kind.iri in {axiom_kind(axiom).iri for axiom in named}


def test_what_a_kernel_lost_is_found_in_the_whole_graph() -> None:
    a, b, p = toy.THINGS[0], toy.THINGS[1], toy.PREDICATES[0]
    stated = [*toy.AXIOMS, Quad(a, p, b, NamedNode(toy.GRAPHS[0]))]
    kernel = Kernel(stated)
    assert judge_statements(stated, kernel) == []
    fact = kernel.fact(a, NamedNode(CPEC + "q"), b)
    assert fact is not None
    del kernel.closure.why[fact]
    assert [verdict.message for verdict in judge_statements(stated, kernel)] == [
        "owlrl concludes id:a cpec:q id:b, and the kernel does not"
    ]
