"""The support of a triple is exactly the smallest sets of graphs that hold it."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from pyoxigraph import Quad, Triple

from graph.dataset import graph_of
from graph.provenance import Provenance
from graph.support import GIVEN, LIMIT, NOTHING, Support, all_of, any_of, minimal
from tests.graph import toy
from tests.graph.reclosing import Reclosing


def smallest(reclosing: Reclosing, triple: Triple) -> set[frozenset[str]]:
    """Return the smallest sets of graphs that hold a triple, found by trying all."""
    names = sorted(set(reclosing.by_graph) & set(toy.GRAPHS))
    found: set[frozenset[str]] = set()
    for size in range(len(names) + 1):
        for chosen in map(frozenset, combinations(names, size)):
            if any(smaller <= chosen for smaller in found):
                continue
            if Quad(triple.subject, triple.predicate, triple.object) in reclosing.store(chosen):
                found.add(chosen)
    return found


@settings(max_examples=25, deadline=None)
@given(toy.datasets)
def test_the_support_of_a_triple_is_what_trying_all_sets_finds(stated: tuple[Quad, ...]) -> None:
    quads = toy.closed(stated)
    provenance, reclosing = Provenance(quads), Reclosing(quads)
    for fact in provenance.union.all:
        support = provenance.support(fact)
        named = {frozenset(provenance.graphs(graphs)) for graphs in support.sets}
        assert support.exact
        assert named == smallest(reclosing, provenance.triple(fact))


@settings(max_examples=25, deadline=None)
@given(toy.datasets)
def test_a_triple_of_a_named_graph_is_supported_there_and_nowhere_else(
    stated: tuple[Quad, ...],
) -> None:
    quads = toy.closed(stated)
    provenance = Provenance(quads)
    for fact in provenance.union.all:
        standing = {graph_of(q) for q in quads if q.triple == provenance.triple(fact)}
        held = {g for g in provenance.by_graph if provenance.support_in(fact, g) != NOTHING}
        assert held == standing
        assert provenance.support_in(fact, "http://example.org/none") == NOTHING


def test_either_and_both_keep_only_the_smallest_sets() -> None:
    one, two = Support((0b01,)), Support((0b10,))
    assert one | two == Support((0b01, 0b10))
    assert one & two == Support((0b11,))
    assert (one & two) | one == one
    assert one & GIVEN == one
    assert one & NOTHING == NOTHING
    assert any_of([]) == NOTHING
    assert all_of([]) == GIVEN
    assert any_of([GIVEN, one]) == GIVEN
    assert all_of([one | two, one]) == one


def test_a_support_with_too_many_sets_says_that_it_is_not_exact() -> None:
    singles = minimal(1 << place for place in range(LIMIT + 1))
    assert len(singles.sets) == LIMIT
    assert not singles.exact
    assert not (singles | NOTHING).exact
    assert not (singles & GIVEN).exact
    assert not any_of([singles]).exact


def test_a_support_holds_in_every_set_that_is_larger() -> None:
    support = Support((0b011, 0b100))
    assert support.holds_in(0b111)
    assert support.holds_in(0b100)
    assert not support.holds_in(0b010)
