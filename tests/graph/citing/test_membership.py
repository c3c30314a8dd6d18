"""Rows that count too many members to name what all of them rest on."""

from __future__ import annotations

import json
from typing import Final

import pytest
from pyoxigraph import Literal, RdfFormat, parse

from graph.citing.answering.writing import encoded
from graph.citing.citation import EvidenceIndex, cite
from graph.citing.following import membership
from graph.dataset import memory_store
from tests.graph import toy
from tests.graph.citing.talks import QUADS, VALIDATOR

STORE: Final = memory_store(QUADS)
INDEX: Final = EvidenceIndex(STORE)


def test_a_row_that_counts_too_much_names_some_graphs_the_number_and_the_query_for_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(membership, "MOST_MEMBERS", 2)
    text = "SELECT ?y (COUNT(?x) AS ?k) { ?x cpec:q ?y } GROUP BY ?y ORDER BY ?y"
    answer = cite(STORE, INDEX, text)
    for row, citation in zip(answer.rows, answer.citations, strict=True):
        assert "more than 2 solutions" in (citation.reason or "")
        assert citation.counted is not None
        assert row[1] == Literal(citation.counted.number)
        assert citation.counted.query is not None
        members = cite(STORE, INDEX, citation.counted.query)
        assert len(members.rows) == citation.counted.number
    assert answer.citations[1].status == "partly"
    assert answer.citations[1].graphs
    VALIDATOR.validate(json.loads(answer.json()))


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?y (COUNT(*) AS ?k) { ?x cpec:p|cpec:v ?o OPTIONAL { ?x cpec:q ?y } } GROUP BY ?y",
        "SELECT ?l (COUNT(*) AS ?k) { ?x cpec:q|cpec:w ?o } GROUP BY (LANG(?o) AS ?l)",
    ],
)
def test_the_members_of_a_group_are_listed_where_others_bind_less_or_more(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(membership, "MOST_MEMBERS", 0)
    answer = cite(STORE, INDEX, text)
    assert None in {row[0] for row in answer.rows}
    for row, citation in zip(answer.rows, answer.citations, strict=True):
        assert citation.counted is not None
        assert row[1] == Literal(citation.counted.number)
        assert citation.counted.query is not None
        assert len(cite(STORE, INDEX, citation.counted.query).rows) == citation.counted.number


BLANKS = """
PREFIX id: <https://w3id.org/cpec-graph/id/>
PREFIX cpec: <https://w3id.org/cpec-graph/ontology#>
<https://w3id.org/cpec-graph/id/x/s01> {
  id:a cpec:n _:b , id:c ; cpec:v id:c . id:b cpec:n _:b ; cpec:v id:d . id:d cpec:w _:d
}
<https://w3id.org/cpec-graph/id/x/s02> { id:c cpec:n _:c ; cpec:v id:c }
"""


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("SELECT ?k (COUNT(*) AS ?n) { ?x cpec:n ?k } GROUP BY ?k", 1),
        ("SELECT ?k (COUNT(*) AS ?n) { ?x cpec:w ?k } GROUP BY ?k", 1),
        ("SELECT ?k (COUNT(*) AS ?n) { ?x cpec:n|cpec:w ?k } GROUP BY ?k", 1),
        ("SELECT ?k ?y (COUNT(*) AS ?n) { ?x cpec:n ?k ; cpec:v ?y } GROUP BY ?k ?y", 2),
    ],
)
def test_the_members_of_a_blank_node_are_listed_where_no_other_group_is_like_it(
    monkeypatch: pytest.MonkeyPatch, text: str, listed: int
) -> None:
    monkeypatch.setattr(membership, "MOST_MEMBERS", 0)
    store = memory_store(toy.closed(tuple(parse(BLANKS, RdfFormat.TRIG))))
    answer = cite(store, EvidenceIndex(store), text)
    queries = []
    for row, citation in zip(answer.rows, answer.citations, strict=True):
        assert citation.counted is not None
        assert row[-1] == Literal(citation.counted.number)
        if citation.counted.query is None:
            assert b"no query can tell it" in b"".join(citation.json(encoded))
        else:
            queries.append(citation.counted.query)
            members = cite(store, EvidenceIndex(store), citation.counted.query)
            assert len(members.rows) == citation.counted.number
    assert len(queries) == listed
    VALIDATOR.validate(json.loads(answer.json()))
