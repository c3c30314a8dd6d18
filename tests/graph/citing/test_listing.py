"""Groups that count too many members: some of each are followed, and all are listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import pytest
from pyoxigraph import Literal, Store

from bench.graph import closed
from graph.citing.answering.answer import Citation
from graph.citing.citation import EvidenceIndex, cite
from graph.citing.following import membership
from graph.citing.following.aggregate import MOST_NAMED
from graph.dataset import memory_store

JOINED: Final = "?c cpec:partyTo ?f . ?f cpec:concernsArea ?a"

GROUPED: Final = [
    f"SELECT ?c (COUNT(*) AS ?n) {{ {JOINED} }} GROUP BY ?c",
    f"SELECT ?c ?a (COUNT(DISTINCT ?f) AS ?m) (COUNT(*) AS ?n) {{ {JOINED} }} GROUP BY ?c ?a",
    f"SELECT ?l (COUNT(*) AS ?n) {{ {JOINED} . ?a rdfs:label ?l }} GROUP BY ?l",
    f"SELECT ?k (COUNT(*) AS ?n) {{ {JOINED} }} GROUP BY (STRAFTER(STR(?a), '_') AS ?k)",
    """SELECT ?s (COUNT(*) AS ?n) {
        GRAPH ?s { ?c cpec:partyTo ?f } ?f cpec:concernsArea ?a } GROUP BY ?s""",
    f"SELECT ?f ?p (COUNT(*) AS ?n) {{ {JOINED} OPTIONAL {{ ?p cpec:under ?f }} }} GROUP BY ?f ?p",
    """SELECT ?x (COUNT(*) AS ?n) {
        { ?c cpec:partyTo ?x } UNION { ?c cpec:advances ?p . ?p cpec:under ?x } } GROUP BY ?x""",
    "SELECT ?c (COUNT(?b) AS ?n) { ?b cpec:broader+ ?a . ?c cpec:cooperatesIn ?a } GROUP BY ?c",
    """SELECT ?c (COUNT(*) AS ?n) { { SELECT DISTINCT ?a ?f { ?f cpec:concernsArea ?a } }
        ?c cpec:partyTo ?f } GROUP BY ?c""",
]


def holds(graphs: Sequence[str], citation: Citation[str]) -> bool:
    """Whether graphs hold one of the proofs of a citation."""
    return any({*proof} <= {*graphs} for proof in citation.proofs)


@pytest.fixture(scope="module")
def store() -> Store:
    return memory_store(closed(3000))


@pytest.fixture(scope="module")
def index(store: Store) -> EvidenceIndex:
    return EvidenceIndex(store)


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("text", GROUPED)
def test_members_of_every_group_are_followed_and_all_of_them_listed(
    store: Store, index: EvidenceIndex, monkeypatch: pytest.MonkeyPatch, text: str, whole: bool
) -> None:
    monkeypatch.setattr(membership, "MOST_MEMBERS", 5)
    monkeypatch.setattr(index.provenance, "whole", whole)
    answer = cite(store, index, text)
    assert len(answer.rows) >= 3
    for row, citation in [*zip(answer.rows, answer.citations, strict=True)][:20]:
        assert citation.status == "partly"
        assert citation.counted is not None
        assert citation.counted.query is not None
        assert row[-1] == Literal(citation.counted.number)
        members = cite(store, index, citation.counted.query).citations
        assert len(members) == citation.counted.number
        told = [one for one in members if one.status == "cited" and not one.more]
        if len(told) == len(members):
            assert {*citation.graphs} <= {graph for one in members for graph in one.graphs}
        if len(members) <= MOST_NAMED:
            assert all(holds(citation.graphs, one) for one in told)


@pytest.mark.parametrize(("text", "most"), [(GROUPED[1], 3), (GROUPED[2], 3), (GROUPED[3], 0)])
def test_as_many_groups_are_asked_for_as_may_be_looked_up(
    store: Store, index: EvidenceIndex, monkeypatch: pytest.MonkeyPatch, text: str, most: int
) -> None:
    monkeypatch.setattr(membership, "MOST_MEMBERS", 0)
    monkeypatch.setattr(membership, "MOST_SOLUTIONS", 30)
    monkeypatch.setattr(membership, "LOOK_UP", 10)
    monkeypatch.setattr(index.provenance, "whole", False)
    answer = cite(store, index, text)
    followed = Counter(citation.status for citation in answer.citations)["partly"]
    assert most <= followed <= most + 1
