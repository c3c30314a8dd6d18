"""What a fact comes to in graphs that state it, and in others."""

from __future__ import annotations

from pyoxigraph import NamedNode, Quad

from graph.citing.weighing.ledger import Ledger
from graph.citing.weighing.supports import NO_NEED, Supports
from graph.dataset import memory_store
from graph.reasoning.many.multitude import Multitudes
from graph.reasoning.provenance import Provenance
from graph.reasoning.sets.support import GIVEN, NOTHING
from ontology.namespace import CPEC, ID, ONTOLOGY_GRAPH, PREFIXES

A, B, P, Q = (NamedNode(name) for name in (ID + "a", ID + "b", CPEC + "p", CPEC + "q"))
GRAPHS = [ID + "x/s01", ID + "x/s02", ID + "x/s03"]
SUB_PROPERTY = NamedNode(PREFIXES["rdfs"] + "subPropertyOf")


def test_a_fact_comes_to_the_graph_that_states_it_and_in_any_other_to_nothing() -> None:
    first, second, third = map(NamedNode, GRAPHS)
    quads = [
        Quad(P, SUB_PROPERTY, Q, NamedNode(ONTOLOGY_GRAPH)),
        Quad(A, P, B, first),
        Quad(A, P, B, second),
        Quad(A, Q, B, third),
    ]
    provenance = Provenance(memory_store(quads))
    supports, union = Supports(provenance), provenance.union
    stated, followed = provenance.fact(A, P, B), provenance.fact(A, Q, B)
    assert stated is not None
    assert followed is not None
    assert len(union.holders(union.place(followed))) == 3
    graphs = [provenance.names.number(name) for name in GRAPHS]
    missing = union.packed((stated[2], stated[1], stated[0]))
    packed = [union.packed(stated)] * 3 + [union.packed(followed)] * 3 + [missing]
    found = supports.stated(packed, graphs * 2 + graphs[:1])
    alone, nothing = supports.alone, supports.enter(NOTHING)
    assert found[:3] == [alone[graphs[0]], alone[graphs[1]], nothing]
    assert found[3:] == [nothing, nothing, alone[graphs[2]], nothing]


def test_of_many_things_that_need_nothing_no_graph_is_needed() -> None:
    ledger = Ledger(Multitudes(Provenance([])))
    assert ledger.many(frozenset({NO_NEED})) is GIVEN
