"""What is told of a row at once is what weighing it would give."""

from __future__ import annotations

import pytest
from pyoxigraph import Store

from bench.citing import QUERIES
from bench.graph import closed
from graph.citing.citation import EvidenceIndex, cite
from graph.citing.following.relation import Tallied
from graph.citing.following.relations import Relations
from graph.citing.form import answered
from graph.citing.weighing.brief import MORE, Brief, Briefing
from graph.citing.weighing.ledger import Ledger, Needed
from graph.dataset import memory_store
from graph.sparql.parser import parse_query

SIZE = 15_000


@pytest.fixture(scope="module")
def large() -> Store:
    return memory_store(closed(SIZE))


@pytest.fixture(scope="module")
def index(large: Store) -> EvidenceIndex:
    return EvidenceIndex(large)


def weighed(ledger: Ledger, solutions: list[Needed]) -> Brief:
    """Return the first proof of a row, worked out from its whole support."""
    (proofs, more) = ledger.proofs(solutions, 1)
    if not proofs:
        support = ledger.any(solutions).support
        proofs = support.certain(1)
        more = support.count > len(proofs) or not support.exact
    return (MORE,) * more + tuple(sorted(proofs[0]))


@pytest.mark.parametrize("name", ["scan, inferred", "join, 1 country", "optional", "graph"])
def test_a_proof_that_is_told_at_once_is_the_one_that_weighing_gives(
    large: Store, index: EvidenceIndex, name: str
) -> None:
    query = parse_query(QUERIES[name], None)
    relation = answered(Relations(large, index.multitudes, query, {}), query.form).relation
    relation.ledger.want(1)
    rows = list(relation.solutions.values())
    told = list(Briefing(relation.ledger).briefs(rows))
    pairs = [
        (brief, weighed(relation.ledger, row))
        for brief, row in zip(told, rows, strict=True)
        if brief
    ]
    assert len(pairs) > len(rows) / 2 > 0
    assert [one for one, _ in pairs] == [other for _, other in pairs]


@pytest.mark.parametrize("name", ["scan, inferred", "scan, stated"])
def test_rows_of_the_index_have_the_proofs_of_rows_of_the_store(
    large: Store, index: EvidenceIndex, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("graph.citing.citation.MANY_ROWS", 0)
    found = cite(large, index, QUERIES[name])
    monkeypatch.setattr(index.provenance, "whole", False)
    other = cite(large, index, QUERIES[name])
    assert len(found.rows) > 200
    assert dict(zip(found.rows, found.citations, strict=True)) == dict(
        zip(other.rows, other.citations, strict=True)
    )


def test_a_citation_that_is_kept_in_brief_is_read_as_any_other(
    large: Store, index: EvidenceIndex
) -> None:
    citations = cite(large, index, QUERIES["join, 1 country"]).citations
    assert len(citations) > 1000
    for citation in citations[:9]:
        assert citation.status == "cited"
        assert citation.proofs == (citation.graphs,)
        assert list(citation.graphs) == sorted(citation.graphs)


def test_a_long_answer_that_needs_no_triple_is_given_without_a_proof_in_brief(
    large: Store, index: EvidenceIndex
) -> None:
    values = " ".join(map(str, range(2000)))
    answer = cite(large, index, f"SELECT ?n {{ VALUES ?n {{ {values} }} }}")
    assert {citation.proofs for citation in answer.citations} == {((),)}
    assert answer.json().count(b'"status":"cited"') == 2000


def test_what_a_row_counts_has_the_proof_that_weighing_gives(
    large: Store, index: EvidenceIndex
) -> None:
    query = parse_query(QUERIES["count, groups"], None)
    relation = answered(Relations(large, index.multitudes, query, {}), query.form).relation
    assert isinstance(relation.solutions, Tallied)
    briefing, told = Briefing(relation.ledger), []
    for key, places in relation.solutions.places.items():
        if brief := briefing.tallied(places):
            ((number,),) = relation.solutions[key]
            support, graphs = relation.ledger.supports[number], frozenset(brief) - {MORE}
            assert support.holds_in(graphs)
            assert support.needed(graphs) == graphs
            assert (brief[0] == MORE) == (support.count > 1 or not support.exact)
            told.append(brief[0] == MORE)
    assert {*told} == {True, False}
