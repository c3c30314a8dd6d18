"""Many facts at once hold in the graphs that are left, and not without any one of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from random import Random
from time import process_time
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from bench.graph import closed
from graph.reasoning.facts.fact_index import APART, AXIOM, CLOSED, TOGETHER, UNION
from graph.reasoning.many.multitude import Multitudes
from graph.reasoning.provenance import Provenance
from graph.reasoning.sets.support import Graphs
from ontology.namespace import CPEC, ID, ONTOLOGY_GRAPH
from tests.graph import toy
from tests.graph.reclosing import Reclosing

NAMES = (*(f"{ID}x/s{number:02d}" for number in range(12)), ONTOLOGY_GRAPH)
SIZE = 4_000
FOUR = Literal("4")

datasets = st.lists(st.tuples(toy.statements, st.sampled_from(NAMES)), min_size=8, max_size=40).map(
    lambda stated: tuple(
        dict.fromkeys(Quad(s, p, o, NamedNode(name)) for (s, p, o), name in stated)
    )
)
"""More statements than `toy.datasets` has, in more graphs: facts follow in many ways."""


def places(provenance: Provenance) -> list[int]:
    """Return the places of the facts that are said where they hold, by parts of the closure."""
    marks = provenance.union.marks
    found = range(len(marks))
    said = [p for p in found if marks[p] & (UNION | CLOSED | AXIOM | APART) == UNION | CLOSED]
    return [place for place in said if place not in provenance.as_stated]


def check(
    provenance: Provenance, reclosing: Reclosing, chosen: Iterable[int], graphs: Graphs
) -> None:
    """Check that facts hold in some graphs, and that each of the graphs is needed for that."""
    facts = [Quad(*provenance.triple(provenance.union.fact(place))) for place in chosen]
    found = reclosing.store(provenance.graphs(graphs))
    assert all(fact in found for fact in facts)
    for graph in graphs:
        less = reclosing.store(provenance.graphs(graphs - {graph}))
        assert not all(fact in less for fact in facts)


@settings(max_examples=150, deadline=None)
@given(datasets, st.randoms())
def test_all_facts_hold_and_each_graph_is_needed(stated: tuple[Quad, ...], dice: Random) -> None:
    quads = toy.closed(stated)
    provenance, reclosing = Provenance(quads), Reclosing(quads)
    provenance.small = False
    known = places(provenance)
    for size in (2, len(known) // 3, len(known)):
        chosen = dice.sample(known, min(size, len(known)))
        least = Multitudes(provenance).of(chosen).least()
        check(provenance, reclosing, chosen, least)
        ones = Multitudes(provenance).of(chosen).ones()
        assert least in map(frozenset, zip(ones, strict=True)) if ones else len(least) != 1


@settings(max_examples=50, deadline=None)
@given(datasets, st.randoms())
def test_what_is_needed_anyway_and_what_is_no_fact_are_kept(
    stated: tuple[Quad, ...], dice: Random
) -> None:
    quads = toy.closed(stated)
    provenance, reclosing = Provenance(quads), Reclosing(quads)
    provenance.small = False
    known = places(provenance)
    chosen, apart = dice.sample(known, len(known) // 2), dice.sample(known, min(3, len(known)))
    others = [provenance.support_at(place) for place in apart]
    sure = frozenset(dice.sample(range(len(provenance.names)), 1))
    least = Multitudes(provenance).of(chosen, sure, others).least()
    assert sure <= least
    facts = [Quad(*provenance.triple(provenance.union.fact(p))) for p in (*chosen, *apart)]
    for graph in least - sure:
        less = reclosing.store(provenance.graphs(least - {graph}))
        assert not all(fact in less for fact in facts)
    assert all(fact in reclosing.store(provenance.graphs(least)) for fact in facts)


@pytest.fixture(scope="module")
def quads() -> list[Quad]:
    return closed(SIZE)


@pytest.mark.parametrize("size", [70, 700])
def test_so_it_is_in_a_graph_where_facts_follow_in_many_ways(quads: list[Quad], size: int) -> None:
    provenance, reclosing = Provenance(quads), Reclosing(quads)
    marks = provenance.union.marks
    known = [place for place in places(provenance) if marks[place] & TOGETHER]
    known += Random(size).sample(places(provenance), size)  # noqa: S311 - not a secret
    different = sorted(set(known))
    chosen = Random(3).sample(different, min(size, len(different)))  # noqa: S311 - not a secret
    least = Multitudes(provenance).of(chosen).least()
    assert len(least) > 5
    facts = [Quad(*provenance.triple(provenance.union.fact(place))) for place in chosen]
    assert all(fact in reclosing.store(provenance.graphs(least)) for fact in facts)
    for graph in Random(4).sample(sorted(least), min(10, len(least))):  # noqa: S311 - not a secret
        less = reclosing.store(provenance.graphs(least - {graph}))
        assert not all(fact in less for fact in facts)


CHAIN = """
PREFIX : <https://w3id.org/cpec-graph/ontology#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX graph: <https://w3id.org/cpec-graph/graph/>
graph:ontology { :t owl:propertyChainAxiom ( :p :q ) }
"""
MANY = 20_000


def test_where_many_facts_meet_at_one_node_each_graph_is_tried_in_little_time() -> None:
    dice = Random(1)  # noqa: S311 - not a secret
    first, second = NamedNode(CPEC + "p"), NamedNode(CPEC + "q")
    hub, end = NamedNode(ID + "hub"), NamedNode(ID + "end")
    quads = [*parse(CHAIN, RdfFormat.TRIG), Quad(hub, second, end, NamedNode(ID + "x/last"))]
    stating: dict[str, set[str]] = defaultdict(set)
    for name in (f"{ID}x/s{number:04d}" for number in range(MANY // 5)):
        for one in dice.sample(range(MANY), 20):
            stating[f"{ID}n{one}"].add(name)
            quads.append(Quad(NamedNode(f"{ID}n{one}"), first, hub, NamedNode(name)))
    provenance = Provenance(quads)
    chosen = [place for place, marks in enumerate(provenance.union.marks) if marks & TOGETHER]
    start = process_time()
    least = {*provenance.graphs(Multitudes(provenance).of(chosen).least())}
    assert process_time() - start < 2
    left = [names & least for names in stating.values()]
    assert len(chosen) == len(left)
    assert all(left)
    assert least == {ID + "x/last"}.union(*(names for names in left if len(names) == 1))


SYMMETRIC: Final = """
PREFIX : <https://w3id.org/cpec-graph/ontology#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
:p a owl:SymmetricProperty ; owl:inverseOf :q . :q owl:propertyChainAxiom ( :p :p ) .
"""


def test_a_literal_is_not_turned_into_a_subject_on_the_way() -> None:
    given = NamedNode(ONTOLOGY_GRAPH)
    ontology = parse(SYMMETRIC, RdfFormat.TURTLE)
    quads = [Quad(one.subject, one.predicate, one.object, given) for one in ontology]
    a, b, p = NamedNode(ID + "a"), NamedNode(ID + "b"), NamedNode(CPEC + "p")
    stated = Quad(a, p, b), Quad(b, p, FOUR), Quad(a, p, FOUR)
    for name, one in zip(NAMES, stated, strict=False):
        quads.append(Quad(one.subject, one.predicate, one.object, NamedNode(name)))
    reclosing = Reclosing(quads)
    provenance = Provenance([*quads, *reclosing.inferred(quads)])
    least = Multitudes(provenance).of(places(provenance)).least()
    check(provenance, reclosing, places(provenance), least)
    assert len(least) == 3
