"""Empty answers over a real socket: header, JSON, pages and the command say why."""

from urllib.parse import urlencode

import pytest

from bench.client import Client
from tests.server.test_citing import SCHEMA

MISSPELT = "SELECT ?area { id:Pakistn cpec:cooperatesIn ?area }"
ONLY_AIMED = "SELECT ?c { ?c cpec:cooperatesIn id:Gas_Hydrates }"
JOINED = "SELECT ?f { ?f a cpec:Framework ; cpec:aimsAt ?aim }"
S10 = "inp-wealthpk-2026-04-29/s10"
AIMS = "SELECT ?aim { id:Scholarship_Alignment_Initiative cpec:aimsAt ?aim }"


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_each_format_has_the_reason_in_its_header(client: Client, form: str) -> None:
    reply = client.query(MISSPELT, format=form)
    assert reply.headers["Empty-Reason"].endswith("did you mean id:Pakistan?")


@pytest.mark.parametrize(
    "text",
    [
        "ASK { id:Pakistn ?p ?o }",
        "CONSTRUCT { ?o a cpec:X } WHERE { id:Pakistn ?p ?o }",
        "SELECT (COUNT(*) AS ?n) (MIN(?o) AS ?least) { id:Pakistn ?p ?o }",
    ],
)
def test_each_form_of_query_has_a_reason(client: Client, text: str) -> None:
    assert "id:Pakistn" in client.query(text).headers["Empty-Reason"]
    assert "id:Pakistn" in client.query(text, "text/csv").headers.get("Empty-Reason", "id:Pakistn")


def test_an_answer_that_is_not_empty_has_no_reason(client: Client) -> None:
    for text in (AIMS, "ASK { id:HEC ?p ?o }", "SELECT (COUNT(*) AS ?n) { ?a a cpec:Area }"):
        reply = client.query(text)
        assert "Empty-Reason" not in reply.headers
        assert "empty" not in reply.json


def test_a_core_needs_a_citation(client: Client) -> None:
    assert "empty" not in client.query(JOINED).json
    cited = client.query(JOINED, cite="true")
    SCHEMA.validate(cited.json)
    assert cited.json["empty"]["causes"][0]["parts"] == [
        "?f rdf:type cpec:Framework .",
        "?f cpec:aimsAt ?aim .",
    ]


def test_the_query_that_was_meant_has_an_answer(client: Client) -> None:
    text = 'SELECT ?x { ?x rdfs:label ?name FILTER(?name = "Pakistan"@fr) }'
    reply = client.query(text, cite="true")
    SCHEMA.validate(reply.json)
    (cause,) = reply.json["empty"]["causes"]
    assert (cause["kind"], cause["near"], cause["mistake"]) == ("tag", '"Pakistan"@en', True)
    assert client.query(cause["query"]).json["results"]["bindings"]
    page = client.query(text, "text/html").text
    assert "Did you mean &#34;Pakistan&#34;@en?" in page
    assert urlencode({"query": cause["query"]}) in page


def test_an_aim_is_shown_with_its_sentence(client: Client) -> None:
    reply = client.query(ONLY_AIMED, cite="true")
    SCHEMA.validate(reply.json)
    (example, *_) = reply.json["empty"]["causes"][0]["examples"]
    assert example["graphs"] == ["https://w3id.org/cpec-graph/id/profit-2025-09-08/s08"]
    assert "unsaid" not in reply.json["empty"]


def test_an_excluded_source_is_named(client: Client) -> None:
    for cite in ("true", "false"):
        reply = client.query(AIMS, without=S10, cite=cite)
        assert [cause["kind"] for cause in reply.json["empty"]["causes"]] == ["excluded"]
        assert S10 in reply.headers["Empty-Reason"]
    assert client.query(AIMS, without=S10).json["results"]["bindings"] == []


def test_a_page_says_why(client: Client) -> None:
    page = client.query(ONLY_AIMED, "text/html").text
    assert (
        "No source says that any country cooperates in natural gas hydrates at sea; only aimed at: "
        in page
    )
    unsaid = client.get("/questions/meeting-held?meeting=JCC_Meeting_13", Accept="text/html").text
    assert '<p class="lead">No source gives the date of the meeting.</p>' in unsaid
    path = "/questions/focus?undertaking=CPEC_Phase_II"
    aimed = client.get(path, Accept="text/html").text
    assert "<li>No source says that CPEC Phase II focuses on any topic; only aimed at: " in aimed
    assert '<a href="/page/inp-wealthpk-2026-04-29/s04">s04</a>' in aimed
