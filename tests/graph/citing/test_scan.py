"""What a single pattern matches is the same whether the index or the store is asked."""

from __future__ import annotations

from collections import Counter
from typing import Final

import pytest
from hypothesis import given, settings
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Store, Triple, Variable

from bench.graph import closed
from graph.citing.citation import EvidenceIndex, cite
from graph.citing.following.aggregate import MOST_NAMED
from graph.citing.following.scan import GraphScan, Scan
from graph.citing.following.solution import Numbering
from graph.dataset import memory_store, with_union
from graph.evaluation import results
from graph.sparql.parser import parse_query
from graph.sparql.prologue import DatasetClause
from graph.sparql.syntax import Group, Select
from ontology.namespace import EVIDENCE_GRAPH, ID, INFERRED_GRAPH, RDF_TYPE
from tests.graph import toy

SIZE = 3_000
PLACE = Variable("place")

SCANNED = [
    "?s ?p ?o",
    "?s cpec:cooperatesIn ?o",
    "id:Country_0 ?p ?o",
    "id:Country_0 cpec:cooperatesIn ?o",
    "?s cpec:cooperatesIn id:Area_0",
    "?s ?p id:Area_0",
    "id:Country_0 cpec:cooperatesIn id:Area_0",
    "id:Country_0 cpec:unheardOf ?o",
    "?s rdfs:label ?o",
    "id:Nobody ?p ?o",
    "VALUES ?p { cpec:cooperatesIn rdf:type cpec:unheardOf } ?s ?p ?o",
    "VALUES ?p { cpec:cooperatesIn rdf:type } id:Country_0 ?p ?o",
]
NOT_SCANNED = [
    "?s ?p ?s",
    "?s ?s ?o",
    "?s rdfs:label 'Area 0'@en",
    "?s cpec:broader+ ?o",
    "?s ^cpec:cooperatesIn ?o",
    "_:b cpec:cooperatesIn ?o",
    "?s ?p ?o FILTER(?o != id:Area_0)",
    "?s cpec:cooperatesIn ?o . ?o cpec:broader ?b",
    "GRAPH ?g { ?s cpec:cooperatesIn ?o }",
    "VALUES ?p { cpec:cooperatesIn cpec:cooperatesIn } ?s ?p ?o",
    "VALUES ?p { cpec:cooperatesIn UNDEF } ?s ?p ?o",
    "VALUES ?p { cpec:cooperatesIn 'cooperatesIn' } ?s ?p ?o",
    "VALUES ?s { id:Country_0 } ?s cpec:cooperatesIn ?o",
    "VALUES (?s ?p) { (id:Country_0 cpec:cooperatesIn) } ?s ?p ?o",
    "?s ?p ?o BIND(?o AS ?q)",
]


IN_GRAPHS = [
    "GRAPH ?g { ?s ?p ?o }",
    "GRAPH ?g { ?s cpec:cooperatesIn ?o }",
    "GRAPH ?g { id:Country_0 ?p ?o }",
    "GRAPH ?g { ?s rdfs:label ?o }",
    "GRAPH ?g { ?s rdfs:subPropertyOf ?o }",
    "GRAPH ?g { VALUES ?p { cpec:cooperatesIn rdf:type } ?s ?p ?o }",
    "GRAPH ?g { id:Country_0 cpec:cooperatesIn id:Area_0 }",
]
NOT_IN_GRAPHS = [
    "?s ?p ?o",
    "GRAPH ?g { ?g ?p ?o }",
    "GRAPH graph:editorial { ?s ?p ?o }",
    "GRAPH ?g { ?s cpec:cooperatesIn ?o . ?o rdfs:label ?l }",
    "GRAPH ?g { ?s cpec:cooperatesIn ?o } ?o rdfs:label ?l",
    "GRAPH ?g { ?s cpec:broader+ ?o }",
]


@pytest.fixture(scope="module")
def quads() -> list[Quad]:
    return closed(SIZE)


@pytest.fixture(scope="module")
def store(quads: list[Quad]) -> Store:
    return memory_store(quads)


@pytest.fixture
def index(store: Store) -> EvidenceIndex:
    return EvidenceIndex(store)


def group(where: str) -> Group:
    """Return a group as it is read."""
    form = parse_query(f"SELECT * {{ {where} }}", None).form
    assert isinstance(form, Select)
    return form.where


def scan(where: str) -> Scan | None:
    """Return the scan of a group."""
    return Scan.of(group(where))


@pytest.mark.parametrize("where", IN_GRAPHS)
def test_each_graph_that_has_a_triple_is_a_solution_as_in_the_store(
    store: Store, index: EvidenceIndex, where: str
) -> None:
    found = GraphScan.of(group(where))
    assert found is not None
    provenance = index.provenance
    terms = Numbering(provenance.lexicon)
    variables = [Variable(name) for name in "gspo" if f"?{name}" in where]
    solutions = found.solutions(provenance.union, provenance.names, terms)
    read = [tuple(map(terms.named.__getitem__, row)) for row in solutions.rows(variables)]
    asked = results(store, f"SELECT {' '.join(map(str, variables))} {{ {where} }}")
    assert isinstance(asked, QuerySolutions)
    assert sorted(read, key=str) == sorted(map(tuple, asked), key=str)
    assert read


@pytest.mark.parametrize("where", NOT_IN_GRAPHS)
def test_what_is_more_than_a_pattern_in_a_graph_is_left_to_the_store(where: str) -> None:
    assert GraphScan.of(group(where)) is None


@pytest.mark.parametrize("where", SCANNED)
def test_the_solutions_are_those_of_the_store(
    store: Store, index: EvidenceIndex, where: str
) -> None:
    found = scan(where)
    assert found is not None
    terms = Numbering(index.provenance.lexicon)
    variables = [Variable(name) for name in "spo" if f"?{name}" in where]
    solutions = found.solutions(index.provenance.union, terms, {PLACE, *variables}, PLACE)
    named = terms.named.__getitem__
    read = [tuple(map(named, row)) for row in solutions.rows(variables)]
    asked = results(store, f"SELECT {' '.join(map(str, variables)) or '*'} {{ {where} }}")
    assert isinstance(asked, QuerySolutions)
    assert sorted(read, key=str) == sorted(map(tuple, asked), key=str)


@pytest.mark.parametrize("where", NOT_SCANNED)
def test_what_is_more_than_a_pattern_is_left_to_the_store(where: str) -> None:
    assert scan(where) is None


@pytest.mark.parametrize("where", [*SCANNED, *IN_GRAPHS[:2]])
@pytest.mark.parametrize(
    "shown",
    [
        "(COUNT(*) AS ?n)",
        "(COUNT(DISTINCT ?o) AS ?n)",
        "(MAX(?s) AS ?n) (COUNT(?p) AS ?m)",
        "?s (COUNT(?o) AS ?n)",
    ],
)
def test_counts_are_cited_alike(store: Store, index: EvidenceIndex, where: str, shown: str) -> None:
    grouped = " GROUP BY ?s" if shown.startswith("?s") else ""
    text = f"SELECT {shown} {{ {where} }}{grouped} ORDER BY ?s"
    found = cite(store, index, text)
    index.provenance.whole = False
    other = cite(store, index, text)
    assert list(found.rows) == list(other.rows)
    for one, two in zip(found.citations, other.citations, strict=True):
        assert (one.status, one.reason, bool(one.graphs)) == (
            two.status,
            two.reason,
            bool(two.graphs),
        )


SHOWN: Final = ["*", "?o ?s", "?p ?none", "DISTINCT ?s", "DISTINCT *", "REDUCED ?o"]
AFTER: Final = ["ORDER BY ?s ?o", "LIMIT 7", "OFFSET 3", "VALUES ?s { id:Country_0 }"]
ASKED: Final = [
    "SELECT * { ?s ?p ?o }",
    "SELECT ?o { ?s ?p ?o }",
    "SELECT ?s ?o { ?s cpec:q ?o }",
    "SELECT ?p { id:a ?p id:b }",
    "SELECT * { id:nobody ?p ?o }",
    "SELECT ?o (STR(?s) AS ?t) { ?s cpec:p ?o }",
    "SELECT ?s { { SELECT DISTINCT ?s { ?s cpec:p ?o } } ?s ?p ?o }",
    "SELECT ?s { ?s a cpec:B FILTER NOT EXISTS { ?s cpec:p ?o } }",
    "SELECT * { GRAPH ?g { ?s ?p ?o } }",
    "SELECT * { GRAPH ?g { id:a ?p ?o } }",
    "SELECT ?s { GRAPH ?g { ?s cpec:q ?o } }",
    "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s cpec:q ?o } } GROUP BY ?g",
    "ASK { ?s cpec:p ?o }",
    "CONSTRUCT { ?o cpec:p ?s } { ?s cpec:p ?o }",
    "DESCRIBE ?s { ?s cpec:p ?o }",
]


def told(store: Store, index: EvidenceIndex, text: str, *, whole: bool) -> Counter[object]:
    """Return how often each row comes with each citation, found in the index or not.

    Of many solutions those come first that are found first, so their proofs may be others.
    """
    index.provenance.whole = whole
    answer = cite(store, index, text)
    pairs = zip(answer.rows, answer.citations, strict=True)
    return Counter((row, one if "*" in text else (one.status, one.reason)) for row, one in pairs)


@pytest.mark.parametrize("where", [*SCANNED, *IN_GRAPHS[:3]])
@pytest.mark.parametrize("shown", SHOWN)
def test_rows_are_cited_alike(store: Store, index: EvidenceIndex, where: str, shown: str) -> None:
    text = f"SELECT {shown} {{ {where} }}"
    assert told(store, index, text, whole=True) == told(store, index, text, whole=False)


@pytest.mark.parametrize("where", IN_GRAPHS)
@pytest.mark.parametrize("shown", ["*", "?g ?o"])
def test_rows_of_graphs_are_cited_alike(
    store: Store, index: EvidenceIndex, where: str, shown: str
) -> None:
    text = f"SELECT {shown} {{ {where} }}"
    assert told(store, index, text, whole=True) == told(store, index, text, whole=False)


@pytest.mark.parametrize("after", AFTER)
def test_what_comes_after_a_pattern_is_left_to_the_store(
    store: Store, index: EvidenceIndex, after: str
) -> None:
    text = f"SELECT ?s ?o {{ ?s cpec:cooperatesIn ?o }} {after}"
    answer = cite(store, index, text)
    asked = results(store, text)
    assert isinstance(asked, QuerySolutions)
    assert list(answer.rows) == list(map(tuple, asked))
    assert {citation.status for citation in answer.citations} == {"cited"}


@pytest.mark.parametrize("small", [True, False])
@given(stated=toy.datasets)
@settings(max_examples=30, deadline=None)
def test_of_whatever_facts_rows_are_cited_alike(small: bool, stated: tuple[Quad, ...]) -> None:
    stale = Quad(toy.THINGS[0], toy.PREDICATES[0], Literal("stale"), NamedNode(INFERRED_GRAPH))
    store = memory_store((*toy.closed(stated), stale))
    index = EvidenceIndex(store)
    index.provenance.small = small
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("graph.citing.citation.MANY_ROWS", 1000 if small else 0)
        for text in ASKED:
            assert told(store, index, text, whole=True) == told(store, index, text, whole=False)


def test_a_parameter_or_a_dataset_is_left_to_the_store(store: Store, index: EvidenceIndex) -> None:
    text, country = "SELECT ?s ?o { ?s cpec:cooperatesIn ?o }", NamedNode(ID + "Country_0")
    bound = cite(store, index, text, {"s": country}).rows
    assert {subject for subject, _ in bound} == {country}
    assert not cite(store, index, text, dataset=DatasetClause((EVIDENCE_GRAPH,), ())).rows


def test_more_solutions_than_are_followed_are_answered_all(
    store: Store, index: EvidenceIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.citing.following.relations.MOST_SOLUTIONS", 5)
    text = "SELECT ?s ?o { ?s cpec:cooperatesIn ?o }"
    asked = results(store, text)
    assert isinstance(asked, QuerySolutions)
    assert sorted(cite(store, index, text).rows, key=str) == sorted(map(tuple, asked), key=str)


EXTRA: Final = [
    Quad(NamedNode(ID + "x"), NamedNode(RDF_TYPE), NamedNode(ID + "y")),
    *with_union(
        [
            Quad(
                NamedNode(ID + "x"),
                NamedNode(RDF_TYPE),
                Triple(NamedNode(ID + "x"), NamedNode(RDF_TYPE), NamedNode(ID + "y")),
                NamedNode(ID + "article-0/s00"),
            )
        ]
    ),
]


def test_a_store_that_has_more_than_the_index_is_asked_itself(quads: list[Quad]) -> None:
    assert EvidenceIndex(memory_store(quads)).provenance.whole
    for quad in EXTRA:
        store = memory_store(quads)
        store.add(quad)
        assert not EvidenceIndex(store).provenance.whole


COUNT: Final = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
COUNTS: Final = "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p"


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("text", [COUNT, COUNTS])
def test_of_too_many_members_the_first_are_followed_and_all_are_counted(
    store: Store, index: EvidenceIndex, monkeypatch: pytest.MonkeyPatch, text: str, whole: bool
) -> None:
    monkeypatch.setattr("graph.citing.following.membership.MOST_MEMBERS", 200)
    index.provenance.whole = whole
    answer = cite(store, index, text)
    for row, citation in zip(answer.rows, answer.citations, strict=True):
        number = row[-1]
        assert isinstance(number, Literal)
        assert citation.counted is not None
        assert citation.counted.query is not None
        assert citation.counted.number == int(number.value)
        listed = results(store, citation.counted.query)
        assert isinstance(listed, QuerySolutions)
        assert len(list(listed)) == citation.counted.number
        assert len(citation.graphs) <= MOST_NAMED
        assert citation.status in {"partly", "uncited"}
    assert any(citation.status == "partly" for citation in answer.citations)
