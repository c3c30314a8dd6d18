"""Counter-articles: news of this genre, and the triples that no reader would conclude from it.

Each file of counter/ has a graph of what an article `:states`, of what `:follows`, so that the
rules are seen at work, and of what may `:never` follow. What the vocabulary cannot say is listed
in docs/data-model.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from graph.curating.master import Inputs, read_master
from graph.dataset import graph_of
from graph.reasoning.kernel import Kernel
from ontology.namespace import ID, ONTOLOGY_GRAPH

ARTICLES = sorted(Path(__file__).parent.glob("counter/*.trig"))
ONTOLOGY = [one for one in read_master(Inputs()).quads() if graph_of(one) == ONTOLOGY_GRAPH]

FORMER = """
PREFIX cpec: <https://w3id.org/cpec-graph/ontology#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema: <https://schema.org/>
cpec:hasParty owl:propertyChainAxiom ( cpec:within cpec:hasParty ) .
cpec:facilitatedThrough rdfs:subPropertyOf cpec:within .
cpec:TechnicalSystem rdfs:subClassOf cpec:Area .
cpec:Initiative rdfs:subClassOf schema:Project .
"""
"""Axioms that the vocabulary had, true of one article only."""


def read(path: Path) -> dict[str, list[Quad]]:
    graphs: dict[str, list[Quad]] = {"states": [], "follows": [], "never": []}
    for quad in parse(path=path, format=RdfFormat.TRIG):
        graphs[graph_of(quad).rpartition("/")[2]].append(quad)
    return graphs


def false_conclusions(path: Path, ontology: Iterable[Quad]) -> list[str]:
    article = read(path)
    kernel = Kernel([*ontology, *article["states"]])
    known = {quad.triple for quad in (*kernel.inferred(), *article["states"])}
    assert {quad.triple for quad in article["follows"]} <= known
    false = [str(quad.triple) for quad in article["never"] if quad.triple in known]
    return [*false, *(one.message for one in kernel.contradictions())]


def former() -> list[Quad]:
    graph = NamedNode(ONTOLOGY_GRAPH)
    return [
        Quad(one.subject, one.predicate, one.object, graph)
        for one in parse(FORMER, RdfFormat.TURTLE)
    ]


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_no_reader_would_conclude_it_and_nor_do_the_rules(path: Path) -> None:
    assert false_conclusions(path, ONTOLOGY) == []


def test_there_are_counter_articles_enough_and_each_forbids_something() -> None:
    assert len(ARTICLES) >= 20
    assert all(read(path)["never"] and read(path)["follows"] for path in ARTICLES)
    assert all(graph_of(quad).startswith(ID) for path in ARTICLES for quad in parse(path=path))


@pytest.mark.parametrize(
    "name",
    [
        "aim-far-down",
        "deployed-system",
        "facilitated-field",
        "facilitator-from-a-third-country",
        "facilitator-of-a-wider-whole",
        "initiative-is-no-organisation",
        "part-of-one-country",
        "part-that-others-finance",
        "phase-of-two-programmes",
        "project-with-a-third-country",
        "talks-under-a-framework",
        "wider-body",
    ],
)
def test_the_rules_of_before_would_have_concluded_it(name: str) -> None:
    path = Path(__file__).parent / "counter" / f"{name}.trig"
    assert false_conclusions(path, [*ONTOLOGY, *former()])
