"""Fingerprints of proofs: they follow the sources of the rows, and never a part of them."""

from __future__ import annotations

from functools import partial

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from graph.citing.answer import CitedAnswer
from graph.citing.citation import cite
from graph.citing.index import EvidenceIndex
from graph.citing.proof_fingerprint import PROOFS, fingerprint_proofs
from graph.dataset import memory_store
from graph.reasoning.kernel import Kernel
from graph.reasoning.thresholds import THRESHOLDS
from ontology.namespace import EDITORIAL, ID
from ontology.terms import CPEC, RDFS
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


@pytest.mark.parametrize(
    "text",
    [
        "SELECT (COUNT(*) AS ?n) { ?x cpec:p ?y }",
        "SELECT ?x { ?x cpec:p ?y MINUS { ?y cpec:r ?z FILTER NOT EXISTS { ?z ?q ?x } } }",
        "SELECT ?x ?z { ?x cpec:p ?y OPTIONAL { ?y cpec:r ?z FILTER EXISTS { ?z ?q ?x } } }",
        "SELECT ?x { ?x cpec:p+ ?y }",
        "SELECT ?x { SELECT ?x (COUNT(?y) AS ?n) { ?x cpec:p ?y } GROUP BY ?x }",
    ],
)
def test_what_counts_or_depends_on_an_absence_has_that_of_the_statements_it_matches(
    text: str,
) -> None:
    one, other = Quad(A, P, B, FIRST), Quad(A, P, B, SECOND)
    prints = [fingerprint(text, *quads) for quads in ((one,), (other,), (one, other), (other, one))]
    assert {reason for _, _, reason in prints} == {""}
    assert len({own for own, _, _ in prints}) == 3
    assert prints[2] == prints[3]
    assert fingerprint(text, one, Quad(C, R, A, SECOND)) == prints[0]


def test_a_better_name_is_no_other_source() -> None:
    text = "SELECT (COUNT(?name) AS ?n) { ?x cpec:p ?y ; rdfs:label ?name }"
    names = [Quad(A, RDFS.LABEL, Literal(name), EDITORIAL) for name in ("a", "b")]
    assert len({fingerprint(text, *STATED, name) for name in names}) == 1


def test_a_path_has_that_of_its_first_shortest_way() -> None:
    text, middle = f"ASK {{ {A} cpec:p+ {C} }}", [NamedNode(f"{ID}m/s0{n}") for n in range(6)]
    ways = [quad for m in middle for quad in (Quad(A, P, m, m), Quad(m, P, C, m))]
    assert len({fingerprint(text, *ways), fingerprint(text, *reversed(ways))}) == 1
    assert fingerprint(text, *ways[2:]) != fingerprint(text, *ways)
    assert fingerprint(text, *ways[:-2]) == fingerprint(text, *ways)


def test_a_row_has_none_of_which_not_all_is_traced() -> None:
    many = [Quad(A, P, NamedNode(f"{ID}{n}"), FIRST) for n in range(2 * THRESHOLDS.solutions + 1)]
    for text, reason in (
        ("SELECT ?x { ?x cpec:p ?y FILTER (RAND() < 2) }", "RAND gives another value"),
        ("SELECT DISTINCT ?x { ?x cpec:p ?y }", "may have proofs that were not found"),
        ("SELECT ?x { { SELECT DISTINCT ?x { ?x cpec:p ?y } } }", "may have proofs that were not"),
    ):
        found = fingerprint(text, *many)
        assert (found[0], reason in found[2]) == ("", True)
        assert fingerprint(text.replace("RAND()", "1"), *many[:-1])[1] >= 1


def test_a_triple_of_many_sources_has_all_of_them() -> None:
    many = [Quad(A, P, B, NamedNode(f"{ID}x/s{number}")) for number in range(2 * PROOFS + 2)]
    whole, less = (fingerprint(f"ASK {{ {A} {P} {B} }}", *own) for own in (many, many[:-1]))
    assert (whole[1:], less[1:]) == ((1, ""), (1, ""))
    assert whole != less
