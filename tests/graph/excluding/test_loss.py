"""Losses: one pass over many scenarios finds the same as closing anew for each."""

from collections import defaultdict
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, NamedNode, Quad, Triple

from graph.dataset import graph_of
from graph.excluding.loss import find_losses
from graph.reasoning.kernel import Kernel
from graph.reasoning.rulebook import Fact
from ontology.namespace import ID
from ontology.terms import CPEC, RDF
from tests.graph import toy

SETS = [set(pair) for size in (1, 2, 3) for pair in combinations(toy.GRAPHS, size)]


def triples_of(kernel: Kernel) -> set[Triple]:
    """Return the triples of a dataset, stated and inferred."""
    return {quad.triple for quad in kernel.quads()}


@pytest.mark.long
@settings(max_examples=150)
@given(toy.datasets, st.lists(toy.datasets, max_size=3), st.data())
def test_each_case_loses_what_a_dataset_without_it_lacks(
    stated: tuple[Quad, ...], writes: list[tuple[Quad, ...]], data: st.DataObject
) -> None:
    kernel, dataset = Kernel([*toy.EVERY_AXIOM, *stated]), {*stated}
    for added in writes:
        removed = {quad for quad in sorted(dataset, key=str) if data.draw(st.booleans())}
        kernel.write(added, removed)
        dataset = dataset - removed | {*added}
    excluded_by: defaultdict[Fact, dict[int, int]] = defaultdict(dict)
    for quad in dataset:
        fact, graph = kernel.fact(*quad.triple), kernel.graph(graph_of(quad))
        assert fact is not None
        assert graph is not None
        excluded_by[fact][graph] = sum(1 << n for n, s in enumerate(SETS) if graph_of(quad) in s)
    before, losses = triples_of(kernel), find_losses(kernel, excluded_by)
    for number, excluded in enumerate(SETS):
        left = [quad for quad in dataset if graph_of(quad) not in excluded]
        lost = {
            kernel.triple(fact) for fact, scenarios in losses.items() if scenarios >> number & 1
        }
        assert lost == before - triples_of(Kernel([*toy.EVERY_AXIOM, *left]))


def test_statements_of_one_graph_may_go_one_by_one() -> None:
    a, b, p = (NamedNode(f"{ID}{name}") for name in "abc")
    graph = NamedNode(toy.GRAPHS[0])
    quads = [Quad(a, p, b, graph), Quad(b, p, a, graph)]
    kernel = Kernel(quads)
    (first, second) = (kernel.fact(*quad.triple) for quad in quads)
    assert first is not None
    assert second is not None
    number = kernel.graph(graph.value)
    assert number is not None
    assert find_losses(kernel, {first: {number: 1}, second: {number: 2}}) == {first: 1, second: 2}


def test_what_would_follow_but_is_not_worth_saying_is_lost() -> None:
    kind = RDF.TYPE
    first, second = (NamedNode(name) for name in toy.GRAPHS[:2])
    for thing, lost in ((BlankNode(), {1}), (NamedNode(f"{ID}a"), set())):
        wider = Quad(thing, kind, NamedNode(f"{CPEC}B"), first)
        quads = [wider, Quad(thing, kind, NamedNode(f"{CPEC}A"), second)]
        kernel = Kernel([*toy.AXIOMS, *quads])
        fact, number = kernel.fact(*wider.triple), kernel.graph(first.value)
        assert fact is not None
        assert number is not None
        assert {*find_losses(kernel, {fact: {number: 1}}).values()} == lost
