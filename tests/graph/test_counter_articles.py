"""Counter-articles: news of this genre, and the triples that no reader would conclude from it.

Each file of counter/ has three graphs: the statements of an article (`:states`), some conclusions
that show the rules at work (`:follows`), and the conclusions that are false (`:never`). Statements
that the article does not assert are written as in the master copy. docs/data-model.md lists the
statements for which the vocabulary has no words.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from graph.curating.annotation import replace_annotations
from graph.curating.master import Inputs, read_master
from graph.dataset import graph_of
from graph.reasoning.kernel import Kernel
from ontology.namespace import EVIDENCE_GRAPH, ID, ONTOLOGY_GRAPH

ARTICLES = sorted(Path(__file__).parent.glob("counter/*.trig"))
ONTOLOGY = [quad for quad in read_master(Inputs()).quads() if graph_of(quad) == ONTOLOGY_GRAPH]

FORMER = """
PREFIX cpec: <https://w3id.org/cpec-graph/ontology#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema: <https://schema.org/>
cpec:hasParty owl:propertyChainAxiom ( cpec:within cpec:hasParty ) .
cpec:facilitatedThrough rdfs:subPropertyOf cpec:within .
cpec:TechnicalSystem rdfs:subClassOf cpec:Area .
cpec:Initiative rdfs:subClassOf schema:Project .
cpec:cooperatesIn owl:propertyChainAxiom ( cpec:partyTo cpec:concernsArea ) .
cpec:jointlyDeploys owl:propertyChainAxiom ( cpec:partyTo cpec:deploys ) .
cpec:sharesGoal owl:propertyChainAxiom ( cpec:partyTo cpec:aimsAt ) .
cpec:intendsCooperationIn owl:propertyChainAxiom ( cpec:partyTo cpec:aimsAlignmentWith ) ,
  ( cpec:partyTo cpec:facilitates cpec:aimsAlignmentWith ) .
cpec:jurisdiction rdfs:range cpec:Country .
cpec:inCountry rdfs:range cpec:Country .
cpec:listedUnder rdfs:subPropertyOf cpec:broader .
cpec:mandateToReview rdfs:subPropertyOf cpec:mandateFor .
cpec:hasPlannedParty rdfs:subPropertyOf cpec:hasParty .
cpec:plansToDeploy rdfs:subPropertyOf cpec:deploys .
cpec:aimsToUse rdfs:subPropertyOf cpec:usesMeans .
"""
"""Axioms that the vocabulary had, true of one article only.

The last five say in new terms what was said in the old ones: that a list is an area, an audit a
task, a plan a deed.
"""


def read(path: Path) -> dict[str, list[Quad]]:
    graphs: dict[str, list[Quad]] = {"states": [], "follows": [], "never": []}
    for quad in replace_annotations(parse(path=path, format=RdfFormat.TRIG)):
        graphs["states" if graph_of(quad) == EVIDENCE_GRAPH else name_of(quad)].append(quad)
    return graphs


def name_of(quad: Quad) -> str:
    return graph_of(quad).rpartition("/")[2]


def false_conclusions(path: Path, ontology: Iterable[Quad]) -> list[str]:
    article = read(path)
    kernel = Kernel([*ontology, *article["states"]])
    known = {quad.triple for quad in (*kernel.inferred_quads(), *article["states"])}
    assert {quad.triple for quad in article["follows"]} <= known
    false = [str(quad.triple) for quad in article["never"] if quad.triple in known]
    return [*false, *(contradiction.message for contradiction in kernel.contradictions())]


def former() -> list[Quad]:
    graph = NamedNode(ONTOLOGY_GRAPH)
    return [
        Quad(quad.subject, quad.predicate, quad.object, graph)
        for quad in parse(FORMER, RdfFormat.TURTLE)
    ]


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_no_reader_would_conclude_it_and_nor_do_the_rules(path: Path) -> None:
    assert false_conclusions(path, ONTOLOGY) == []


def test_there_are_counter_articles_enough_and_each_forbids_something() -> None:
    assert len(ARTICLES) >= 40
    assert all(read(path)["never"] and read(path)["follows"] for path in ARTICLES)
    assert all(graph_of(quad).startswith(ID) for path in ARTICLES for quad in parse(path=path))


@pytest.mark.parametrize(
    "name",
    [
        "aim-far-down",
        "arbitration",
        "audit",
        "audit-and-task",
        "club",
        "condition",
        "department-of-a-province",
        "deployed-system",
        "donation",
        "facilitated-field",
        "facilitator-from-a-third-country",
        "facilitator-of-a-wider-whole",
        "facilitator-that-aims-too",
        "initiative-is-no-organisation",
        "list-of-areas",
        "loan",
        "mandate-for-a-part",
        "means-inside-an-aim",
        "one-of-three-joins-later",
        "part-of-one-country",
        "part-that-others-finance",
        "particularly-named",
        "phase-of-two-programmes",
        "plan-for-a-framework",
        "planned-deployment",
        "planned-party",
        "port-in-a-province",
        "project-with-a-third-country",
        "request",
        "scheme-of-one-country",
        "schemes-of-two-countries",
        "talks-under-a-framework",
        "treaty-in-abeyance",
        "wider-body",
    ],
)
def test_the_rules_of_before_would_have_concluded_it(name: str) -> None:
    path = Path(__file__).parent / "counter" / f"{name}.trig"
    assert false_conclusions(path, [*ONTOLOGY, *former()])
