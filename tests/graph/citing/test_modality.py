"""The modality of a proof: the weakest triple of the strongest solution that it gives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from graph.answering.evaluation import UNBOUNDED
from graph.answering.format import GRAPHS, RESULTS
from graph.citing.answer import CitedAnswer
from graph.citing.citation import cite
from graph.citing.index import EvidenceIndex
from graph.citing.modality import find_strongest, find_weakest
from graph.dataset import memory_store
from graph.explaining.answer_graph import write_rdf
from graph.explaining.spreadsheet import write_spreadsheet
from graph.publishing.schema import read_schema
from ontology.namespace import EVIDENCE, ID, PREFIXES
from ontology.terms import CPEC, OA, RDF
from tests.graph.test_sources import add, build_store, data

__all__ = ["data"]

SCHEMA = Draft202012Validator(json.loads(read_schema("citations")))
AIM = "id:CPEC_Phase_II cpec:aimsAt ?goal"
COUNTED = "SELECT ?goal (COUNT(*) AS ?n) { ?x cpec:aimsAt ?goal } GROUP BY ?goal HAVING (?n > 99)"


def cite_query(store: Store, query: str, **bindings: NamedNode) -> CitedAnswer:
    return cite(store, EvidenceIndex(store), query, bindings)


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
    store: Store, query: str, expected: str
) -> None:
    answer = cite_query(store, query)
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
    shipped_quads: list[Quad], annotation: str, expected: str
) -> None:
    text = PORT.replace("id:Port }", f"id:Port {annotation} }}")
    store = memory_store([*shipped_quads, *parse(text, RdfFormat.TRIG)])
    answer = cite_query(store, "SELECT ?x { id:Pakistan cpec:partyTo ?x FILTER(?x = id:Port) }")
    assert modalities(answer) == {(expected,)}


def test_a_parameter_is_a_value_of_the_row(store: Store) -> None:
    query = "SELECT ?who ?goal { ?who cpec:aimsAt ?goal }"
    answer = cite_query(store, query, who=NamedNode(ID + "CPEC_Phase_II"))
    assert modalities(answer) == {("aimed at",)}


def test_a_basis_says_how_many_of_its_members_have_each_modality(store: Store) -> None:
    query = (
        "SELECT (COUNT(*) AS ?n) { VALUES ?p { cpec:aimsAt rdfs:label cpec:place } "
        "VALUES ?x { id:CPEC_Phase_II id:JCC14_Minutes_Signing } ?x ?p ?y }"
    )
    (row,) = cite_query(store, query).citations
    counts = {modality.name: modality.members for modality in row.modalities}
    assert counts == {"no modality": 6, "reported": 1, "aimed at": 4}
    inner = f"SELECT ?n {{ {{ SELECT (COUNT(?goal) AS ?n) {{ {AIM} }} }} }}"
    (row,) = cite_query(store, inner).citations
    assert [(modality.name, modality.members) for modality in row.modalities] == [("aimed at", 4)]


def test_a_row_whose_triples_cannot_be_traced_says_that_its_modality_is_not_known(
    store: Store,
) -> None:
    query = f"SELECT ?goal {{ {AIM} FILTER EXISTS {{ BIND (1 AS ?goal) }} }}"
    answer = cite_query(store, query)
    assert {row.status for row in answer.citations} == {"cited"}
    assert modalities(answer) == {("not known",)}
    assert b"not known" in write_spreadsheet(answer, RESULTS["csv"], UNBOUNDED)
    graph = write_rdf(answer, store, GRAPHS["ttl"], UNBOUNDED)
    assert b"the modality of proof 1 is not known" in graph


@pytest.mark.long
def test_each_proof_has_a_modality_of_its_own(data: Path) -> None:
    facts = ("id:AI_Framework cpec:hasJointParty id:Pakistan",
             "id:AI_Framework cpec:hasJointParty id:China",
             "id:AI_Framework cpec:concernsArea id:Artificial_Intelligence")  # fmt: skip
    add(data, 1, "Pakistan has joined the framework on AI", *facts)
    query = "ASK { id:Pakistan cpec:cooperatesIn id:Artificial_Intelligence }"
    (row,) = cite_query(build_store(data), query).citations
    proofs = zip(row.proofs, row.modalities, strict=True)
    names = {proof: modality.name for proof, modality in proofs}
    assert names[f"{ID}article-1/s01",] == "reported"
    assert "going on" in names.values()


def test_a_row_that_shows_a_record_has_its_modality(store: Store) -> None:
    denying = memory_store(store)
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
    ((denied,),) = modalities(cite_query(denying, query))
    assert denied in {"Denied", "denied"}
    aims = "SELECT ?record { ?record rdf:subject id:CPEC_Phase_II ; rdf:predicate cpec:aimsAt }"
    assert modalities(cite_query(store, aims)) == {("aimed at",)}


def test_modalities_combine_by_strength_and_those_outside_the_order_come_last() -> None:
    aim, denied = CPEC + "Aim", CPEC + "Denied"
    assert find_weakest([CPEC + "Reported", "", aim]) == aim
    assert find_weakest([aim, denied]) == denied
    assert find_weakest([aim, None]) is None
    assert find_strongest([denied, None, aim]) == aim
    assert find_strongest([None]) is None


def test_a_cited_answer_as_rdf_has_the_modality_of_proofs_and_members(store: Store) -> None:
    def holds(query: str, pattern: str) -> bool:
        graph = Store()
        body = write_rdf(cite_query(store, query), store, GRAPHS["ttl"], UNBOUNDED)
        graph.load(body, RdfFormat.TURTLE)
        return bool(graph.query(f"ASK {{ {pattern} }}", prefixes=PREFIXES))

    aimed = "?proof prov:specializationOf ?row ; cpec:modality cpec:Aim"
    assert holds(f"SELECT ?goal {{ {AIM} }}", aimed)
    counted = (
        "?basis prov:specializationOf ?row ; dcterms:hasPart ?part . ?part a schema:ItemList ; "
        "schema:numberOfItems 4 ; cpec:modality cpec:Aim"
    )
    assert holds(f"SELECT (COUNT(*) AS ?n) {{ {AIM} }}", counted)


def test_a_table_has_a_column_of_modalities(store: Store) -> None:
    def last_cell(query: str) -> str:
        body = write_spreadsheet(cite_query(store, query), RESULTS["csv"], UNBOUNDED).decode()
        head, first = body.splitlines()[:2]
        assert head.endswith("sources,quotes,modalities")
        return first.rpartition(",")[2]

    assert last_cell(f"SELECT ?goal {{ {AIM} }}") == "aimed at"
    assert last_cell(f"SELECT (COUNT(*) AS ?n) {{ {AIM} }}") == "4 aimed at"
