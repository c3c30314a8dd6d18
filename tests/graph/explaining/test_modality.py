"""How the rows of a cited answer are meant: a proof is as weak as its weakest triple."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from pyoxigraph import NamedNode, RdfFormat, Store

from graph.answering.evaluation import UNBOUNDED
from graph.answering.format import GRAPHS
from graph.citing.answer import CitedAnswer
from graph.citing.citation import cite
from graph.citing.index import EvidenceIndex
from graph.explaining.answer_graph import as_rdf
from graph.explaining.modality import with_modalities
from graph.publishing.schema import read_schema
from ontology.namespace import ID, PREFIXES
from ontology.terms import CPEC
from tests.graph.test_sources import add, built, data

__all__ = ["data"]

SCHEMA = Draft202012Validator(json.loads(read_schema("citations")))
AIM = "id:CPEC_Phase_II cpec:aimsAt ?goal"


def answered(store: Store, query: str, **bindings: NamedNode) -> CitedAnswer:
    index = EvidenceIndex(store)
    return with_modalities(cite(store, index, query, bindings), store, index, query)


def modalities(answer: CitedAnswer) -> set[tuple[str, ...]]:
    return {tuple(one.removeprefix(CPEC) for one in row.modalities) for row in answer.citations}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (f"SELECT ?goal {{ {AIM} }}", {("Aim",)}),
        (f"SELECT * {{ GRAPH ?g {{ {AIM} }} }}", {("Aim",)}),
        (f"SELECT ?goal {{ {AIM} . ?goal rdfs:label ?name FILTER (?name != '') }}", {("Aim",)}),
        (f"SELECT ?goal {{ {AIM} OPTIONAL {{ ?goal rdfs:label ?name }} }} LIMIT 2", {("Aim",)}),
        ("ASK { id:Climate_Initiatives cpec:hasParty id:China }", {("Ongoing",)}),
        (f"SELECT ?goal {{ {AIM} . id:CPEC_Phase_II cpec:phaseOf id:CPEC }}", {("Aim",)}),
        (f"CONSTRUCT {{ {AIM} }} WHERE {{ {AIM} }}", {("Aim",)}),
        (f"SELECT (COUNT(*) AS ?n) {{ {AIM} }}", {()}),
        ("SELECT ?goal { ?who cpec:aimsAt ?goal }", {()}),
        (f"SELECT ?goal {{ {AIM} FILTER EXISTS {{ ?goal a ?class }} }}", {()}),
        (f"SELECT ?goal {{ {{ {AIM} }} UNION {{ id:CPEC cpec:aimsAt ?goal }} }}", {()}),
        ("SELECT ?goal { id:CPEC_Phase_II cpec:aimsAt|cpec:focusesOn ?goal }", {()}),
        ("SELECT ?name { id:CPEC rdfs:label ?name }", {()}),
        ("CONSTRUCT { ?goal a cpec:Country } WHERE { id:CPEC_Phase_II cpec:aimsAt ?goal }", {()}),
    ],
)  # fmt: skip
def test_a_row_that_shows_its_triples_says_how_it_is_meant(
    store: Store, query: str, expected: set[tuple[str, ...]]
) -> None:
    answer = answered(store, query)
    assert len(answer.rows) > 0
    assert modalities(answer) == expected
    SCHEMA.validate(json.loads(answer.json()))


def test_a_parameter_is_a_value_of_the_row(store: Store) -> None:
    query = "SELECT ?who ?goal { ?who cpec:aimsAt ?goal }"
    answer = answered(store, query, who=NamedNode(ID + "CPEC_Phase_II"))
    assert modalities(answer) == {("Aim",)}


@pytest.mark.long
def test_each_proof_is_meant_in_its_own_way(data: Path) -> None:
    facts = ("id:AI_Framework cpec:hasParty id:Pakistan",
             "id:AI_Framework cpec:concernsArea id:Artificial_Intelligence")  # fmt: skip
    add(data, 1, "Pakistan has joined the framework on AI", *facts)
    query = "ASK { id:Pakistan cpec:cooperatesIn id:Artificial_Intelligence }"
    (row,) = answered(built(data), query).citations
    found = dict(zip(row.proofs, row.modalities, strict=True))
    assert found[f"{ID}article-1/s01",] == CPEC + "Reported"
    assert CPEC + "Ongoing" in found.values()


def test_a_cited_answer_as_rdf_says_how_its_proofs_are_meant(store: Store) -> None:
    body = as_rdf(answered(store, f"SELECT ?goal {{ {AIM} }}"), store, GRAPHS["ttl"], UNBOUNDED)
    told = Store()
    told.load(body, RdfFormat.TURTLE)
    meant = "ASK { ?proof prov:specializationOf ?row ; cpec:modality cpec:Aim }"
    assert told.query(meant, prefixes=PREFIXES)
