"""The Reconciliation API over HTTP, held to the JSON Schemas of its specification."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from jsonschema import Draft7Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7

from bench.client import FORM, Client
from graph.reconciling.query import MOST_BYTES, MOST_QUERIES
from tests.conftest import SHARED

Check = Callable[[str, Any], None]
BATCH = {
    "q0": {"query": "MoPD&SI", "type": "Ministry", "limit": 2, "type_strict": "should"},
    "q1": {"query": "سی پیک"},
    "q2": {"query": "中巴經濟走廊", "properties": [{"pid": "hasParty", "v": {"id": "China"}}]},
    "q3": {"query": "Air China"},
}


def post(client: Client, **form: object) -> Any:
    """Return the answer to a form whose values are JSON."""
    texts = {name: json.dumps(value) for name, value in form.items()}
    return client.send("POST", "/reconcile", urlencode(texts), Content_Type=FORM)


@pytest.fixture(scope="module")
def check() -> Check:
    """Hold a document to a schema of the specification, version 0.2."""
    folder = SHARED / "conformance" / "reconciliation" / "0.2" / "schemas"
    if not folder.is_dir():
        pytest.skip(f"no {folder}: set CPEC_SHARED to the folder that holds conformance/")
    schemas = {path.stem: json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")}
    registry: Registry[Any] = Registry().with_resources(
        (schema["$id"], DRAFT7.create_resource(schema))
        for schema in schemas.values()
        if "$id" in schema
    )

    def validate(name: str, document: Any) -> None:
        Draft7Validator(schemas[name], registry=registry).validate(document)

    return validate


def test_the_manifest_is_that_of_the_specification(client: Client, check: Check) -> None:
    manifest = client.get("/reconcile").json
    check("manifest", manifest)
    assert manifest["versions"] == ["0.1", "0.2"]
    assert manifest["view"]["url"] == f"{client.address}/page/{{{{id}}}}"


def test_a_batch_is_answered_by_get_and_by_post(client: Client, check: Check) -> None:
    check("reconciliation-query-batch", BATCH)
    reply = post(client, queries=BATCH)
    check("reconciliation-result-batch", reply.json)
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    by_get = client.get(f"/reconcile?{urlencode({'queries': json.dumps(BATCH)})}")
    assert by_get.json == reply.json
    first = {name: answer["result"][:1] for name, answer in reply.json.items()}
    assert [(own["id"], own["match"]) for own in first["q0"]] == [("MoPDSI", True)]
    assert [(own["id"], own["match"]) for own in first["q1"]] == [("CPEC", True)]
    assert first["q2"][0]["id"] == "CPEC"
    assert not any(own["match"] for own in reply.json["q3"]["result"])


@pytest.mark.parametrize(
    ("kind", "prefix", "schema", "identifier"),
    [
        ("entity", "higher ed", "suggest-entities-response", "HEC"),
        ("entity", "高等", "suggest-entities-response", "HEC"),
        ("type", "coun", "suggest-types-response", "Country"),
        ("property", "cooperates", "suggest-properties-response", "cooperatesIn"),
    ],
)
def test_names_are_completed(
    client: Client, check: Check, kind: str, prefix: str, schema: str, identifier: str
) -> None:
    reply = client.get(f"/reconcile/suggest/{kind}?{urlencode({'prefix': prefix})}")
    check(schema, reply.json)
    assert reply.json["result"][0]["id"] == identifier


def test_properties_are_proposed_and_their_values_added(client: Client, check: Check) -> None:
    proposed = client.get("/reconcile/properties?type=Country").json
    check("data-extension-property-proposal", proposed)
    assert "iso3" in {own["id"] for own in proposed["properties"]}
    ids = ["Pakistan", "Islamabad", "nowhere"]
    extend = {"ids": ids, "properties": [{"id": "iso3"}, {"id": "inCountry"}, {"id": "sameAs"}]}
    check("data-extension-query", extend)
    extended = post(client, extend=extend).json
    check("data-extension-response", extended)
    assert extended["rows"]["Pakistan"]["iso3"] == [{"str": "PAK"}]
    assert extended["rows"]["Islamabad"]["inCountry"] == [{"id": "Pakistan", "name": "Pakistan"}]
    assert extended["rows"]["nowhere"]["iso3"] == []
    assert {"str": "http://www.wikidata.org/entity/Q843"} in extended["rows"]["Pakistan"]["sameAs"]
    extend["properties"] = [{"id": "rdfs:label", "settings": {"limit": 1}}]
    assert post(client, extend=extend).json["rows"]["Pakistan"]["rdfs:label"] == [
        {"str": "Pakistan"}
    ]


def test_only_a_preview_may_be_in_a_frame_of_another_page(client: Client) -> None:
    preview = client.get("/reconcile/preview?id=HEC")
    assert "高等教育委员会" in preview.text
    (policy,) = preview.headers.get_all("Content-Security-Policy") or []
    assert "frame-ancestors *" in policy
    other = client.get("/page/HEC", Accept="text/html")
    assert "frame-ancestors 'none'" in other.headers["Content-Security-Policy"]
    assert client.get("/reconcile/preview?id=nothing").status == 404


@pytest.mark.parametrize(
    ("path", "status", "fault"),
    [
        ("/reconcile?queries=%7B", 400, "queries is not JSON"),
        ("/reconcile?queries=%7B%7D&extend=%7B%7D", 400, "one of them"),
        ("/reconcile?queries=%7B%22q%22:%7B%22query%22:%22%00%01%22%7D%7D", 400, "not JSON"),
        ("/reconcile/suggest/thing?prefix=a", 404, "entity, type or property"),
        ("/reconcile/properties?type=Cuntry", 400, "did you mean Country"),
        (f"/reconcile/suggest/entity?prefix={'a' * 1001}", 400, "may have 1000 characters"),
    ],
)
def test_bad_requests_are_told_what_is_wrong(
    client: Client, path: str, status: int, fault: str
) -> None:
    reply = client.get(path)
    assert (reply.status, fault in reply.json["detail"]) == (status, True), reply.text


def test_a_batch_beyond_a_limit_is_refused_by_its_name(client: Client) -> None:
    names = {f"q{number}": {"query": "Pakistan"} for number in range(10_000)}
    reply = post(client, queries=names)
    assert (reply.status, reply.json["limit"]) == (413, "queries in a batch")
    reply = post(client, queries={"q0": {"query": "a" * MOST_BYTES}})
    assert (reply.status, reply.json["limit"]) == (413, "bytes in a body")
    control = {"q0": {"query": "Pak\x00istan\x07"}, "q1": {"query": "\x00\u202e"}}
    assert post(client, queries=control).json["q1"] == {"result": []}
    wrong = client.send("POST", "/reconcile", "{}", Content_Type="application/json")
    assert wrong.status == 415
    service = client.get("/sparql", Accept="text/turtle").text
    assert f'"reconciled_queries" ; schema:value {MOST_QUERIES}' in " ".join(service.split())


def test_a_store_of_others_is_reconciled_too(writer: Client) -> None:
    thing = "https://w3id.org/cpec-graph/id/Falcon"
    text = f'INSERT DATA {{ GRAPH <x:g> {{ <{thing}> rdfs:label "Falconry Board"@en }} }}'
    assert writer.update(text).status == 200
    answer = post(writer, queries={"q0": {"query": "Board of Falconry"}}).json
    assert [(own["id"], own["match"]) for own in answer["q0"]["result"]] == [("Falcon", True)]
    assert writer.update("DROP GRAPH <x:g>").status == 200
    assert post(writer, queries={"q0": {"query": "Falconry"}}).json == {"q0": {"result": []}}
