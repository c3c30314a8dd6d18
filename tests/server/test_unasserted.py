"""Statements that a source denies, proposes or requests: no fact anywhere, and shown as such."""

import csv
import json
from collections.abc import Iterator
from io import StringIO

import pytest
from jsonschema import Draft202012Validator
from pyoxigraph import NamedNode, Triple, parse

from bench.client import Client
from graph.answering.format import GRAPH_FORMATS
from graph.curating.master import Inputs
from graph.publishing.plain_export import PLAIN, export_plain
from graph.publishing.rdf_export import export_rdf
from graph.publishing.schema import read_schema
from graph.snapshot import Snapshot
from ontology.namespace import HEAD, ID
from ontology.terms import RDF
from tests.conftest import Build
from tests.first_article import copy_first_article, write_closed
from tests.server.conftest import serving

ARTICLE = f"{ID}denial-2026-05-03"
DENIAL = f"{ARTICLE}/s01"
TRIG = """
BASE <https://w3id.org/cpec-graph/id/denial-2026-05-03/>

GRAPH graph:editorial {
    id:denial-2026-05-03 a cpec:NewsArticle .
    id:Iran a cpec:Country ; rdfs:label "Iran"@en .
}
GRAPH graph:evidence {
    id:denial-2026-05-03 dcterms:title "What the ministry denied"@en ;
        dcterms:publisher id:INP_WealthPk ; dcterms:date "2026-05-03"^^xsd:date ;
        schema:sha256 "3e554e2440db8c111f3c02ff0a7d1bb53f8a4f294398e16650d3b91483684ad8" .
    <s01> a cpec:Sentence ; oa:hasSource id:denial-2026-05-03 ; schema:position 1 ;
        cpec:attributedTo id:MoPDSI ; oa:hasSelector <s01#position> ;
        schema:sha256 "3e554e2440db8c111f3c02ff0a7d1bb53f8a4f294398e16650d3b91483684ad8" .
    <s01#position> a oa:TextPositionSelector ; oa:start 0 ; oa:end 400 .
}
GRAPH <s01> {
    << id:CPEC cpec:hasJointParty id:Iran ~ <s01#1> >> oa:exact "denied that Iran is in it" ;
        cpec:modality cpec:Denied ; cpec:reading "\\"It\\" is the corridor."@en .
    << id:Climate_Initiatives cpec:hasJointParty id:China ~ <s01#2> >>
        oa:exact "China was only invited" ; cpec:modality cpec:Proposed .
    id:CPEC cpec:concernsArea id:Infrastructure ~ <s01#3> {| oa:exact "infrastructure" |} .
}
"""
RECORD = "?record a cpec:UnassertedStatement ; cpec:saidObject id:Iran"


@pytest.fixture(scope="module")
def denying_graph(build_once: Build, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The first article, and one that denies one party and says that another was invited."""
    data = copy_first_article(tmp_path_factory.mktemp("denied"))
    (data / "articles" / "denial-2026-05-03.trig").write_text(HEAD + TRIG, "utf-8")
    return build_once("denial", Inputs(data), write_closed)


@pytest.fixture(scope="module")
def client(denying_graph: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("server")
    with serving(folder, "--snapshot", str(denying_graph.path)) as served:
        yield served


@pytest.mark.parametrize(
    "pattern",
    [
        "?s ?p id:Iran FILTER (?p != cpec:saidObject)",
        "id:Iran cpec:partyTo|cpec:jointPartyTo|cpec:cooperatesIn ?o",
        "GRAPH ?sentence { id:CPEC cpec:hasJointParty id:Iran }",
        "?record rdf:subject id:CPEC ; rdf:predicate cpec:hasJointParty ; rdf:object id:Iran",
    ],
)
def test_what_is_denied_is_no_row(client: Client, pattern: str) -> None:
    assert client.query(f"ASK {{ {pattern} }}").json["boolean"] is False


def test_what_is_denied_is_not_counted(client: Client) -> None:
    count = "SELECT (COUNT(*) AS ?n) { id:CPEC cpec:hasParty ?country }"
    assert client.query(count, "text/csv").text.split() == ["n", "2"]


def test_its_record_is_cited_by_the_sentence_and_goes_with_it(client: Client) -> None:
    query = f"SELECT ?modality {{ {RECORD} ; cpec:modality ?modality }}"
    cited = client.query(query, cite="true").json
    (citation,) = cited["citations"]
    assert [DENIAL] in citation["proofs"]
    assert [modality["name"] for modality in citation["modalities"]] == ["denied"]
    assert cited["sources"][DENIAL]["quote"] == "denied that Iran is in it"
    excluded = client.query(query, without=DENIAL).json
    assert excluded["results"]["bindings"] == []
    assert client.query(query, only=DENIAL).json["results"]["bindings"] != []


@pytest.mark.parametrize(
    "pattern", ["oa:hasSource ?x", "oa:hasSelector/oa:exact ?x", "cpec:attributedTo ?x"]
)
def test_a_row_about_it_is_denied_whatever_it_shows(client: Client, pattern: str) -> None:
    query = f"SELECT ?x {{ ?r a cpec:UnassertedStatement ; cpec:saidObject id:Iran ; {pattern} }}"
    (citation,) = client.query(query, cite="true").json["citations"]
    assert {modality["name"] for modality in citation["modalities"]} == {"denied"}
    bare = f"SELECT ?x {{ ?r a cpec:UnassertedStatement ; {pattern} }}"
    for citation in client.query(bare, cite="true").json["citations"]:
        assert {modality["name"] for modality in citation["modalities"]} <= {"denied", "proposed"}


def test_the_catalogue_lists_it(client: Client) -> None:
    rows = list(csv.DictReader(StringIO(client.get("/api/queries/not-asserted?format=csv").text)))
    listed = [(row["objectLabel"], row["modalityLabel"], row["byLabel"]) for row in rows]
    ministry = "Ministry of Planning, Development and Special Initiatives"
    assert sorted(listed) == [("China", "proposed", ministry), ("Iran", "denied", ministry)]


def test_why_a_triple_holds_names_who_does_not_assert_it(client: Client) -> None:
    why = client.get("/explain?s=Climate_Initiatives&p=hasJointParty&o=China")
    Draft202012Validator(json.loads(read_schema("explanation"))).validate(why.json)
    (other,) = why.json["unasserted"]
    assert (other["modality"]["name"], other["source"]) == ("proposed", DENIAL)
    assert other["words"] == (
        "proposed by the Ministry of Planning, Development and Special Initiatives"
        " (INP-WealthPk, 3 May 2026, sentence 1: “China was only invited”)"
    )
    page = client.get("/explain?s=Climate_Initiatives&p=hasJointParty&o=China", Accept="text/html")
    assert other["words"] in page.text
    urdu = client.get(
        "/explain?s=Climate_Initiatives&p=hasJointParty&o=China&names=ur", Accept="text/html"
    )
    assert "proposed by" not in urdu.text
    assert f"(<bdi>{other['speaker']['ur']}</bdi>)" in urdu.text
    assert '<q lang="en" dir="auto">China was only invited</q>' in urdu.text
    turtle = client.get("/explain?s=Climate_Initiatives&p=hasJointParty&o=China&format=ttl").text
    assert "cpec:UnassertedStatement" in turtle


def test_a_triple_that_is_only_denied_is_not_in_the_graph_and_the_denial_is_named(
    client: Client,
) -> None:
    reply = client.get("/explain?s=CPEC&p=hasJointParty&o=Iran")
    assert reply.status == 404
    (words,) = reply.json["unasserted"]
    assert words.startswith("denied by the Ministry of Planning")
    assert words in reply.json["detail"]


@pytest.mark.parametrize("name", ["Iran", "CPEC", "denial-2026-05-03"])
def test_a_page_shows_it_as_what_it_is(client: Client, name: str) -> None:
    page = client.get(f"/page/{name}", Accept="text/html").text
    assert "The Ministry of Planning, Development and Special Initiatives denies that" in page
    assert "denied that Iran is in it" in page


def test_a_page_leaves_it_out_with_its_source(client: Client) -> None:
    page = client.get(f"/page/CPEC?without={DENIAL}", Accept="text/html")
    assert page.status == 200
    assert (
        "The Ministry of Planning, Development and Special Initiatives denies that" not in page.text
    )


def test_an_export_has_it_as_not_asserted(denying_graph: Snapshot) -> None:
    quads = denying_graph.quads()
    rows = list(csv.DictReader(StringIO(export_plain(quads, PLAIN["csv"]).decode())))
    (row,) = [row for row in rows if row["object"] == f"{ID}Iran"]
    assert (row["stated"], row["modality"], row["sentence"]) == ("not asserted", "Denied", DENIAL)
    assert row["quote"] == "denied that Iran is in it"
    edges = export_plain(quads, PLAIN["edges"]).decode()
    assert f"{ID}Iran" not in edges


def test_an_export_with_evidence_has_its_reifier_without_the_triple(
    denying_graph: Snapshot,
) -> None:
    quads = denying_graph.quads()
    form = next(form for form in GRAPH_FORMATS if form.name == "ttl")
    triples = {quad.triple for quad in parse(export_rdf(quads, form, evidence=True), form.reader)}
    (reified,) = [
        triple.object
        for triple in triples
        if triple.predicate == RDF.REIFIES and triple.subject == NamedNode(f"{DENIAL}#1")
    ]
    assert isinstance(reified, Triple)
    assert reified.object == NamedNode(f"{ID}Iran")
    assert reified not in triples
