"""Cited answers over a real socket: each row with its sources, held to their schema."""

from __future__ import annotations

import csv
import json
from collections import Counter
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import pytest
from jsonschema import Draft202012Validator
from pyoxigraph import (
    QueryResultsFormat,
    QuerySolutions,
    parse_query_results,
)
from rdflib.query import Result

from bench.client import FORM, Client
from graph.publishing.schema import read_schema
from queries.catalogue import catalogue
from tests.server.test_sparql import AREAS

JSON = "application/sparql-results+json"
SCHEMA = Draft202012Validator(json.loads(read_schema("citations")))
ARTICLE = "https://w3id.org/cpec-graph/id/inp-wealthpk-2026-04-29"
FORMS = [
    AREAS,
    "ASK { id:Pakistan cpec:cooperatesIn id:Artificial_Intelligence }",
    "ASK { id:Pakistan cpec:cooperatesIn id:Robotics }",
    "CONSTRUCT { ?area a cpec:Shared } WHERE { id:Pakistan cpec:cooperatesIn ?area }",
    "DESCRIBE id:HEC",
    "SELECT (COUNT(*) AS ?n) { id:Pakistan cpec:cooperatesIn ?area }",
    "SELECT ?a ?l { id:Pakistan cpec:cooperatesIn ?a OPTIONAL { ?a rdfs:label ?l } }",
    "SELECT ?a { id:Pakistan cpec:intendsCooperationIn ?a MINUS { ?c cpec:cooperatesIn ?a } }",
    "SELECT (RAND() AS ?x) {}",
]


def ask_cited(client: Client, query: str, **parameters: str) -> dict[str, Any]:
    reply = client.query(query, cite="true", **parameters)
    assert reply.status == 200, reply.body
    assert reply.type == "application/sparql-results+json"
    return read_citations(reply.body)


def read_citations(body: bytes) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(body)
    SCHEMA.validate(answer)
    rows = [answer["boolean"]] if "boolean" in answer else answer["results"]["bindings"]
    assert len(answer["citations"]) == len(rows)
    named = {graph for citation in answer["citations"] for graph in citation["graphs"]}
    assert set(answer["sources"]) == named
    return answer


@pytest.mark.parametrize("query", FORMS)
def test_an_answer_of_every_form_is_what_the_schema_says(client: Client, query: str) -> None:
    ask_cited(client, query)


def test_each_row_names_the_sentences_that_give_it(client: Client) -> None:
    answer = ask_cited(client, f"{AREAS} ORDER BY ?area")
    areas = [row["area"]["value"].rpartition("/")[2] for row in answer["results"]["bindings"]]
    citation = answer["citations"][areas.index("Artificial_Intelligence")]
    assert citation["status"] == "cited"
    assert citation["proofs"] == [[f"{ARTICLE}/s08"]]
    source = answer["sources"][f"{ARTICLE}/s08"]
    assert source["article"] == ARTICLE
    assert source["published"] == "2026-04-29"


@pytest.mark.parametrize("wrapped", ["{}", "GRAPH graph:evidence {{ {} }}", "GRAPH ?g {{ {} }}"])
def test_who_asks_for_records_is_told_the_sentence_of_each(client: Client, wrapped: str) -> None:
    record = "?r rdf:subject id:HEC ; rdf:predicate ?p ; cpec:modality ?m"
    answer = ask_cited(client, f"SELECT ?r ?m {{ {wrapped.format(record)} }}")
    assert answer["results"]["bindings"]
    for row, citation in zip(answer["results"]["bindings"], answer["citations"], strict=True):
        assert citation["status"] == "cited"
        assert citation["proofs"] == [[row["r"]["value"].partition("#")[0]]]


def test_get_post_form_and_body_are_cited_alike(client: Client) -> None:
    form = urlencode({"query": AREAS, "cite": "true"})
    direct = {"Content_Type": "application/sparql-query"}
    replies = [
        client.query(AREAS, cite="true"),
        client.send("POST", "/sparql", form, Content_Type=FORM),
        client.send("POST", "/sparql?cite=true", AREAS, **direct),
        client.send("QUERY", "/sparql?cite=true", AREAS, **direct),
    ]
    assert len({reply.body for reply in replies}) == 1
    read_citations(replies[0].body)


@pytest.mark.parametrize(
    ("parameters", "accept", "status", "detail"),
    [
        ({"cite": "maybe"}, "*/*", 400, "cite is true or false, not 'maybe'"),
        ({"cite": ""}, "*/*", 400, "cite is true or false"),
        ({"cite": "true", "format": "xml"}, "*/*", 406, "tsv (text/tab-separated-values)"),
        ({"cite": "true", "format": "pdf"}, "*/*", 400, "format=pdf is not one of"),
        ({"cite": "true", "format": "ttl"}, "*/*", 406, "tsv (text/tab-separated-values)"),
        ({"cite": "true"}, "text/turtle", 406, "citations are written in"),
        ({"cite": "true"}, "application/xml", 406, "citations are written in"),
    ],
)
def test_what_cannot_be_cited_so_is_refused(
    client: Client, parameters: dict[str, str], accept: str, status: int, detail: str
) -> None:
    reply = client.query(AREAS, accept, **parameters)
    assert reply.status == status
    assert detail in reply.json["detail"]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/turtle, */*;q=0.1", JSON),
        ("application/json, text/turtle", "application/json"),
        ("application/sparql-results+json;q=0.2, text/csv;q=0.3", "text/csv"),
        ("application/sparql-results+xml, */*;q=0.8", JSON),
        ("*/*", JSON),
    ],
)
def test_citations_are_written_in_the_format_that_the_client_prefers(
    client: Client, accept: str, kind: str
) -> None:
    assert client.query(AREAS, accept, cite="true").type == kind


def test_each_format_of_a_cited_answer_has_an_entity_tag_of_its_own(client: Client) -> None:
    forms = "*/*", "text/csv", "text/tab-separated-values"
    tags = {client.query(AREAS, accept, cite="true").headers["ETag"] for accept in forms}
    assert len(tags) == len(forms)


@pytest.mark.parametrize(("name", "dialect"), [("csv", "excel"), ("tsv", "excel-tab")])
def test_a_table_has_the_sources_of_each_row_and_their_quotes(
    client: Client, name: str, dialect: str
) -> None:
    reply = client.query(f"{AREAS} ORDER BY ?area", cite="true", format=name)
    heads, *rows = csv.reader(reply.text.splitlines(), dialect)
    assert [head.lstrip("?") for head in heads] == [
        "area",
        "sources",
        "quotes",
        "anchors",
        "modalities",
    ]
    answer = ask_cited(client, f"{AREAS} ORDER BY ?area")
    assert len(rows) == len(answer["citations"])
    anchored = {graph for graph, source in answer["sources"].items() if "anchor" in source}
    for row, citation in zip(rows, answer["citations"], strict=True):
        proofs = [part.split(" ") for part in row[1].split(" | ") if not part.startswith("(")]
        assert proofs == citation["proofs"]
        words = [[(graph, citation.get("words", {}).get(graph)) for graph in p] for p in proofs]
        for cell, is_anchor in ((row[2], False), (row[3], True)):
            own = [[w for g, w in p if w and (g in anchored) == is_anchor] for p in words]
            assert cell == (" | ".join(map(" + ".join, own)) if any(own) else "")


def test_the_columns_of_sources_take_no_name_of_the_query(client: Client) -> None:
    text = "SELECT (1 AS ?sources) (2 AS ?sources_) (3 AS ?quotes) {}"
    reply = client.query(text, cite="true", format="csv")
    assert (
        reply.text.splitlines()[0] == "sources,sources_,quotes,sources__,quotes_,anchors,modalities"
    )


def test_why_a_row_has_no_source_stands_in_its_place(client: Client) -> None:
    reply = client.query("SELECT (RAND() AS ?x) {}", cite="true", format="csv")
    assert "(uncited: RAND gives another value each time)" in reply.text


@pytest.mark.parametrize(
    ("query", "heads"),
    [
        ("ASK { id:Pakistan cpec:cooperatesIn id:Artificial_Intelligence }", "boolean"),
        ("CONSTRUCT WHERE { id:HEC cpec:taskedInArea ?a }", "subject,predicate,object"),
    ],
)
def test_every_answer_is_a_table_with_its_sources(client: Client, query: str, heads: str) -> None:
    reply = client.query(query, "text/csv", cite="true")
    assert reply.type == "text/csv"
    first, row = reply.text.splitlines()
    assert first == f"{heads},sources,quotes,anchors,modalities"
    assert f"{ARTICLE}/s" in row


def test_cite_false_is_no_citing(client: Client) -> None:
    assert client.query(AREAS, cite="false").body == client.query(AREAS).body


def test_a_cited_answer_has_an_entity_tag_of_its_own(client: Client) -> None:
    plain, with_sources = client.query(AREAS), client.query(AREAS, cite="true")
    tag = with_sources.headers["ETag"]
    assert tag not in {None, plain.headers["ETag"]}
    encoded = urlencode({"query": AREAS, "cite": "true"})
    again = client.get(f"/sparql?{encoded}", If_None_Match=tag)
    assert (again.status, again.body) == (304, b"")


def test_the_dataset_of_the_request_is_the_one_that_is_cited(client: Client) -> None:
    query = "SELECT ?area { id:AI_Framework cpec:concernsArea ?area }"
    dataset = {"default-graph-uri": f"{ARTICLE}/s08"}
    answer = ask_cited(client, query, **dataset)
    assert [citation["proofs"] for citation in answer["citations"]] == [[[f"{ARTICLE}/s08"]]]
    assert not ask_cited(client, query, **{"default-graph-uri": f"{ARTICLE}/s01"})["citations"]


def test_what_rests_on_an_absence_alone_says_so(client: Client) -> None:
    (citation,) = ask_cited(client, FORMS[2])["citations"]
    assert citation["status"] == "uncited"
    assert "absence" in citation["reason"]


def test_what_another_endpoint_would_say_is_refused_as_without_citing(client: Client) -> None:
    query = "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"
    assert client.query(query, cite="true").status == client.query(query).status == 403


def test_a_malformed_query_has_its_line_and_column(client: Client) -> None:
    problem = client.query("SELECT * {\n ?s ?p", cite="true").json
    assert (problem["status"], problem["line"]) == (400, 2)


@pytest.mark.long
def test_the_rows_of_the_catalogue_are_those_without_citing_and_are_cited(client: Client) -> None:
    statuses: Counter[str] = Counter()
    for name in catalogue():
        plain = client.get(f"/api/queries/{name}?format=json").json
        answer = read_citations(client.get(f"/api/queries/{name}?format=json&cite=true").body)
        assert answer["results"] == plain["results"], name
        assert answer["head"] == plain["head"], name
        statuses.update(citation["status"] for citation in answer["citations"])
    share = statuses["cited"] / statuses.total()
    print(f"{share:.1%} of {statuses.total()} rows of the catalogue are cited")
    assert share >= 0.95


def test_readers_of_plain_results_pass_over_the_citations(client: Client) -> None:
    body = client.query(AREAS, cite="true").body
    rows = parse_query_results(body, QueryResultsFormat.JSON)
    assert isinstance(rows, QuerySolutions)
    assert len(list(rows)) == len(Result.parse(BytesIO(body), format="json")) == 8


def test_a_cited_answer_links_to_its_schema_which_is_served_where_it_says(client: Client) -> None:
    served = client.get("/citations.schema.json")
    assert (served.status, served.type) == (200, "application/schema+json")
    assert served.json["$id"].endswith("/cpec-graph/citations.schema.json")
    link = f'<{client.address}/citations.schema.json>; rel="describedby"; type="{served.type}"'
    asked = client.query(AREAS, cite="true"), client.get("/api/queries/aims?cite=true")
    assert all(link in reply.headers.get_all("Link", []) for reply in asked)
    assert link not in client.query(AREAS).headers.get_all("Link", [])
    assert client.get("/nothing.schema.json").status == 404
