"""The modality of a proof: the weakest triple of the strongest solution that it gives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from graph.answering.evaluation import UNBOUNDED
from graph.answering.format import RESULTS
from graph.citing.answer import CitedAnswer
from graph.citing.citation import cite
from graph.citing.index import EvidenceIndex
from graph.citing.modality import Account, find_strongest, find_weakest
from graph.dataset import memory_store
from graph.explaining.spreadsheet import write_spreadsheet
from graph.publishing.schema import read_schema
from graph.snapshot import Snapshot
from graph.wording.statement import write_modality
from ontology.namespace import EVIDENCE, ID
from ontology.terms import CPEC, OA, RDF
from tests.graph.test_sources import add, build_store, data

__all__ = ["data"]

SCHEMA = Draft202012Validator(json.loads(read_schema("citations")))
MDU = "according to the Monthly Development Update (April 2026)"
AIM = "id:CPEC_Phase_II cpec:aimsAt ?goal"
COUNTED = "SELECT ?goal (COUNT(*) AS ?n) { ?x cpec:aimsAt ?goal } GROUP BY ?goal HAVING (?n > 99)"


def cite_query(index: EvidenceIndex, query: str, **bindings: NamedNode) -> CitedAnswer:
    return cite(index.store, index, query, bindings)


def modalities(answer: CitedAnswer) -> set[tuple[str, ...]]:
    SCHEMA.validate(json.loads(answer.json()))
    return {tuple(modality.name for modality in row.modalities) for row in answer.citations}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (f"SELECT ?goal {{ {AIM} }}", "aimed at"),
        (f"SELECT * {{ GRAPH ?g {{ {AIM} }} }}", "aimed at"),
        (f"SELECT ?goal {{ {AIM} . ?goal rdfs:label ?name FILTER (?name != '') }}", "aimed at"),
        (f"SELECT ?goal {{ {AIM} OPTIONAL {{ ?goal rdfs:label ?name }} }} LIMIT 2", "aimed at"),
        ("ASK { id:Climate_Initiatives cpec:hasParty id:China }", "going on"),
        (f"SELECT ?goal {{ {AIM} . id:CPEC_Phase_II cpec:phaseOf id:CPEC }}", "aimed at"),
        (f"CONSTRUCT {{ {AIM} }} WHERE {{ {AIM} }}", "aimed at"),
        (f"CONSTRUCT {{ ?goal a cpec:Country }} WHERE {{ {AIM} }}", "aimed at"),
        ("SELECT DISTINCT ?goal { ?who cpec:aimsAt ?goal }", "aimed at"),
        (f"SELECT ?goal {{ {AIM} FILTER EXISTS {{ ?goal a ?class }} }}", "aimed at"),
        (f"SELECT ?c {{ ?c a cpec:Country FILTER EXISTS {{ {AIM} }} }}", "aimed at"),
        ("SELECT ?c { ?c a cpec:Country FILTER NOT EXISTS { ?c cpec:date ?c } }", "no modality"),
        (f"SELECT ?goal {{ {{ {AIM} }} UNION {{ id:CPEC cpec:aimsAt ?goal }} }}", "aimed at"),
        ("SELECT ?goal { id:CPEC_Phase_II cpec:aimsAt|cpec:focusesOn ?goal }", "aimed at"),
        (f"SELECT ?goal {{ {{ SELECT DISTINCT ?goal {{ {AIM} }} LIMIT 9 }} }}", "aimed at"),
        (f"SELECT ?goal {{ {{ {AIM} }} UNION {{ {COUNTED} }} }}", "aimed at"),
        ("SELECT ?name { id:CPEC rdfs:label ?name }", "no modality"),
        ("SELECT ?x { ?x cpec:broader* ?x . FILTER (?x = id:Robotics) }", "no modality"),
    ],
)  # fmt: skip
def test_a_proof_has_the_modality_of_the_triples_that_it_is_traced_to(
    index: EvidenceIndex, query: str, expected: str
) -> None:
    answer = cite_query(index, query)
    assert {name for names in modalities(answer) for name in names} == {expected}


PORT = """
PREFIX cpec: <https://w3id.org/cpec-graph/ontology#> PREFIX id: <https://w3id.org/cpec-graph/id/>
GRAPH <https://w3id.org/cpec-graph/id/port/s01> { id:Pakistan cpec:partyTo id:Port }
"""


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("", "reported"),
        ("{| cpec:modality cpec:Ongoing |}", "going on"),
        ("{| cpec:modality cpec:Ongoing |} {| cpec:modality cpec:Ongoing |}", "going on"),
        ("~ id:r . id:r cpec:modality cpec:Ongoing", "going on"),
        ("{| cpec:reading 'an annotation without a modality' |}", "reported"),
        (". << id:Pakistan cpec:partyTo id:Other >> cpec:modality cpec:Ongoing", "reported"),
        ("} GRAPH id:elsewhere { id:r cpec:modality cpec:Ongoing", "reported"),
    ],
)
def test_an_annotation_that_a_client_writes_weakens_its_statement(
    first_snapshot: Snapshot, annotation: str, expected: str
) -> None:
    text = PORT.replace("id:Port }", f"id:Port {annotation} }}")
    store = memory_store([*first_snapshot.quads(), *parse(text, RdfFormat.TRIG)])
    query = "SELECT ?x { id:Pakistan cpec:partyTo ?x FILTER(?x = id:Port) }"
    answer = cite_query(EvidenceIndex(store), query)
    assert modalities(answer) == {(expected,)}


def test_a_parameter_is_a_value_of_the_row(index: EvidenceIndex) -> None:
    query = "SELECT ?who ?goal { ?who cpec:aimsAt ?goal }"
    answer = cite_query(index, query, who=NamedNode(ID + "CPEC_Phase_II"))
    assert modalities(answer) == {("aimed at",), ("aimed at", "aimed at")}


def test_a_basis_says_how_many_of_its_members_have_each_modality(index: EvidenceIndex) -> None:
    query = (
        "SELECT (COUNT(*) AS ?n) { VALUES ?p { cpec:aimsAt rdfs:label cpec:place } "
        "VALUES ?x { id:CPEC_Phase_II id:JCC14_Minutes_Signing } ?x ?p ?y }"
    )
    (row,) = cite_query(index, query).citations
    counts = {
        write_modality(modality._replace(members=0).to_json()): modality.members
        for modality in row.modalities
    }
    assert counts == {
        "no modality": 7,
        f"reported {MDU}": 1,
        "aimed at": 5,
        "aimed at according to Ahsan Iqbal": 4,
    }
    inner = f"SELECT ?n {{ {{ SELECT (COUNT(?goal) AS ?n) {{ {AIM} }} }} }}"
    (row,) = cite_query(index, inner).citations
    assert [(modality.name, modality.members) for modality in row.modalities] == [
        ("aimed at", 5),
        ("aimed at", 4),
    ]


def test_a_row_whose_triples_cannot_be_traced_says_that_its_modality_is_not_known(
    index: EvidenceIndex,
) -> None:
    query = f"SELECT ?goal {{ {AIM} FILTER EXISTS {{ BIND (1 AS ?goal) }} }}"
    answer = cite_query(index, query)
    assert {row.status for row in answer.citations} == {"cited"}
    assert modalities(answer) == {("not known",)}
    table = write_spreadsheet(answer, RESULTS["csv"], UNBOUNDED)
    assert b"the modality of proof 1 is not known" in table


@pytest.mark.long
def test_each_proof_has_a_modality_of_its_own(data: Path) -> None:
    facts = ("id:AI_Framework cpec:hasJointParty id:Pakistan",
             "id:AI_Framework cpec:hasJointParty id:China",
             "id:AI_Framework cpec:concernsArea id:Artificial_Intelligence")  # fmt: skip
    add(data, 1, "Pakistan has joined the framework on AI", *facts)
    query = "ASK { id:Pakistan cpec:cooperatesIn id:Artificial_Intelligence }"
    (row,) = cite_query(EvidenceIndex(build_store(data)), query).citations
    proofs = zip(row.proofs, row.modalities, strict=True)
    names = {proof: modality.name for proof, modality in proofs}
    assert names[f"{ID}article-1/s01",] == "reported"
    assert "going on" in names.values()


def test_a_row_that_shows_a_record_has_its_modality(index: EvidenceIndex) -> None:
    denying = memory_store(index.store)
    record = NamedNode(f"{ID}inp-wealthpk-2026-04-29/s08#denied")
    for predicate, value in (
        (RDF.TYPE, NamedNode(CPEC + "UnassertedStatement")),
        (NamedNode(CPEC + "saidSubject"), NamedNode(ID + "China")),
        (NamedNode(CPEC + "saidPredicate"), NamedNode(CPEC + "cooperatesIn")),
        (NamedNode(CPEC + "saidObject"), NamedNode(ID + "Robotics")),
        (CPEC.MODALITY, NamedNode(CPEC + "Denied")),
        (OA.HAS_SOURCE, NamedNode(f"{ID}inp-wealthpk-2026-04-29/s08")),
    ):
        denying.add(Quad(record, predicate, value, EVIDENCE))
        denying.add(Quad(record, predicate, value))
    query = "SELECT ?r ?o { ?r cpec:saidSubject id:China ; cpec:saidObject ?o }"
    ((denied,),) = modalities(cite_query(EvidenceIndex(denying), query))
    assert denied in {"Denied", "denied"}
    aims = "SELECT ?record { ?record rdf:subject id:CPEC_Phase_II ; rdf:predicate cpec:aimsAt }"
    assert modalities(cite_query(index, aims)) == {("aimed at",)}


def test_modalities_combine_by_strength_and_those_outside_the_order_come_last() -> None:
    reported, aim, denied, none = map(
        Account, (CPEC + "Reported", CPEC + "Aim", CPEC + "Denied", "")
    )
    assert find_weakest([reported, none, aim]) == aim
    assert find_weakest([aim, denied]) == denied
    assert find_weakest([aim, None]) is None
    assert find_strongest([denied, None, aim]) == aim
    assert find_strongest([None]) is None


def test_a_table_has_a_column_of_modalities(index: EvidenceIndex) -> None:
    def last_cell(query: str) -> str:
        body = write_spreadsheet(cite_query(index, query), RESULTS["csv"], UNBOUNDED).decode()
        head, first = body.splitlines()[:2]
        assert head.endswith("sources,quotes,anchors,modalities")
        return first.rpartition(",")[2]

    assert last_cell(f"SELECT ?goal {{ {AIM} }}") == "aimed at"
    counts = "5 aimed at + 4 aimed at according to Ahsan Iqbal"
    assert last_cell(f"SELECT (COUNT(*) AS ?n) {{ {AIM} }}") == counts
