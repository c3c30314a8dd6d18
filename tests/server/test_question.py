"""The questions of the catalogue over HTTP."""

import json

import pytest
from jsonschema import Draft202012Validator

from bench.client import Client
from graph.answering.evaluation import Query
from graph.publishing.schema import read_schema
from ontology.namespace import BASE
from ontology.terms import CPEC
from queries.catalogue import catalogue
from server.response import tag_query
from tests.server.conftest import Run

CITED = Draft202012Validator(json.loads(read_schema("citations")))
BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"


@pytest.mark.parametrize("name", catalogue())
def test_every_question_is_answered_and_has_a_page(client: Client, name: str) -> None:
    needed = [
        parameter.name for parameter in catalogue()[name].parameters if parameter.default is None
    ]
    reply = client.get(f"/api/queries/{name}", Accept="text/csv")
    assert (reply.status, reply.type) == (400 if needed else 200, reply.type)
    assert client.get(f"/questions/{name}", Accept=BROWSER).type == "text/html"


@pytest.mark.parametrize("accept", ["text/turtle", "application/ld+json;q=0.9, image/png"])
def test_a_question_that_is_looked_up_as_rdf_is_described(client: Client, accept: str) -> None:
    reply = client.get("/questions/aims", Accept=accept)
    assert (reply.status, reply.headers["Vary"]) == (303, "Accept")
    path = reply.headers["Location"].removeprefix(client.address)
    assert f"{BASE}questions/aims" in client.get(path, Accept=accept).text


def test_a_parameter_is_bound_as_a_term(client: Client) -> None:
    reply = client.get("/api/queries/aims?undertaking=Climate_Initiatives&format=csv")
    assert reply.type == "text/csv"
    assert len(reply.text.splitlines()) > 1
    page = client.get("/questions/aims?undertaking=Climate_Initiatives", Accept=BROWSER)
    assert "<caption>" in page.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/queries/aims?nothing=1", 400),
        ("/api/queries/aims?undertaking=Nothing", 404),
        ("/api/queries/aims?undertaking=a&undertaking=b", 400),
        ("/api/queries/aims?format=pdf", 400),
        ("/questions/aims?nothing=1", 400),
    ],
)
def test_a_parameter_that_is_none_is_refused(client: Client, path: str, status: int) -> None:
    assert client.get(path).status == status
    page = client.get(path.replace("/api/queries", "/questions"), Accept=BROWSER)
    assert page.status == 400 or "format" in path


def test_words_are_not_taken_for_the_same_answer_without_them() -> None:
    asked = "SELECT * { ?s ?p ?o }"
    tags = {tag_query("1", Query(asked, cite=True, words=words)) for words in (False, True)}
    assert len(tags) == 2


def test_the_questions_are_listed_for_programs(client: Client) -> None:
    listed = client.get("/api/queries/").json["queries"]
    assert [question["name"] for question in listed] == sorted(catalogue())
    (aims,) = [question for question in listed if question["name"] == "aims"]
    (parameter,) = aims["parameters"]
    assert parameter["name"] == "undertaking"
    assert client.get(aims["address"].removeprefix(client.address)).json["results"]["bindings"]
    assert client.get("/api/queries/", Accept="image/png").status == 406


@pytest.mark.parametrize(
    ("accept", "path"),
    [("text/html,*/*;q=0.8", "/questions/"), ("text/turtle", "/.well-known/void")],
)
def test_people_are_sent_to_the_page_of_the_questions(
    client: Client, accept: str, path: str
) -> None:
    sent = client.get("/api/queries/", Accept=accept)
    assert (sent.status, sent.headers["Location"]) == (303, client.address + path)


def test_a_question_opened_in_a_browser_is_its_page(client: Client) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    sent = client.get("/api/queries/names?thing=CPEC&language=zh", Accept=browser)
    assert sent.status == 303
    path = sent.headers["Location"].removeprefix(client.address)
    assert path == "/questions/names?thing=CPEC&language=zh"
    assert client.get(path, Accept=browser).type == "text/html"
    assert client.get("/api/queries/names?thing=CPEC&format=csv", Accept=browser).type == "text/csv"


def test_the_form_of_a_row_is_in_the_cited_answer_and_its_rows_in_the_command(
    client: Client, run: Run
) -> None:
    form = "Pakistan and China cooperate in {area}[ through {undertaking}]"
    assert client.get("/api/queries/cooperation-areas?cite=true").json["form"] == form
    assert "form" not in client.get("/api/queries/cooperation-areas").json
    words = run("ask", "cooperation-areas", "--cite").stdout
    assert "- Pakistan and China cooperate in infrastructure [" in words
    assert "- Pakistan and China cooperate in human capital development through China-" in words
    assert (
        f'"form":"{form}"' in run("ask", "cooperation-areas", "--cite", "--format", "json").stdout
    )


def test_the_rows_that_a_question_leaves_out_are_counted(client: Client) -> None:
    intended = client.get("/api/queries/intended-areas?format=csv").text.splitlines()[1:]
    note = f"{len(intended)} rows are left out: aimed at"
    reply = client.get("/api/queries/cooperation-areas?cite=true")
    assert reply.headers["Left-Out"] == note
    aimed_at = {"iri": CPEC + "Aim", "name": "aimed at", "members": len(intended)}
    assert reply.json["leftOut"] == [aimed_at]
    CITED.validate(reply.json)
    assert client.get("/api/queries/cooperation-areas?format=csv").headers["Left-Out"] == note
    assert f"{note}." in client.get("/questions/cooperation-areas", Accept=BROWSER).text
    assert "Left-Out" not in client.get("/api/queries/parties?only=inp-wealthpk-2026-04-29").headers
