"""The dataset of a query: FROM, and the parameters of its request."""

from __future__ import annotations

import json

import pytest
from pyoxigraph import RdfFormat, Store, parse

from graph.answering.evaluation import Query, evaluate
from graph.errors import AnswerTooLargeError, QuerySyntaxError

COUNT = "SELECT (COUNT(*) AS ?n) {} {{ ?s ?p ?o }}"


@pytest.fixture
def store() -> Store:
    store = Store()
    quads = """
        <http://e/s> <http://e/p> <http://e/o> <http://e/g1> .
        <http://e/s> <http://e/p> <http://e/o> <http://e/g2> .
        <http://e/s> <http://e/p> <http://e/x> <http://e/g2> .
        <http://e/s> <http://e/p> <http://e/y> ."""
    store.extend(parse(quads, RdfFormat.N_QUADS))
    return store


def count(store: Store, query: Query) -> int:
    (row,) = json.loads(evaluate(store, query).body)["results"]["bindings"]
    return int(row["n"]["value"])


def test_a_triple_of_two_graphs_counts_once_in_their_union(store: Store) -> None:
    clauses = "FROM <http://e/g1> FROM <http://e/g2>"
    assert count(store, Query(COUNT.format(clauses))) == 2
    parameters = Query(COUNT.format(""), default_graphs=("http://e/g1", "http://e/g2"))
    assert count(store, parameters) == 2


def test_the_parameters_of_the_request_replace_the_clauses_of_the_text(store: Store) -> None:
    text = COUNT.format("FROM <http://e/g2>")
    assert count(store, Query(text)) == 2
    assert count(store, Query(text, default_graphs=("http://e/g1",))) == 1


def test_named_graphs_alone_leave_the_default_graph_empty(store: Store) -> None:
    assert count(store, Query(COUNT.format("FROM NAMED <http://e/g1>"))) == 0
    named = "SELECT (COUNT(*) AS ?n) FROM <http://e/g1> FROM <http://e/g2> FROM NAMED <http://e/g2>"
    assert count(store, Query(named + " { GRAPH ?g { ?s ?p ?o } }")) == 2


def test_a_graph_iri_that_is_none_is_the_clients_fault(store: Store) -> None:
    with pytest.raises(QuerySyntaxError):
        evaluate(store, Query(COUNT.format(""), default_graphs=("no iri",)))


def test_an_answer_beyond_the_cap_is_refused_not_cut(store: Store) -> None:
    with pytest.raises(AnswerTooLargeError) as refused:
        evaluate(store, Query("SELECT * { GRAPH ?g { ?s ?p ?o } }"), cap=100)
    assert refused.value.value == 100
