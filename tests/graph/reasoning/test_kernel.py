"""The kernel: the closure of an independent reasoner, after any writes, with minimal supports."""

from collections.abc import Iterator
from functools import cache
from itertools import chain, combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Triple

from graph.dataset import closure_premises, graph_of
from graph.errors import UnfollowedAxiomError
from graph.reasoning.kernel import Kernel
from graph.reasoning.tree import Inference, Statement, Tree, explain, find_fact
from ontology.namespace import INFERRED_GRAPH, ONTOLOGY_GRAPH
from ontology.terms import CPEC, OWL, RDF, RDFS
from tests.graph import toy
from tests.graph.reclosing import Reclosing, closure

ONTOLOGY = NamedNode(ONTOLOGY_GRAPH)


@settings(max_examples=60)
@given(toy.datasets)
def test_the_closure_is_that_of_insert_rules(stated: tuple[Quad, ...]) -> None:
    quads = [*toy.EVERY_AXIOM, *stated]
    kernel = Kernel(quads)
    followed = {*map(kernel.triple, kernel.closure), *map(kernel.triple, kernel.tbox.closure)}
    assert followed == closure(closure_premises(quads))
    assert {*kernel.inferred_quads()} == {*Reclosing(quads).infer(quads)}


@settings(max_examples=60)
@given(toy.datasets, st.lists(toy.datasets, max_size=4), st.data())
def test_writes_lead_where_closing_anew_does(
    stated: tuple[Quad, ...], more: list[tuple[Quad, ...]], data: st.DataObject
) -> None:
    kernel = Kernel([*toy.EVERY_AXIOM, *stated])
    dataset, inferred = {*stated}, {*kernel.inferred_quads()}
    for added in more:
        pool = st.sampled_from(sorted(dataset, key=str)) if dataset else st.nothing()
        removed = data.draw(st.lists(pool, unique=True)) if dataset else []
        change = kernel.write(added, removed)
        dataset = dataset - {*removed} | {*added}
        anew = Kernel([*toy.EVERY_AXIOM, *dataset])
        assert inferred - {*change.removed} | {*change.added} == {*anew.inferred_quads()}
        assert {*change.removed} <= inferred
        inferred = {*anew.inferred_quads()}
        assert {*kernel.inferred_quads()} == inferred
        assert {*kernel.quads()} == {*anew.quads()}
        assert facts(kernel) == facts(anew)
        assert_no_reason_is_circular(kernel)


@settings(max_examples=120)
@given(st.lists(st.tuples(st.sets(st.sampled_from(toy.SINGLE_AXIOMS)), toy.datasets), min_size=2))
def test_writes_of_axioms_lead_where_closing_anew_does(
    versions: list[tuple[set[tuple[Quad, ...]], tuple[Quad, ...]]],
) -> None:
    kernel, before = Kernel(), set[Quad]()
    inferred, contradictions = {*kernel.inferred_quads()}, {*kernel.contradictions()}
    for axioms, stated in versions:
        dataset = {*chain.from_iterable(axioms), *stated}
        change = kernel.write(dataset - before, before - dataset)
        before, anew = dataset, Kernel(dataset)
        assert facts(kernel) == facts(anew)
        assert {*kernel.quads()} == {*anew.quads()}
        assert_no_reason_is_circular(kernel)
        assert {*change.removed} == inferred - {*anew.inferred_quads()}
        assert {*change.added} == {*anew.inferred_quads()} - inferred
        repeated = {*change.contradictions} - ({*anew.contradictions()} - contradictions)
        assert repeated <= contradictions & {*anew.contradictions()}
        assert all(repetition.literal for repetition in repeated)  # of another subject
        assert {*anew.contradictions()} <= contradictions | {*change.contradictions}
        inferred, contradictions = {*anew.inferred_quads()}, {*anew.contradictions()}
        for fact in kernel.closure.why:
            assert kernel.closure.is_in_base(fact) or kernel.closure.rulebook.rules_for(fact)
            assert explain(kernel, kernel.triple(fact)).proofs


def facts(kernel: Kernel) -> dict[object, tuple[str, ...]]:
    """Return all that is in a kernel, with the graphs that state it."""
    everything = {*kernel.closure, *kernel.tbox.closure, *kernel.apart}
    return {kernel.triple(fact): kernel.names(kernel.sources_stating(fact)) for fact in everything}


def assert_no_reason_is_circular(kernel: Kernel) -> None:
    """Assert that every justification leads down to stated or given facts."""
    reached = {*kernel.closure.stated, *kernel.tbox.closure}
    waiting = {f: why for f, why in kernel.closure.why.items() if f not in reached}
    while grown := {f for f, why in waiting.items() if reached.issuperset(why[1:])}:
        reached |= grown
        waiting = {f: why for f, why in waiting.items() if f not in grown}
    assert not waiting


@settings(max_examples=60)
@given(toy.datasets, toy.datasets)
def test_what_a_write_took_out_another_brings_back(
    stated: tuple[Quad, ...], replacements: tuple[Quad, ...]
) -> None:
    kernel = Kernel([*toy.EVERY_AXIOM, *stated])
    before = facts(kernel)
    out = kernel.write(removed=stated, added=(new := [q for q in replacements if q not in stated]))
    back = kernel.write(removed=new, added=stated)
    assert facts(kernel) == before
    assert {*out.added} == {*back.removed}
    assert {*out.removed} == {*back.added}


@settings(max_examples=30)
@given(toy.datasets)
def test_a_support_holds_by_itself_and_needs_each_graph(stated: tuple[Quad, ...]) -> None:
    kernel = Kernel([*toy.EVERY_AXIOM, *stated])
    holding = triples_of_all_sets(stated)
    for fact in {*kernel.closure, *kernel.apart} - {*kernel.tbox.closure}:
        triple = kernel.triple(fact)
        sets = [graphs for graphs, triples in holding.items() if triple in triples]
        everything = {graphs for graphs in sets if not any(other < graphs for other in sets)}
        supports = kernel.supports(fact, 64)
        assert not supports.more
        assert {frozenset(kernel.names(graphs)) for graphs in supports.sets} == everything, triple
        assert [len(graphs) for graphs in supports.sets] == sorted(map(len, everything))


def triples_of_all_sets(stated: tuple[Quad, ...]) -> dict[frozenset[str], set[Triple]]:
    """Return the triples of each set of graphs, closed with the axioms."""
    names = sorted({graph_of(quad) for quad in stated})
    sets = (c for size in range(len(names) + 1) for c in combinations(names, size))
    return {
        frozenset(names): {quad.triple for quad in quads} | closure(closure_premises(quads))
        for names in sets
        for quads in [[*toy.EVERY_AXIOM, *(q for q in stated if graph_of(q) in names)]]
    }


@settings(max_examples=40)
@given(toy.datasets, st.sets(st.sampled_from(toy.GRAPHS)))
def test_the_kernel_of_some_graphs_is_that_of_their_quads(
    stated: tuple[Quad, ...], names: set[str]
) -> None:
    kernel = Kernel([*toy.EVERY_AXIOM, *stated])
    graphs = frozenset(n for name in names if (n := kernel.graph(name)) in kernel.by_graph)
    part = kernel.restrict_to_graphs(graphs)
    anew = Kernel([*toy.EVERY_AXIOM, *(q for q in stated if graph_of(q) in names)])
    assert {*part.quads()} == {*anew.quads()}
    search, closed = kernel.search, frozenset(filter(kernel.takes_part, graphs))
    for fact in kernel.closure:
        assert search.holds(fact, closed) == (fact in part.closure)
    without = {graph: kernel.restrict_to_graphs(closed - {graph}).closure for graph in closed}
    for fact in part.closure:
        needed = frozenset(graph for graph, rest in without.items() if fact not in rest)
        assert search.find_needed(fact, closed) == needed


def test_a_new_axiom_is_followed_at_once_and_an_old_one_no_more() -> None:
    p, q, a, b = toy.PREDICATES[3], NamedNode(CPEC + "w"), *toy.THINGS[:2]
    stated = Quad(a, p, b, NamedNode(toy.GRAPHS[0]))
    axiom = Quad(p, NamedNode(RDFS + "subPropertyOf"), q, ONTOLOGY)
    kernel = Kernel([*toy.EVERY_AXIOM, stated])
    added = kernel.write([axiom]).added
    assert Quad(a, q, b, NamedNode(INFERRED_GRAPH)) in added
    assert kernel.write(removed=[axiom]).removed == added
    assert {*kernel.quads()} == {*Kernel([*toy.EVERY_AXIOM, stated]).quads()}


def test_a_label_of_a_term_is_written_without_closing_all_again() -> None:
    p, a, b = toy.PREDICATES[0], *toy.THINGS[:2]
    kernel = Kernel([*toy.AXIOMS, Quad(a, p, b, NamedNode(toy.GRAPHS[0]))])
    closed = kernel.closure
    label = Quad(p, NamedNode(RDFS + "label"), Literal("p", language="en"), ONTOLOGY)
    fact = Quad(b, p, a, NamedNode(toy.GRAPHS[1]))
    change = kernel.write([label, fact])
    assert kernel.closure is closed
    assert {*change.added} <= {*kernel.inferred_quads()}
    everything = [*toy.AXIOMS, Quad(a, p, b, NamedNode(toy.GRAPHS[0])), label, fact]
    assert {*kernel.quads()} == {*Kernel(everything).quads()}
    kernel.write(removed=[label])
    assert {*kernel.quads()} == {*Kernel(q for q in everything if q != label).quads()}


@pytest.mark.parametrize(
    ("predicate", "value"),
    [
        (OWL + "hasKey", CPEC + "A"),
        (OWL + "sameAs", CPEC + "B"),
        (OWL + "propertyChainAxiom", CPEC + "A"),
        (RDF + "type", OWL + "ReflexiveProperty"),
    ],
)
def test_an_axiom_that_no_rule_follows_is_refused_by_name(predicate: str, value: str) -> None:
    axiom = Quad(NamedNode(CPEC + "p"), NamedNode(predicate), NamedNode(value), ONTOLOGY)
    with pytest.raises(UnfollowedAxiomError, match=r"cpec:p .* (cpec|owl):"):
        Kernel([*toy.EVERY_AXIOM, axiom])
    kernel = Kernel(toy.EVERY_AXIOM)
    before = {*kernel.quads()}
    with pytest.raises(UnfollowedAxiomError):
        kernel.write([axiom])
    assert {*kernel.quads()} == before


@settings(max_examples=15)
@given(toy.datasets)
def test_a_proof_is_a_tree_from_its_graphs(stated: tuple[Quad, ...]) -> None:
    kernel = Kernel([*toy.EVERY_AXIOM, *stated])
    for fact in {*kernel.closure, *kernel.apart, *kernel.tbox.closure}:
        explanation = explain(kernel, kernel.triple(fact))
        assert explanation.proofs
        for proof in explanation.proofs:
            assert {*leaves(proof.tree)} - {ONTOLOGY_GRAPH} <= {*proof.graphs}
            assert_inferences_are_right(proof.tree)


def leaves(tree: Tree) -> Iterator[str]:
    """Yield the graphs of the statements of a tree, one of each."""
    if isinstance(tree, Statement):
        assert tree.graphs
        yield tree.graphs[0]
    else:
        for premise in tree.premises:
            yield from leaves(premise)


def assert_inferences_are_right(tree: Tree) -> None:
    """Assert that each inference of a tree follows from its premises."""
    if isinstance(tree, Inference):
        assert_follows(tree.triple, frozenset(premise.triple for premise in tree.premises))
        for premise in tree.premises:
            assert_inferences_are_right(premise)


@cache
def assert_follows(triple: Triple, premises: frozenset[Triple]) -> None:
    """Assert that premises entail a triple by the axioms; proofs share many inferences."""
    assert find_fact(Kernel([*toy.EVERY_AXIOM, *map(as_quad, premises)]), triple)


def as_quad(triple: Triple) -> Quad:
    """Return a triple as the statement of a sentence."""
    return Quad(triple.subject, triple.predicate, triple.object, NamedNode(toy.GRAPHS[0]))
