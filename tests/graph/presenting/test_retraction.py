"""The lines that are lost without some sources, each with its reason."""

import json
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from graph.citing.index import EvidenceIndex
from graph.dataset import memory_store
from graph.excluding.exclusion import Exclusion
from graph.presenting.view import write_view
from graph.reasoning.kernel import Kernel
from ontology.namespace import EVIDENCE, ID
from ontology.terms import CPEC, OA, RDF, SCHEMA

X, F, Z = (NamedNode(ID + name) for name in ("Xland", "Framework_F", "Area_Z"))
PARTY = X, NamedNode(CPEC + "jointPartyTo"), F
CONCERNS = F, NamedNode(CPEC + "concernsArea"), Z
STATED = {1: (PARTY, CONCERNS), 2: (PARTY,), 3: ((X, NamedNode(CPEC + "partyTo"), Z),)}


def sentence(number: int) -> NamedNode:
    return NamedNode(f"{ID}art/s{number:02d}")


@pytest.fixture(scope="module")
def graph(shipped_quads: list[Quad]) -> tuple[Store, EvidenceIndex]:
    """The shipped graph with an article of three sentences."""
    quads = list(shipped_quads)
    terms = {"a": RDF + "type", "of": OA + "hasSource"}
    for number, stated in STATED.items():
        node = sentence(number)
        quads += [Quad(*triple, node) for triple in stated]
        quads += [
            Quad(node, NamedNode(terms["a"]), CPEC.SENTENCE, EVIDENCE),
            Quad(node, NamedNode(terms["of"]), NamedNode(ID + "art"), EVIDENCE),
            Quad(node, SCHEMA.POSITION, Literal(str(number)), EVIDENCE),
        ]
    kernel = Kernel(quads)
    store = memory_store([*quads, *kernel.inferred_quads()])
    return store, EvidenceIndex(store, kernel)


def find_reasons(
    graph: tuple[Store, EvidenceIndex], this: str, *excluded: int
) -> dict[str, list[str]]:
    """Return the reasons of the lost lines on the page of a thing, by their first objects."""
    exclusion = Exclusion(tuple(sentence(number).value for number in excluded))
    view: dict[str, Any] = json.loads(write_view(*graph, "retraction", this, 1, exclusion))
    lines = [line for group in view["groups"] for line in group["stated"] + group["inferred"]]
    return {line["objects"][0]["name"]["text"]: line["because"] for line in lines}


def test_the_premise_that_is_named_is_one_that_is_lost(graph: tuple[Store, EvidenceIndex]) -> None:
    reasons = find_reasons(graph, X.value, 1)
    assert list(reasons) == ["Area Z"]
    assert reasons["Area Z"] == ["only sentence 1 said “Framework F concerns Area Z”"]


def test_all_who_said_it_are_named(graph: tuple[Store, EvidenceIndex]) -> None:
    assert find_reasons(graph, X.value, 1, 2) == {
        "Framework F": ["only sentence 1 and sentence 2 said so"],
        "Area Z": [
            "only sentence 1 and sentence 2 said “Xland is a joint party to Framework F”",
            "only sentence 1 said “Framework F concerns Area Z”",
        ],
    }


def test_nothing_falls_that_another_says(graph: tuple[Store, EvidenceIndex]) -> None:
    assert find_reasons(graph, X.value, 2) == {}
    assert find_reasons(graph, ID + "Pakistan", 1, 2, 3) == {}
