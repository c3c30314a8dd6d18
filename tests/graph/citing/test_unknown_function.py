"""A query that calls an unknown function has its rows, cited by the law."""

import pytest
from pyoxigraph import RdfFormat, parse

from graph.citing.citation import cite
from graph.citing.index import EvidenceIndex
from graph.dataset import memory_store
from ontology.namespace import HEAD
from tests.graph import toy
from tests.graph.citing.law import find_breach
from tests.graph.reclosing import Reclosing

DATA = """
<https://w3id.org/cpec-graph/id/x/s01> { id:a cpec:p id:b . id:a cpec:n 1 }
<https://w3id.org/cpec-graph/id/x/s02> { id:b cpec:q id:c . id:b cpec:n 2 }
<https://w3id.org/cpec-graph/id/x/s03> { id:a cpec:q id:c }
"""
QUADS = toy.close(tuple(parse(HEAD + DATA, RdfFormat.TRIG)))
STORE = memory_store(QUADS)
INDEX = EvidenceIndex(STORE)


@pytest.mark.parametrize(
    ("text", "rows", "statuses"),
    [
        ("SELECT ?x (<x:f>(?y) AS ?k) { ?x cpec:p ?y }", 1, {"cited"}),
        ("SELECT ?x ?k { ?x cpec:q ?y BIND(<x:f>(?y) AS ?k) }", 3, {"cited"}),
        ("SELECT ?x { ?x cpec:q ?y FILTER(<x:f>(?y) || ?y = id:c) }", 2, {"cited"}),
        ("SELECT ?x { ?x cpec:q ?y FILTER(<x:f>(?y)) }", 0, set()),
        ("SELECT ?x ?n { ?x cpec:q ?y OPTIONAL { ?x cpec:n ?n FILTER(<x:f>(?n)) } }", 3, {"cited"}),
        ("SELECT ?x (SUM(<x:f>(?n)) AS ?k) { ?x cpec:n ?n } GROUP BY ?x", 2, {"cited"}),
        ("SELECT ?x { ?x cpec:p ?y } ORDER BY <x:f>(?y)", 1, {"cited"}),
        ("SELECT ?x { ?x cpec:p ?y FILTER NOT EXISTS { ?x cpec:n ?n FILTER(<x:f>(?n)) } }", 1,
         {"cited"}),
        ("SELECT ?x { ?x cpec:p ?y MINUS { ?x cpec:n ?n FILTER(<x:f>(?n)) } }", 1, {"cited"}),
        ("CONSTRUCT { ?x cpec:k ?y ; cpec:l ?k } { ?x cpec:p ?y BIND(<x:f>(?y) AS ?k) }", 1,
         {"cited"}),
        ("ASK { ?x cpec:p ?y FILTER(!COALESCE(<x:f>(?y), false)) }", 1, {"cited"}),
        ("ASK { ?x cpec:p ?y FILTER(<x:f>(?y)) }", 1, {"uncited"}),
    ],
)  # fmt: skip
def test_a_row_of_a_query_with_an_unknown_function_is_cited_by_the_law(
    text: str, rows: int, statuses: set[str]
) -> None:
    answer = cite(STORE, INDEX, text)
    assert len(answer.citations) == rows
    assert {citation.status for citation in answer.citations} == statuses
    assert all(citation.reason for citation in answer.citations if citation.status != "cited")
    cited = [n for n, citation in enumerate(answer.citations) if citation.status == "cited"]
    assert find_breach(Reclosing(QUADS), text, answer, cited) is None
