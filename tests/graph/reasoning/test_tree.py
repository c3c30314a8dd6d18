"""A proof leads from statements to the triple, and says which graphs it needs."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from pyoxigraph import Literal, NamedNode, Quad, Triple

from graph.errors import NotInGraphError
from graph.reasoning.kernel import Kernel
from graph.reasoning.thresholds import THRESHOLDS
from graph.reasoning.tree import Inference, Statement, Tree, explain
from ontology.namespace import ID, INFERRED_GRAPH, ONTOLOGY_GRAPH, shorten_triple
from tests.graph import toy
from tests.graph.reclosing import Reclosing

A, B, C, D = toy.THINGS
P, Q, R = toy.PREDICATES[:3]


def state(*facts: tuple[str, NamedNode, NamedNode, NamedNode]) -> tuple[Quad, ...]:
    """Return statements, each with the number of its sentence first."""
    return tuple(Quad(s, p, o, NamedNode(f"{ID}x/{name}")) for name, s, p, o in facts)


def leaves(tree: Tree) -> list[Statement]:
    """Return the statements at the ends of a proof tree."""
    if isinstance(tree, Statement):
        return [tree]
    return [leaf for premise in tree.premises for leaf in leaves(premise)]


@settings(max_examples=25)
@given(toy.datasets)
def test_the_leaves_of_a_proof_are_stated_by_its_graphs_and_need_them_all(
    dataset: tuple[Quad, ...],
) -> None:
    kernel = Kernel(toy.close(dataset))
    for fact in kernel.closure:
        explanation = explain(kernel, kernel.triple(fact))
        assert 1 <= len(explanation.proofs) <= THRESHOLDS.proofs
        for proof in explanation.proofs:
            cited = {graph for leaf in leaves(proof.tree) for graph in leaf.graphs}
            assert INFERRED_GRAPH not in cited
            assert cited - {ONTOLOGY_GRAPH} == set(proof.graphs)


def test_a_chain_of_inferences_is_followed_to_its_sentences() -> None:
    dataset = state(("s01", A, P, B), ("s02", B, Q, C))
    explanation = explain(Kernel(toy.close(dataset)), Triple(A, Q, C))
    (proof,) = explanation.proofs
    assert explanation.stated == ()
    assert proof.graphs == (ID + "x/s01", ID + "x/s02")
    assert isinstance(proof.tree, Inference)
    assert proof.tree.rule.name == "prp-trp"
    lower, upper = proof.tree.premises
    assert isinstance(lower, Inference)
    assert lower.rule.axiom == (P, Q)
    assert upper == Statement(Triple(B, Q, C), (ID + "x/s02",))


def chain(length: int) -> tuple[Quad, ...]:
    """Return statements of a transitive property, each in a sentence of its own."""
    things = [NamedNode(f"{ID}c{number}") for number in range(length + 1)]
    links = pairwise(things)
    return state(*((f"s{number:03}", a, Q, b) for number, (a, b) in enumerate(links)))


def test_a_chain_past_all_thresholds_has_a_proof_of_all_its_sentences() -> None:
    links = chain(80)
    kernel = Kernel([*toy.AXIOMS, *links])
    (proof,) = explain(kernel, Triple(links[0].subject, Q, links[-1].object)).proofs
    assert len(proof.graphs) == 80
    assert not proof.minimal
    assert {leaf.triple for leaf in leaves(proof.tree)} == {quad.triple for quad in links}


def test_one_step_stands_for_what_is_below_the_levels_that_are_shown() -> None:
    links = chain(80)
    kernel = Kernel([*toy.AXIOMS, links[0]])
    for link in links[1:]:
        kernel.write([link])
    (proof,) = explain(kernel, Triple(links[0].subject, Q, links[-1].object)).proofs
    step, levels = proof.tree, 0
    while isinstance(step, Inference) and step.rule.name != "several-steps":
        step, levels = max(step.premises, key=lambda premise: len(leaves(premise))), levels + 1
    assert levels == THRESHOLDS.tree_levels
    assert isinstance(step, Inference)
    assert {leaf.triple for leaf in leaves(step)} == {quad.triple for quad in links[:-levels]}


def test_a_statement_that_also_follows_has_both_proofs_the_smaller_first() -> None:
    dataset = state(("s01", A, Q, B), ("s02", B, Q, C), ("s03", A, Q, C))
    explanation = explain(Kernel(toy.close(dataset)), Triple(A, Q, C))
    assert explanation.stated == (ID + "x/s03",)
    graphs = [[name[-3:] for name in proof.graphs] for proof in explanation.proofs]
    assert graphs == [["s03"], ["s01", "s02"]]
    assert not explanation.more


def test_what_only_supports_itself_is_not_supported() -> None:
    inferred = Quad(A, R, B, NamedNode(INFERRED_GRAPH))
    back = Quad(B, R, A, NamedNode(INFERRED_GRAPH))
    with pytest.raises(NotInGraphError):
        explain(Kernel((*toy.AXIOMS, inferred, back)), inferred.triple)


def test_of_many_proofs_four_are_shown() -> None:
    dataset = state(*((f"s0{number}", A, P, B) for number in range(6)))
    explanation = explain(Kernel(toy.close(dataset)), Triple(A, Q, B))
    assert len(explanation.proofs) == THRESHOLDS.proofs
    assert explanation.more


def test_an_axiom_needs_no_graph_but_the_ontology() -> None:
    explanation = explain(Kernel(toy.close(())), toy.AXIOMS[0].triple)
    assert explanation.stated == (ONTOLOGY_GRAPH,)
    assert [proof.graphs for proof in explanation.proofs] == [()]


def test_a_triple_that_does_not_hold_is_answered_with_those_that_are_near() -> None:
    kernel = Kernel(toy.close(state(("s01", A, Q, C), ("s01", A, Q, B))))
    with pytest.raises(NotInGraphError, match="not in the graph") as caught:
        explain(kernel, Triple(A, Q, D))
    assert caught.value.nearest == [
        shorten_triple(Triple(A, Q, B)),
        shorten_triple(Triple(A, Q, C)),
    ]
    for unknown in (Triple(A, Q, Literal("x")), Triple(NamedNode("http://x.example/"), Q, A)):
        with pytest.raises(NotInGraphError):
            explain(kernel, unknown)
    with pytest.raises(NotInGraphError):
        explain(kernel, Triple(A, Q, Triple(A, Q, B)))


@pytest.mark.long
def test_a_proof_of_the_shipped_graph_holds_its_triple_and_needs_all_its_graphs(
    shipped_quads: list[Quad],
) -> None:
    kernel, reclosing = Kernel(shipped_quads), Reclosing(shipped_quads)
    for inferred in [*kernel.inferred_quads()][::12]:
        quad = Quad(inferred.subject, inferred.predicate, inferred.object)
        fact = kernel.fact(*inferred.triple)
        assert fact
        for graphs in kernel.supports(fact, THRESHOLDS.proofs).sets:
            names = set(kernel.names(graphs))
            assert quad in reclosing.store(names)
            assert not any(quad in reclosing.store(names - {name}) for name in names)
