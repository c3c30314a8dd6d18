"""What patterns match together is the same whether the index or the store is asked."""

from __future__ import annotations

from collections import Counter
from typing import Final

import pytest
from pyoxigraph import QuerySolutions, Store, Variable

from bench.graph import closed
from graph.citing.citation import EvidenceIndex, cite
from graph.citing.extending.extension import Extender
from graph.citing.following import join
from graph.citing.following.join import Join
from graph.citing.following.solution import Numbering, Solutions
from graph.dataset import memory_store
from graph.evaluation import results
from graph.sparql.parser import parse_query
from graph.sparql.scope import visible
from graph.sparql.syntax import Select

JOINED: Final = [
    "?c cpec:cooperatesIn ?a . ?a rdfs:label ?l",
    "?c cpec:partyTo ?f . ?f cpec:concernsArea ?a . ?p cpec:under ?f",
    "id:Country_3 cpec:partyTo ?f . ?f cpec:concernsArea ?a",
    "?c cpec:cooperatesIn ?a . ?c cpec:partyTo ?f . ?f cpec:concernsArea ?a",
    "?c cpec:cooperatesWith ?d . ?d cpec:cooperatesWith ?c",
    "id:Country_0 cpec:cooperatesIn ?a . id:Country_0 cpec:partyTo ?f",
    "?c cpec:partyTo ?f . ?c cpec:partyTo ?f . ?c rdf:type cpec:Country",
    "?c cpec:unheardOf ?f . ?f cpec:concernsArea ?a",
    "?c cpec:partyTo ?f . ?f cpec:concernsArea id:Nothing",
    "?c cpec:partyTo ?f . ?f cpec:concernsArea ?c",
    "?c cpec:partyTo ?f . id:Area_0 cpec:broader id:Area_1",
    "id:Nobody cpec:partyTo ?f . ?f cpec:concernsArea ?a",
    "?c cpec:partyTo ?f . cpec:Country rdfs:subClassOf ?k",
]
NOT_JOINED: Final = [
    "?c cpec:cooperatesIn ?a . ?a rdfs:label 'Area 0'@en",
    "?c cpec:cooperatesIn ?a . ?a cpec:broader ?a",
    "?c cpec:cooperatesIn ?a . ?a ?p ?b",
    "?c cpec:cooperatesIn ?a . ?a cpec:broader* ?b",
    "?c cpec:cooperatesIn ?a . ?a rdfs:label ?l FILTER(?l != '')",
    "?c cpec:cooperatesIn ?a OPTIONAL { ?a rdfs:label ?l }",
]


@pytest.fixture(scope="module")
def store() -> Store:
    return memory_store(closed(3_000))


@pytest.fixture(scope="module")
def index(store: Store) -> EvidenceIndex:
    return EvidenceIndex(store)


def select(where: str) -> Select:
    """Return the SELECT of all that a group matches."""
    form = parse_query(f"SELECT * {{ {where} }}", None).form
    assert isinstance(form, Select)
    return form


def solutions(
    index: EvidenceIndex, where: str, terms: Numbering
) -> tuple[tuple[Variable, ...], Solutions | None]:
    """Return the variables of a group, and the solutions that the index has of it."""
    asked = select(where)
    found = Join.of(asked.where, Extender(asked, (), counted=True).fresh)
    assert found is not None
    variables = visible(asked.where.elements)
    return variables, found.solutions(index.provenance.union, terms, variables)


@pytest.mark.parametrize("dense", [0, join.DENSE, 10**6])
@pytest.mark.parametrize("where", JOINED)
def test_the_solutions_are_those_of_the_store(
    store: Store, index: EvidenceIndex, monkeypatch: pytest.MonkeyPatch, where: str, dense: int
) -> None:
    monkeypatch.setattr(join, "DENSE", dense)
    terms = Numbering(index.provenance.lexicon)
    variables, found = solutions(index, where, terms)
    assert found is not None
    named = terms.named.__getitem__
    read = Counter(tuple(map(named, row)) for row in found.rows(variables))
    asked = results(store, f"SELECT {' '.join(map(str, variables))} {{ {where} }}")
    assert isinstance(asked, QuerySolutions)
    assert read == Counter(map(tuple, asked))


@pytest.mark.parametrize("where", NOT_JOINED)
def test_what_is_more_than_such_patterns_is_left_to_the_store(where: str) -> None:
    asked = select(where)
    assert Join.of(asked.where, Extender(asked, (), counted=True).fresh) is None


@pytest.mark.parametrize("where", JOINED[:3])
def test_so_are_patterns_that_too_much_matches(
    index: EvidenceIndex, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    terms = Numbering(index.provenance.lexicon)
    _, found = solutions(index, where, terms)
    assert found is not None
    monkeypatch.setattr(join, "MOST_JOINED", found.size - 1)
    assert solutions(index, where, terms)[1] is None


@pytest.mark.parametrize("shown", ["(COUNT(*) AS ?n)", "(MIN(?c) AS ?m)", "?c (COUNT(?f) AS ?n)"])
@pytest.mark.parametrize("where", JOINED)
def test_counts_are_cited_alike(
    store: Store, index: EvidenceIndex, monkeypatch: pytest.MonkeyPatch, where: str, shown: str
) -> None:
    grouped = " GROUP BY ?c" if shown.startswith("?c") else ""
    text = f"SELECT {shown} {{ {where} }}{grouped} ORDER BY ?c"
    found = cite(store, index, text)
    monkeypatch.setattr(index.provenance, "whole", False)
    other = cite(store, index, text)
    assert list(found.rows) == list(other.rows)
    for one, two in zip(found.citations, other.citations, strict=True):
        assert (one.status, one.reason) == (two.status, two.reason)
        assert bool(one.proofs) == bool(two.proofs)
