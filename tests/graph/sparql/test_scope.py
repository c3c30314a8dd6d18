"""The predicates and variables on which a query depends, by its text alone."""

import pytest
from pyoxigraph import NamedNode, Variable

from graph.sparql.parser import parse_query
from graph.sparql.scope import find_predicates, matched_variables
from graph.sparql.syntax import Select


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * { ?s <x:p> ?o FILTER NOT EXISTS { ?s ^<x:q>/<x:r>+ <x:o> } }", "p q r o"),
        ("SELECT * { { ?s <x:p> 1 } UNION { GRAPH <x:g> { ?s <x:q> ?o } } }", "p q g"),
        ("SELECT (EXISTS { ?s <x:q> ?o } AS ?is) { ?s <x:p> ?s }", "p q"),
        ("CONSTRUCT { ?s <x:p> ?o } { ?s <x:q> ?o }", "p q"),
        ("ASK { { SELECT ?s { ?s <x:p> ?o } LIMIT 1 } }", "p"),
    ],
)
def test_the_predicates_that_a_query_depends_on(text: str, expected: str) -> None:
    named = frozenset(NamedNode(f"x:{name}") for name in expected.split())
    assert find_predicates(parse_query(text).form) == named


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p ?o }",
        "SELECT * { ?s <x:p>* ?o }",
        "SELECT * { ?s (<x:p>/<x:q>?) ?o }",
        "SELECT * { ?s !<x:p> ?o }",
        "SELECT * { ?s <x:p> ?o FILTER NOT EXISTS { ?s ?q 1 } }",
        "SELECT * { GRAPH ?g { } ?s <x:p> ?o }",
        "SELECT * { GRAPH ?g { OPTIONAL { ?s <x:p> ?o } } }",
        "DESCRIBE <x:s>",
    ],
)
def test_a_query_may_depend_on_any_predicate(text: str) -> None:
    assert find_predicates(parse_query(text).form) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * { ?a <x:p> ?b OPTIONAL { ?b <x:q>/<x:r>+ ?c } }", "a b c"),
        ("SELECT * { ?a ?b ?c GRAPH ?d { ?d <x:p> ?e } }", "a c e"),
        ("SELECT * { ?a <x:p>* ?b . ?c <x:p> ?d }", "c d"),
        ("SELECT * { ?a <x:p> ?b BIND (1 AS ?c) VALUES ?a { 1 } }", "b"),
        ("SELECT ?a (?b AS ?c) { ?a <x:p> ?b OPTIONAL { ?c <x:q> ?d } }", "a b d"),
        ("SELECT ?a { ?a <x:p> ?b { SELECT (COUNT(?x) AS ?b) { ?x <x:q> ?a } } }", "a x"),
    ],
)
def test_the_variables_that_only_triples_bind(text: str, expected: str) -> None:
    select = parse_query(text).form
    assert isinstance(select, Select)
    assert matched_variables(select) == set(map(Variable, expected.split()))
