"""Fingerprints of proofs: they follow the sources of the rows, and never a part of them."""

from __future__ import annotations

from functools import partial

from pyoxigraph import NamedNode, Quad

from graph.citing.answer import CitedAnswer
from graph.citing.citation import cite
from graph.citing.index import EvidenceIndex
from graph.citing.proof_fingerprint import PROOFS, fingerprint_proofs
from graph.dataset import memory_store
from graph.reasoning.kernel import Kernel
from ontology.namespace import ID
from ontology.terms import CPEC
from tests.graph import toy

A, B, C = (NamedNode(f"{ID}{name}") for name in "abc")
P, R = (NamedNode(f"{CPEC}{name}") for name in "pr")
FIRST, SECOND = (NamedNode(name) for name in toy.GRAPHS[:2])
STATED = (Quad(A, P, B, FIRST), Quad(B, R, C, FIRST))
FOLLOWS = "SELECT ?x ?y { ?x cpec:t ?y }"


def fingerprint(text: str, *stated: Quad) -> tuple[str, int, str]:
    """Return hash, rows and reason of the fingerprint of a query on a toy world."""
    quads = [*toy.AXIOMS, *stated]
    kernel = Kernel(quads)
    store = memory_store([*quads, *kernel.inferred_quads()])

    def ask(index: EvidenceIndex) -> CitedAnswer:
        return cite(store, index, text)

    found = fingerprint_proofs(EvidenceIndex(store, kernel), ask)
    return found.hash, found.rows, found.reason


def move(quads: tuple[Quad, ...], graph: NamedNode) -> list[Quad]:
    """Return quads in another graph."""
    return [Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads]


def test_it_changes_with_the_sources_of_an_inference_and_not_with_their_order() -> None:
    ask = partial(fingerprint, FOLLOWS)
    first, rows, _ = ask(*STATED)
    assert rows == 1
    assert ask(*reversed(STATED))[0] == first
    moved, both = ask(*move(STATED, SECOND))[0], ask(*STATED, *move(STATED, SECOND))[0]
    assert len({first, moved, both, ask(STATED[0], *move(STATED[1:], SECOND))[0]}) == 4


def test_a_source_of_something_else_leaves_it_as_it_is() -> None:
    first = fingerprint(FOLLOWS, *STATED)
    assert fingerprint(FOLLOWS, *STATED, Quad(C, R, A, SECOND)) == first


def test_a_boolean_and_a_graph_have_one() -> None:
    true = fingerprint("ASK { ?x cpec:t ?y }", *STATED)
    assert true[1:] == (1, "")
    assert true != fingerprint("ASK { ?x cpec:t ?y }", *move(STATED, SECOND))
    graph = fingerprint("CONSTRUCT { ?x cpec:t ?y } { ?x cpec:t ?y }", *STATED)
    assert graph[1:] == (1, "")


def test_without_all_proofs_there_is_none_and_the_reason_is_told() -> None:
    many = [Quad(A, P, B, NamedNode(f"{ID}x/s{number}")) for number in range(PROOFS + 1)]
    for text, reason in (
        ("SELECT (COUNT(?y) AS ?n) { ?x cpec:p ?y }", "a row that counts"),
        ("SELECT ?x { ?x cpec:p ?y FILTER (RAND() < 2) }", "RAND gives another value"),
        (f"ASK {{ {A} {P} {B} }}", "may have proofs that were not found"),
    ):
        found = fingerprint(text, *many)
        assert (found[0], reason in found[2]) == ("", True)
    assert fingerprint(f"ASK {{ {A} {P} {B} }}", *many[:-1])[1] == 1
