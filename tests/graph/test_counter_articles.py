"""Counter-articles: news of this genre, and the triples that no reader would conclude from it.

Each file of counter/ has three graphs: the statements of an article (`:states`), some conclusions
that show the rules at work (`:follows`), and the conclusions that are false (`:never`). Some have a
fourth, `:until`: conclusions that follow and hold no more, because an undertaking has ended, was
suspended or cancelled. The rules are monotone, so the proof says so. Statements that the article
does not assert are written as in the master copy. docs/data-model.md lists the statements for which
the vocabulary has no words.
"""

from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from graph.curating.annotation import replace_annotations
from graph.curating.master import Inputs, read_master
from graph.dataset import graph_of
from graph.reasoning.kernel import Kernel
from ontology.namespace import EVIDENCE_GRAPH, HEAD, ID, ONTOLOGY_GRAPH

ARTICLES = sorted(Path(__file__).parent.glob("counter/*.trig"))

FORMER = """
cpec:hasParty owl:propertyChainAxiom ( cpec:within cpec:hasParty ) .
cpec:facilitatedThrough rdfs:subPropertyOf cpec:within .
cpec:TechnicalSystem rdfs:subClassOf cpec:Area .
cpec:Initiative rdfs:subClassOf schema:Project .
cpec:cooperatesIn owl:propertyChainAxiom ( cpec:partyTo cpec:concernsArea ) .
cpec:jointlyDeploys owl:propertyChainAxiom ( cpec:partyTo cpec:deploys ) .
cpec:sharesGoal owl:propertyChainAxiom ( cpec:partyTo cpec:aimsAt ) .
cpec:intendsCooperationIn owl:propertyChainAxiom ( cpec:partyTo cpec:aimsAlignmentWith ) ,
  ( cpec:partyTo cpec:facilitates cpec:aimsAlignmentWith ) ,
  ( cpec:jointPartyTo cpec:facilitates cpec:aimsAlignmentWith ) .
cpec:facilitatedThrough owl:inverseOf cpec:facilitates .
cpec:jurisdiction rdfs:range cpec:Country .
cpec:inCountry rdfs:range cpec:Country .
cpec:listedUnder rdfs:subPropertyOf cpec:broader .
schema:about rdfs:subPropertyOf cpec:mandateFor , cpec:concernsArea .
cpec:hasPlannedParty rdfs:subPropertyOf cpec:hasParty .
cpec:hasPlannedJointParty rdfs:subPropertyOf cpec:hasJointParty .
cpec:plansToProvide rdfs:subPropertyOf cpec:provides .
cpec:aimsToUse rdfs:subPropertyOf cpec:usesMeans .
cpec:plannedUnder rdfs:subPropertyOf cpec:under .
cpec:takesPartIn rdfs:subPropertyOf cpec:partyTo .
cpec:derivedFrom rdfs:domain cpec:NewsArticle .
cpec:usesMeans rdfs:domain cpec:Undertaking .
cpec:supports rdfs:range cpec:Topic .
cpec:donor rdfs:domain cpec:Undertaking .
"""
"""Axioms that the vocabulary had, true of one article only.

Some say in new terms what was said in the old ones: that a list is an area, an audit a task, the
subject of an inquiry a field of cooperation, a plan a deed.
"""


def read_ontology() -> list[Quad]:
    return [quad for quad in read_master(Inputs()).quads() if graph_of(quad) == ONTOLOGY_GRAPH]


@pytest.fixture(scope="module")
def kernel() -> Kernel:
    """The kernel of the vocabulary, into which a test writes one article after another."""
    return Kernel(read_ontology())


def read(path: Path) -> dict[str, list[Quad]]:
    graphs: dict[str, list[Quad]] = {"states": [], "follows": [], "until": [], "never": []}
    for quad in replace_annotations(parse(path=path, format=RdfFormat.TRIG)):
        graphs["states" if graph_of(quad) == EVIDENCE_GRAPH else name_of(quad)].append(quad)
    return graphs


def name_of(quad: Quad) -> str:
    return graph_of(quad).rpartition("/")[2]


def false_conclusions(path: Path, kernel: Kernel) -> list[str]:
    article = read(path)
    kernel.write(article["states"])
    known = {quad.triple for quad in (*kernel.inferred_quads(), *article["states"])}
    messages = [contradiction.message for contradiction in kernel.contradictions()]
    kernel.write(removed=article["states"])
    assert {quad.triple for name in ("follows", "until") for quad in article[name]} <= known
    return [*(str(quad.triple) for quad in article["never"] if quad.triple in known), *messages]


def former_axioms() -> list[Quad]:
    graph = NamedNode(ONTOLOGY_GRAPH)
    return [
        Quad(quad.subject, quad.predicate, quad.object, graph)
        for quad in parse(HEAD + FORMER, RdfFormat.TURTLE)
    ]


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_no_reader_would_conclude_it_and_nor_do_the_rules(kernel: Kernel, path: Path) -> None:
    assert false_conclusions(path, kernel) == []


def test_there_are_counter_articles_enough_and_each_forbids_something() -> None:
    assert len(ARTICLES) >= 80
    assert all(read(path)["never"] and read(path)["follows"] for path in ARTICLES)
    assert all(graph_of(quad).startswith(ID) for path in ARTICLES for quad in parse(path=path))


@pytest.mark.long
def test_the_rules_of_before_would_have_concluded_the_false_of_half_of_them() -> None:
    former = Kernel([*read_ontology(), *former_axioms()])
    assert sum(bool(false_conclusions(path, former)) for path in ARTICLES) >= 43
