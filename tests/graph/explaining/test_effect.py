"""The effect of claims: what is new, corroborated, contested, inferred or lost with them."""

from collections.abc import Iterable

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse

from graph.curating.annotation import replace_annotations
from graph.curating.master import Inputs, read_master
from graph.explaining.effect import ClosedGraph, compare_rows, find_effect
from ontology.namespace import HEAD, ID
from ontology.terms import CPEC
from queries.catalogue import catalogue
from tests.first_article import copy_first_article


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> ClosedGraph:
    """The first article, closed."""
    data = copy_first_article(tmp_path_factory.mktemp("first"))
    return ClosedGraph(read_master(Inputs(data)).quads())


def read_claims(*claims: str) -> list[Quad]:
    """Return the quads of claims of one sentence of another article."""
    head = (
        "GRAPH graph:evidence { id:next dcterms:publisher id:Courier ; "
        'dcterms:date "2026-06-01"^^xsd:date . <s01> a cpec:Sentence ; oa:hasSource id:next }\n'
    )
    body = "".join(
        f'{claim} ~ <s01#{number}> {{| cpec:anchor "Both" |}} .\n'
        for number, claim in enumerate(claims)
    )
    text = f"{HEAD}{head}GRAPH <s01> {{ {body} }}"
    return [*replace_annotations(parse(text, RdfFormat.TRIG, base_iri=f"{ID}next/"))]


def names(triples: Iterable[Triple]) -> set[tuple[str, ...]]:
    """Return triples by the local names of their terms."""
    return {
        tuple(str(term).strip("<>").removeprefix(ID).removeprefix(CPEC) for term in triple)
        for triple in triples
    }


def test_a_claim_that_nobody_made_is_new_and_implies_more(graph: ClosedGraph) -> None:
    effect = find_effect(graph, graph.change(read_claims("id:CPEC cpec:concernsArea id:Mining")))
    assert names(effect.new) == {("CPEC", "concernsArea", "Mining")}
    assert ("CPEC", "concernsArea", "Mining") not in names(effect.inferred)
    assert [*effect.new.values()] == [(f"{ID}next/s01",)]
    assert not effect.corroborated
    assert not effect.lost


def test_what_another_article_states_is_corroborated_with_both_sentences(
    graph: ClosedGraph,
) -> None:
    triple, stated = next(
        (own, graphs)
        for own, graphs in graph.sources.items()
        if own.predicate.value == f"{CPEC}aimsAt"
    )
    effect = find_effect(graph, graph.change(read_claims(str(triple))))
    assert [(own.triple, own.sources) for own in effect.corroborated] == [
        (triple, (f"{ID}next/s01",))
    ]
    assert set(effect.corroborated[0].others) == stated
    assert not effect.new


def test_an_article_does_not_corroborate_itself(graph: ClosedGraph) -> None:
    claims = read_claims("id:CPEC cpec:concernsArea id:Mining")
    again = [
        Quad(quad.subject, quad.predicate, quad.object, NamedNode(f"{ID}next/s02"))
        for quad in claims
        if quad.graph_name == NamedNode(f"{ID}next/s01")
    ]
    before = graph.change(claims)
    effect = find_effect(before, before.change(again))
    assert not effect.corroborated
    assert not effect.new


def test_what_follows_names_its_sources_and_falls_with_them(graph: ClosedGraph) -> None:
    with_claim = graph.change(read_claims("id:AI_Framework cpec:concernsArea id:Mining"))
    effect = find_effect(graph, with_claim)
    assert ("Pakistan", "cooperatesIn", "Mining") in names(effect.inferred)
    assert all(f"{ID}next/s01" in sources for sources in effect.inferred.values())
    lost = find_effect(with_claim, graph).lost
    assert set(lost) == {*effect.new, *effect.inferred}


def test_another_day_of_the_same_is_contested_and_rows_change(graph: ClosedGraph) -> None:
    triple = next(own for own in graph.sources if own.predicate.value == f"{CPEC}place")
    other = graph.change(read_claims(f"{triple.subject} cpec:place id:Beijing"))
    effect = find_effect(graph, other)
    (contest,) = effect.contested
    assert {contest.value, contest.other_value} == {triple.object, NamedNode(f"{ID}Beijing")}
    assert {contest.source, contest.other_source} >= {NamedNode(f"{ID}next/s01")}
    changes = compare_rows(graph.store, other.store, catalogue().values())
    columns, came, went = changes["contested"]
    assert (columns[0], len(came), len(went)) == ("subject", 1, 0)
    assert "tasks" not in changes


def test_a_claim_against_the_vocabulary_contradicts(graph: ClosedGraph) -> None:
    effect = find_effect(graph, graph.change(read_claims("id:Pakistan a cpec:Person")))
    assert "id:Pakistan" in effect.contradictions[0].message
