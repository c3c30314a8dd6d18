"""The census of a dataset finds all graphs that hold a triple alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, Triple

from graph.dataset import memory_store
from graph.engine.indexing import index_of
from graph.errors import EngineError
from graph.reasoning.facts import census
from graph.reasoning.facts.census import Census
from graph.reasoning.provenance import Provenance
from ontology.namespace import CPEC, ID
from tests.graph import toy


@settings(max_examples=25, deadline=None)
@given(toy.datasets)
def test_a_store_is_read_as_its_quads_are(stated: tuple[Quad, ...]) -> None:
    quads = toy.closed(stated)
    listed, stored = Provenance(quads), Provenance(memory_store(quads))
    assert [*listed.names] == [*stored.names]
    facts = {stored.triple(fact): fact for fact in stored.union}
    assert len(facts) == sum(1 for _ in listed.union)
    for fact in listed.union:
        support = stored.support(facts[listed.triple(fact)])
        assert support == listed.support(fact)


def test_what_stands_in_no_named_graph_and_triples_in_triples_are_left_out() -> None:
    a, p = toy.THINGS[0], toy.PREDICATES[0]
    name = NamedNode(ID + "x/s01")
    quads = [Quad(a, p, a, DefaultGraph()), Quad(a, p, Triple(a, p, a), name)]
    quads.append(Quad(a, p, a, BlankNode()))
    found = Provenance(quads)
    assert list(found.union) == []
    assert [*found.names] == [name.value]
    assert found.names.number(name.value) == 0
    assert found.names.number(ID) == found.names.number("not an IRI") == -1


@pytest.mark.parametrize(("limit", "word"), [("MOST_TERMS", "terms"), ("MOST_PREDICATES", "prop")])
def test_what_does_not_fit_into_the_numbers_is_not_indexed(
    monkeypatch: pytest.MonkeyPatch, limit: str, word: str
) -> None:
    monkeypatch.setattr(census, limit, 3)
    a, name = toy.THINGS[0], NamedNode(ID + "x/s01")
    quads = [Quad(a, NamedNode(f"{CPEC}p{number}"), a, name) for number in range(9)]
    with pytest.raises(EngineError, match=word):
        Census(quads)
    indexing = index_of(memory_store(quads), union=True, most=100, prompt=True)
    assert indexing.index is None
    assert word in indexing.reason
