"""A part of a dataset is what its graphs and the ontology make, whatever part it was before."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Quad, Store

from graph.reasoning.provenance import Provenance
from graph.reasoning.subset import MOST_CHANGES, MOST_PARTS, Subsets
from tests.graph import toy
from tests.graph.reclosing import Reclosing


@settings(max_examples=60, deadline=None)
@given(toy.datasets, st.randoms())
def test_a_part_is_rebuilt_from_its_graphs(stated: tuple[Quad, ...], dice: Random) -> None:
    quads = toy.closed(stated)
    provenance, reclosing = Provenance(quads), Reclosing(quads)
    subsets = Subsets(provenance)
    assert subsets.possible
    names = sorted(set(reclosing.by_graph) & set(provenance.names))
    for _ in range(12):
        chosen = dice.sample(names, dice.randrange(len(names) + 1))
        store = subsets.store(frozenset(map(provenance.names.number, chosen)))
        assert set(store) == set(reclosing.store(chosen))
        assert set(store.named_graphs()) == set(reclosing.store(chosen).named_graphs())
    assert len(subsets.parts) <= MOST_PARTS


def test_a_part_that_was_changed_often_is_made_anew() -> None:
    provenance = Provenance(toy.closed(()))
    subsets = Subsets(provenance)
    stores: list[Store] = []
    for _ in range(2 * MOST_CHANGES + 1):
        store = subsets.store(frozenset())
        if not stores or store is not stores[-1]:
            stores.append(store)
    assert len(stores) == 3
