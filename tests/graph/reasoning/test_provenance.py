"""The support of a triple is exactly the smallest sets of graphs that hold it."""

from __future__ import annotations

from itertools import combinations
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Quad, Triple

from graph.dataset import graph_of
from graph.reasoning.provenance import Provenance
from graph.reasoning.sets.combination import all_of, any_of
from graph.reasoning.sets.support import EMPTY, GIVEN, LIMIT, NOTHING, Support, reduced
from ontology.namespace import INFERRED_GRAPH, ONTOLOGY_GRAPH
from tests.graph import toy
from tests.graph.reclosing import Reclosing

GRAPHS = (*toy.GRAPHS, ONTOLOGY_GRAPH, INFERRED_GRAPH)


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
    for fact in provenance.union:
        support = provenance.support(fact)
        named = {frozenset(provenance.graphs(graphs)) for graphs in support.first(support.count)}
        assert support.exact
        assert named == smallest(reclosing, provenance.triple(fact))


@settings(max_examples=25, deadline=None)
@given(toy.datasets, st.randoms())
def test_where_sets_are_missing_it_is_still_known_of_each_whether_it_holds(
    stated: tuple[Quad, ...], dice: Random
) -> None:
    quads = toy.closed(stated)
    provenance, reclosing = Provenance(quads), Reclosing(quads)
    provenance.small = False
    graphs = sorted(provenance.names.number(n) for n in set(reclosing.by_graph) & set(toy.GRAPHS))
    sets = [frozenset(one) for size in range(len(graphs) + 1) for one in combinations(graphs, size)]
    facts = list(provenance.union)
    standing = {
        chosen: {
            fact
            for fact in facts
            if Quad(*provenance.triple(fact)) in reclosing.store(provenance.graphs(chosen))
        }
        for chosen in sets
    }
    for fact in facts:
        groups = [[fact, *dice.choices(facts, k=dice.randrange(3))] for _ in range(3)]
        enough = dice.choice([1, 2, LIMIT])
        supports = [all_of(map(provenance.support, group), enough) for group in groups]
        some = any_of([all_of(supports[:2]), supports[2]])
        holding = {
            chosen
            for chosen, held in standing.items()
            if held.issuperset(groups[0] + groups[1]) or held.issuperset(groups[2])
        }
        for chosen in sets:
            assert some.holds_in(chosen) == (chosen in holding)
        assert bool(some.certain(4)) == bool(holding)
        for chosen in some.certain(4):
            assert chosen in holding
            assert not any(chosen - {graph} in holding for graph in chosen)


@settings(max_examples=25, deadline=None)
@given(toy.datasets)
def test_a_triple_of_a_named_graph_is_supported_there_and_nowhere_else(
    stated: tuple[Quad, ...],
) -> None:
    quads = toy.closed(stated)
    provenance = Provenance(quads)
    for fact in provenance.union:
        place = provenance.union.place(fact)
        standing = {graph_of(q) for q in quads if q.triple == provenance.triple(fact)}
        held = {g for g in GRAPHS if provenance.support_in(place, g) != NOTHING}
        assert held == standing
        assert provenance.support_in(place, "http://example.org/none") == NOTHING


def one(*graphs: int) -> Support:
    """Return the support of one set."""
    return (
        reduced(frozenset(graphs), ()) if len(graphs) == 1 else reduced(EMPTY, [frozenset(graphs)])
    )


def test_either_and_both_keep_only_the_smallest_sets() -> None:
    first, second, both = one(0), one(1), one(0, 1)
    assert first | second == Support(frozenset({0, 1}))
    assert first & second == both
    assert both | first == first
    assert first & GIVEN == GIVEN & first == first
    assert first & NOTHING == NOTHING
    assert any_of([]) == NOTHING
    assert all_of([]) == GIVEN
    assert all_of([first, NOTHING]) == NOTHING
    assert any_of([GIVEN, first]) == GIVEN
    assert all_of([first | second, first]) == first
    assert all_of([first, one(2)]) == one(0, 2)


def many(first: int) -> Support:
    """Return the support of more pairs than are kept."""
    return reduced(EMPTY, [frozenset({first, first + place}) for place in range(1, LIMIT + 2)])


def test_a_support_with_too_many_sets_says_up_to_which_size_it_is_whole() -> None:
    pairs = many(0)
    assert len(pairs.several) == LIMIT
    assert pairs.whole == 1
    for other in (pairs | NOTHING, pairs & one(500), any_of([pairs]), all_of([pairs, one(500)])):
        assert not other.exact
    assert pairs.certain(4) == pairs.first(4)
    assert (pairs & one(500)).first(1)
    assert (pairs & one(500)).certain(4) == []


def test_many_single_graphs_are_all_known() -> None:
    singles = Support(frozenset(range(1000)))
    assert (singles | one(2000)).exact
    pairs = singles & Support(frozenset(range(500, 1500)))
    assert pairs.ones == frozenset(range(500, 1000))
    assert pairs.whole == 1
    assert len(pairs.certain(10)) == 10


def test_of_too_many_supports_some_set_is_found_that_needs_each_of_its_graphs() -> None:
    supports = [one(place) | one(place + 1000) for place in range(200)]
    assert all_of(supports).certain(1) == [frozenset(range(200))]
    shared = [support | one(5000) for support in supports]
    assert all_of(shared).ones == {5000}
    idle = [one(place) | one(place + 1, place + 2) for place in range(0, 300, 3)]
    assert all_of([*idle, one(1, 2)]).certain(1) == [frozenset({1, 2, *range(3, 300, 3)})]
    assert any_of([all_of(supports), all_of(idle)]).certain(1) == [frozenset(range(0, 300, 3))]


def test_a_support_holds_in_every_set_that_is_larger() -> None:
    support = one(0, 1) | one(2)
    assert support.holds_in(frozenset({0, 1, 2}))
    assert support.holds_in(frozenset({2}))
    assert not support.holds_in(frozenset({1}))
