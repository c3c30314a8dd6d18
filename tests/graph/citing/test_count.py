"""The rows of counts are the same whether the members tell them or the store is asked."""

from __future__ import annotations

from collections import Counter
from typing import Final

import pytest
from pyoxigraph import NamedNode, QuerySolutions, Store

from bench.graph import closed
from graph.citing.citation import EvidenceIndex, cite
from graph.citing.following import membership
from graph.citing.following.aggregate import Grouping
from graph.citing.following.membership import Membership
from graph.citing.following.relations import Relations
from graph.dataset import memory_store
from graph.evaluation import results
from graph.sparql.parser import parse_query
from graph.sparql.syntax import Select
from ontology.namespace import ID

TOLD: Final = [
    "SELECT (COUNT(*) AS ?n) { ?c cpec:cooperatesIn ?a }",
    "SELECT (COUNT(?none) AS ?n) (COUNT(?a) AS ?m) { ?c cpec:cooperatesIn ?a }",
    "SELECT (COUNT(*) AS ?n) (COUNT(?c) AS ?m) { ?c cpec:unheardOf ?a }",
    "SELECT ?c (COUNT(*) AS ?n) { ?c cpec:unheardOf ?a } GROUP BY ?c",
    "SELECT (COUNT(*) AS ?n) ?c { ?c cpec:cooperatesIn ?a } GROUP BY ?c",
    "SELECT (?c AS ?d) ?c (COUNT(DISTINCT ?a) AS ?n) { ?c cpec:cooperatesIn ?a } GROUP BY ?c",
    "SELECT (COUNT(DISTINCT ?l) AS ?n) { ?c cpec:cooperatesIn ?a . ?a rdfs:label ?l }",
    "SELECT ?p ?c (COUNT(?a) AS ?n) { VALUES ?p { cpec:cooperatesIn } ?c ?p ?a } GROUP BY ?c ?p",
    "SELECT ?c { ?c cpec:cooperatesIn ?a } GROUP BY ?c",
    "SELECT (COUNT(?u) AS ?n) { VALUES ?u { 1 UNDEF 1.0 01 } }",
    "SELECT (COUNT(DISTINCT ?u) AS ?n) { VALUES ?u { 1 UNDEF 1.0 01 } }",
    "SELECT ?u (COUNT(*) AS ?n) { VALUES ?u { 1 UNDEF 1.0 01 } } GROUP BY ?u",
    "SELECT (COUNT(*) AS ?n) { id:Area_0 cpec:broader* ?a }",
    "SELECT (COUNT(*) AS ?n) { id:Area_0 cpec:broader/rdfs:label ?l . [] cpec:partyTo ?f }",
    "SELECT ?k (COUNT(STRLEN(?l)) AS ?n) { ?k rdfs:label ?l } GROUP BY (LANG(?l) AS ?k)",
    "SELECT (COUNT(*) AS ?n) { ?s rdfs:label ?l } GROUP BY LANG(?l)",
    "SELECT DISTINCT (COUNT(*) AS ?n) { ?c cpec:partyTo ?f FILTER(?f != id:Area_0) } GROUP BY ?c",
    "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?c cpec:partyTo ?f } } GROUP BY ?g",
    "SELECT ?n { { SELECT (COUNT(*) AS ?n) { ?c cpec:partyTo ?f } } }",
]
"""Queries of which the members tell the rows."""

ASKED: Final = [
    "SELECT (COUNT(*) + 1 AS ?n) { ?c cpec:cooperatesIn ?a }",
    "SELECT (1 AS ?k) (COUNT(*) AS ?n) { ?c cpec:cooperatesIn ?a }",
    "SELECT ?c (MIN(?a) AS ?n) { ?c cpec:cooperatesIn ?a } GROUP BY ?c",
    "SELECT (SUM(?a) AS ?n) (MAX(?a) AS ?m) { ?c cpec:unheardOf ?a }",
    "SELECT ?c (COUNT(*) AS ?n) { ?c cpec:partyTo ?f } GROUP BY ?c HAVING(COUNT(*) > 2)",
    "SELECT (COUNT(*) AS ?n) { ?c cpec:unheardOf ?f } HAVING(COUNT(*) > 2)",
    "SELECT ?c (COUNT(*) AS ?n) { ?c cpec:partyTo ?f } GROUP BY ?c ORDER BY DESC(?n)",
    """SELECT ?c (COUNT(*) AS ?n) { ?c cpec:partyTo ?f } GROUP BY ?c
        VALUES ?c { id:Country_1 id:Country_1 id:Country_2 }""",
    "SELECT (COUNT(DISTINCT *) AS ?n) { ?c cpec:partyTo ?f }",
    "SELECT (COUNT(?p) AS ?n) { ?c cpec:partyTo ?f OPTIONAL { ?p cpec:under ?f } }",
    """SELECT ?x (COUNT(*) AS ?n) {
        { ?c cpec:partyTo ?x } UNION { ?p cpec:under ?x } } GROUP BY ?x""",
    "SELECT (COUNT(*) AS ?n) { { SELECT ?c { ?c cpec:partyTo [] } } ?c cpec:cooperatesIn ?a }",
]
"""Queries of which the store tells the rows."""


@pytest.fixture(scope="module")
def store() -> Store:
    return memory_store(closed(3000))


@pytest.fixture(scope="module")
def index(store: Store) -> EvidenceIndex:
    return EvidenceIndex(store)


def asked(store: Store, text: str) -> Counter[tuple[object, ...]]:
    """Return the rows that a store answers, and how often each comes."""
    found = results(store, text)
    assert isinstance(found, QuerySolutions)
    return Counter(map(tuple, found))


def membership_of(store: Store, index: EvidenceIndex, text: str) -> Membership:
    """Return the membership of a query that groups."""
    query = parse_query(text)
    assert isinstance(query.form, Select)
    relations = Relations(store, index.multitudes, query, {})
    return Membership(relations.asking, relations.tracer, Grouping(query.form, relations.tracer))


@pytest.mark.parametrize("most", [membership.MOST_MEMBERS, 5, 0])
@pytest.mark.parametrize("text", [*TOLD, *ASKED])
def test_the_rows_are_those_of_the_query(
    store: Store, index: EvidenceIndex, monkeypatch: pytest.MonkeyPatch, text: str, most: int
) -> None:
    monkeypatch.setattr(membership, "MOST_MEMBERS", most)
    answer = cite(store, index, text)
    assert Counter(map(tuple, answer.rows)) == asked(store, text)


@pytest.mark.parametrize("text", [*TOLD[:-1], *ASKED])
def test_the_members_tell_the_rows_where_nothing_but_counts_is_shown(
    store: Store, index: EvidenceIndex, text: str
) -> None:
    assert (membership_of(store, index, text).counts is not None) == (text in TOLD)


@pytest.mark.parametrize("text", [*TOLD[:-1], *ASKED])
def test_the_rows_where_nothing_is_known_are_those_of_an_empty_store(
    store: Store, index: EvidenceIndex, text: str
) -> None:
    of = membership_of(store, index, text)
    named = of.asking.terms.named
    found = {tuple(map(named.__getitem__, key)) for key in of.nothing()}
    names = len(of.grouping.select.projection or ())
    assert {row[:names] for row in asked(Store(), text)} == found


def test_rows_are_sorted_as_the_query_sorts_them(store: Store, index: EvidenceIndex) -> None:
    text = "SELECT ?c (COUNT(*) AS ?n) { ?c cpec:partyTo ?f } GROUP BY ?c ORDER BY DESC(?n) ?c"
    found = results(store, text)
    assert isinstance(found, QuerySolutions)
    assert list(cite(store, index, text).rows) == list(map(tuple, found))


def test_a_parameter_restricts_what_is_counted(store: Store, index: EvidenceIndex) -> None:
    text = "SELECT ?c (COUNT(*) AS ?n) { ?c cpec:partyTo ?f } GROUP BY ?c"
    country = NamedNode(ID + "Country_1")
    (row,) = cite(store, index, text, {"c": country}).rows
    assert row[0] == country
    assert asked(store, text)[row] == 1
