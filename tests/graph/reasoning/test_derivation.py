"""Our own closure is that of owlrl."""

from __future__ import annotations

from hypothesis import given, settings
from pyoxigraph import NamedNode, Quad

from graph.reasoning.kernel import Kernel
from graph.reasoning.provenance import Provenance
from graph.reasoning.relevance import is_worth_saying
from tests.graph import toy
from tests.graph.reclosing import closure


@settings(max_examples=30, deadline=None)
@given(toy.datasets)
def test_the_closure_is_owlrls(stated: tuple[Quad, ...]) -> None:
    given_and_stated = [*toy.AXIOMS, *stated]
    assert_owlrls([*given_and_stated, *Kernel(given_and_stated).inferred()])


def test_the_closure_of_the_shipped_graph_is_owlrls(shipped_quads: list[Quad]) -> None:
    assert_owlrls(shipped_quads)


def assert_owlrls(quads: list[Quad]) -> None:
    """Assert that our closure is what stands in the graph of the inferred."""
    provenance = Provenance(quads)
    vocabulary = {fact[0] for fact in provenance.given}
    own = {
        fact
        for fact in provenance.closed
        if fact not in provenance.given
        and provenance.stating(fact) <= provenance.apart
        and fact[0] not in vocabulary
        and is_worth_saying(provenance.triple(fact))
    }
    assert own == set(provenance.inferred)


@settings(max_examples=30, deadline=None)
@given(toy.datasets)
def test_the_closure_is_that_of_insert_rules(stated: tuple[Quad, ...]) -> None:
    quads = [quad for quad in (*toy.AXIOMS, *stated) if "links" not in str(quad.graph_name)]
    provenance = Provenance(quads)
    assert set(map(provenance.triple, provenance.closed)) == closure(quads)


def test_a_list_that_bites_its_tail_makes_no_endless_chain() -> None:
    owl, rdf = "http://www.w3.org/2002/07/owl#", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    p, cell, ontology = (
        toy.PREDICATES[0],
        NamedNode("http://example.org/cell"),
        toy.AXIOMS[0].graph_name,
    )
    looped = [
        Quad(p, NamedNode(owl + "propertyChainAxiom"), cell, ontology),
        Quad(cell, NamedNode(rdf + "first"), p, ontology),
        Quad(cell, NamedNode(rdf + "rest"), cell, ontology),
    ]
    provenance = Provenance(looped)
    assert set(provenance.closed) == set(provenance.given)
