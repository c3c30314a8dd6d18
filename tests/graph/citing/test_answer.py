"""A cited answer: the JSON of rows, citations and sources, and the limits of citing."""

import json

import pytest
from pyoxigraph import BlankNode, RdfFormat, Store, parse

from graph.citing.answer import Citation, CitedAnswer
from graph.citing.citation import cite
from graph.citing.index import EvidenceIndex
from graph.dataset import memory_store
from graph.reasoning.kernel import Kernel
from graph.reasoning.thresholds import Thresholds
from ontology.namespace import EDITORIAL_GRAPH, HEAD, ID
from ontology.terms import CPEC
from tests.graph import toy
from tests.graph.citing.talks import QUADS

RECORDS = """
<https://w3id.org/cpec-graph/graph/evidence> {
  <https://w3id.org/cpec-graph/id/x/s01#1> oa:hasSource <https://w3id.org/cpec-graph/id/x/s01> ;
    rdf:subject id:a ; rdf:predicate cpec:p ; rdf:object id:b ;
    oa:hasSelector <https://w3id.org/cpec-graph/id/x/s01#quote-2> .
  <https://w3id.org/cpec-graph/id/x/s01#quote-2> oa:exact "a p b" .
}
"""

SHORT = {
    "s01": ID + "x/s01",
    "s02": ID + "x/s02",
    "s03": ID + "x/s03",
    "editorial": EDITORIAL_GRAPH,
}


@pytest.fixture(scope="module")
def store() -> Store:
    return memory_store(QUADS)


def test_past_the_last_row_that_is_cited_a_query_asks_for_the_next(store: Store) -> None:
    index = EvidenceIndex(store, Kernel(store, Thresholds(rows=2)))
    answer = cite(store, index, "SELECT ?x { ?x cpec:n|cpec:q ?y } ORDER BY ?x")
    assert len(answer.rows) > 2
    assert {citation.status for citation in answer.citations[:2]} == {"cited"}
    assert {citation.status for citation in answer.citations[2:]} == {"uncited"}
    _, _, text = str(answer.citations[2].reason).partition(": ")
    assert {citation.reason for citation in answer.citations[3:]} == {"the first 2 rows are cited"}
    following = cite(store, index, text)
    assert list(following.rows) == list(answer.rows)[2:4]
    assert {citation.status for citation in following.citations} == {"cited"}


def test_a_proof_of_many_graphs_suffices_and_says_that_it_is_not_shown_minimal() -> None:
    chain = "".join(f"<{ID}x/s{n:02}> {{ id:n{n} cpec:t id:n{n + 1} }}" for n in range(9))
    prefixes = f"PREFIX id: <{ID}> PREFIX cpec: <{CPEC}>"
    quads = toy.close(tuple(parse(prefixes + chain, RdfFormat.TRIG)))
    store = memory_store(quads)
    index = EvidenceIndex(store, Kernel(store, Thresholds(shrunk_graphs=4)))
    steps = " . ".join(f"?n{n} cpec:t ?n{n + 1}" for n in range(9))
    text = f"ASK {{ {steps} FILTER NOT EXISTS {{ ?n0 cpec:u ?n9 }} }}"
    (citation,) = cite(store, index, text).citations
    assert citation.status == "cited"
    assert citation.sufficient
    assert json.loads(citation.json())["sufficient"] is True


def test_a_count_too_large_for_a_basis_gives_the_query_of_its_members(store: Store) -> None:
    index = EvidenceIndex(store, Kernel(store, Thresholds(members=2)))
    (citation,) = cite(store, index, "SELECT (COUNT(*) AS ?n) { ?x cpec:n ?y }").citations
    assert (citation.status, citation.basis) == ("uncited", None)
    assert len(cite(store, EvidenceIndex(store), str(citation.members)).rows) == 3


def test_the_query_of_the_members_lists_those_of_one_group(
    store: Store, index: EvidenceIndex
) -> None:
    text = (
        "SELECT ?y (COUNT(?x) AS ?k) { ?x cpec:q ?y OPTIONAL { ?y cpec:none ?z } } GROUP BY ?y ?z"
    )
    answer = cite(store, index, text)
    for (_, number), citation in zip(answer.rows, answer.citations, strict=True):
        members = cite(store, index, str(citation.members))
        assert len(members.rows) == int(number.value)  # type: ignore[union-attr]


def test_a_source_is_quoted_with_the_statements_that_are_used() -> None:
    store = memory_store([*QUADS, *parse(HEAD + RECORDS, RdfFormat.TRIG)])
    index = EvidenceIndex(store)
    answer = cite(store, index, "SELECT ?y { id:a cpec:p ?y }")
    assert answer.sources[SHORT["s01"]].quote == "a p b"
    answer = cite(store, index, "SELECT ?y { id:d cpec:v ?y }")
    assert answer.sources[SHORT["s01"]].quote == "well-known, a p b"


def test_an_answer_is_results_json_with_citations_and_sources(
    store: Store, index: EvidenceIndex
) -> None:
    answer = cite(
        store,
        index,
        "SELECT ?x ?n ?l ?u { ?x cpec:p id:b ; cpec:n ?n ; cpec:w ?l FILTER(isNumeric(?n)) }",
    )
    document = json.loads(answer.json())
    assert document["head"] == {"vars": ["x", "n", "l", "u"]}
    integer = "http://www.w3.org/2001/XMLSchema#integer"
    assert document["results"]["bindings"][0] == {
        "x": {"type": "uri", "value": ID + "a"},
        "n": {"type": "literal", "value": "1", "datatype": integer},
        "l": {"type": "literal", "value": "A", "xml:lang": "en"},
    }
    graphs = sorted([SHORT["s01"], SHORT["editorial"]])
    speakers = [{"iri": f"{ID}reporter", "name": "reporter"}]
    assert document["citations"][0] == {
        "graphs": graphs,
        "status": "cited",
        "proofs": [graphs],
        "words": {SHORT["s01"]: "well-known, a p b"},
        "stated": 1,
        "modalities": [{"name": "no modality", "speakers": speakers}],
    }
    assert document["sources"][SHORT["s01"]] == {
        "article": ID + "x",
        "title": "Talks",
        "published": "2026-05-02",
        "attributedTo": ID + "reporter",
        "quote": "well-known, a p b",
        "href": "https://news.example/talks#:~:text=well%2Dknown%2C%20a%20p%20b",
    }
    assert json.loads(cite(store, index, "ASK { id:a cpec:p id:b }").json())["boolean"] is True


def test_blank_nodes_and_triple_terms_are_written_as_results_json_has_them() -> None:
    quoted = next(iter(parse("<a:s> <a:p> <<( <a:s> <a:p> 'o' )>> .", RdfFormat.TURTLE))).object
    row = (BlankNode("b"), quoted)
    answer = CitedAnswer(("b", "t"), [row], [Citation("uncited")], {})
    document = json.loads(answer.json())["results"]["bindings"][0]
    assert document["b"] == {"type": "bnode", "value": "b"}
    assert document["t"]["type"] == "triple"
    assert document["t"]["value"]["object"] == {"type": "literal", "value": "o"}
