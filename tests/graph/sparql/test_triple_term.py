"""The syntax of triple terms is found by tokens: not in strings, IRIs, comments or comparisons."""

import pytest

from graph.sparql.triple_term import names_graph, uses_triple_terms
from ontology.namespace import GRAPH, PREFIXES, REIFIERS_GRAPH


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p ?o {| ?q ?v |} }",
        "SELECT * { ?s ?p ?o ~ ?statement }",
        "SELECT * { ?s ?p ?o~ }",
        "SELECT * { << ?s ?p ?o >> ?q ?v }",
        "SELECT * { <<?s?p?o>> ?q ?v }",
        "SELECT * { ?r rdf:reifies <<(?s ?p ?o)>> }",
        "SELECT * { ?r rdf:reifies ?t FILTER isTriple (?t) }",
        "SELECT (triple(?s, ?p, ?o) AS ?t) {}",
        "SELECT (SUBJECT #\n (?t) AS ?s) { ?r rdf:reifies ?t }",
        'VERSION "1.2" SELECT * {}',
        "PREFIX : <x:> version '1.2' SELECT * {}",
    ],
)
def test_a_text_asks_for_triple_terms(text: str) -> None:
    assert uses_triple_terms(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?subject ?predicate ?object { ?subject ?predicate ?object }",
        "SELECT * { ?s rdf:subject ?o ; rdf:object (1 2) }",
        "SELECT * { ?s ?p '<<( ~ {| |} )>>' FILTER (?a<<x:b>) }",
        "SELECT * { ?s ?p <x:~> , x:a\\~b } # VERSION '1.2' << >>",
        'VERSION "1.1" SELECT * { ?s ?p "1.2" }',
        'SELECT ?version { ?version ?p "1.2" }',
        "SELECT * { { ?s ?p ?o } FILTER (?a || ?b) }",
    ],
)
def test_a_text_of_sparql_1_1_does_not(text: str) -> None:
    assert not uses_triple_terms(text)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("SELECT * { GRAPH graph:reifiers {} }", True),
        (f"PREFIX g: <{GRAPH}>\nSELECT * FROM g:reifiers {{}}", True),
        (f"BASE <{GRAPH}> ASK FROM <reifiers> {{}}", True),
        ("PREFIX graph: <x:> SELECT * { GRAPH graph:reifiers {} }", False),
        ("ASK { ?reifiers ?p 'graph:reifiers' }", False),
    ],
)
def test_the_name_of_a_graph_is_found_by_its_iri(text: str, named: bool) -> None:
    assert names_graph(text, REIFIERS_GRAPH, PREFIXES) == named
