"""The OpenAPI document: valid, complete, and true of the server's answers."""

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bench.client import Client
from graph.answering.binding import load_questions
from graph.presenting.impact import SOURCE_KINDS, SOURCES_A_PAGE
from server.app import BLUEPRINTS
from server.page.api import (
    SHARED_PARAMETERS,
    build_document,
    read_base,
    resolve_reference,
    tagged_operations,
)
from server.page.cite import TYPES
from tests.conftest import ROOT

BROWSER = "text/html,*/*;q=0.8"
DOCUMENT = build_document("http://localhost:8000")


def test_the_document_is_openapi_3_1() -> None:
    assert DOCUMENT["openapi"].startswith("3.1.")
    from openapi_spec_validator import OpenAPIV31SpecValidator, validate

    validate(DOCUMENT, cls=OpenAPIV31SpecValidator)


def routes() -> set[tuple[str, str]]:
    """Return the paths and methods of the application, HEAD, OPTIONS and QUERY aside."""
    from flask import Flask

    app = Flask(__name__, static_folder=None)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if method not in {"HEAD", "OPTIONS", "QUERY"}
    }


def test_it_has_every_route_and_no_other() -> None:
    operations = {
        (path, method)
        for path, item in read_base()["paths"].items()
        for method in item
        if method != "parameters"
    }
    assert operations == routes()


def test_each_question_is_an_operation_with_its_parameters() -> None:
    for question in load_questions().values():
        asked = DOCUMENT["paths"][f"/api/queries/{question.name}"]["get"]
        names = [
            resolve_reference(DOCUMENT, parameter)["name"] for parameter in asked["parameters"]
        ]
        assert names == [*(parameter.name for parameter in question.parameters), *SHARED_PARAMETERS]


def test_each_format_of_a_citation_is_listed_here_and_on_the_page() -> None:
    operation = read_base()["paths"]["/cite"]["get"]
    (names,) = (
        parameter["schema"]["enum"]
        for parameter in operation["parameters"]
        if parameter.get("name") == "format"
    )
    assert set(names) == set(TYPES)
    assert set(operation["responses"]["200"]["content"]) == set(TYPES.values())
    page = (ROOT / "docs" / "citing.md").read_text("utf-8")
    assert set(re.findall(r"^\| `([a-z]+)` \| ", page, re.MULTILINE)) == set(TYPES)


def test_each_kind_of_source_is_listed_and_a_part_has_as_many_as_it_may() -> None:
    assert DOCUMENT["components"]["schemas"]["Source"]["properties"]["kind"]["enum"] == [
        *SOURCE_KINDS
    ]
    operation = DOCUMENT["paths"]["/sources"]["get"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema["properties"]["sources"]["maxItems"] == SOURCES_A_PAGE
    assert f"in parts of {SOURCES_A_PAGE}." in operation["description"]


def test_the_server_gives_it_with_its_own_address(client: Client) -> None:
    reply = client.get("/openapi.json")
    assert reply.type == "application/json"
    (server,) = reply.json["servers"]
    assert client.get(f"{server['url']}/health".removeprefix(client.address)).status == 200
    assert reply.json["paths"] == DOCUMENT["paths"]


GETS: list[tuple[str, str, dict[str, Any]]] = [
    one
    for tag in read_base()["tags"]
    for one in tagged_operations(DOCUMENT, tag["name"])
    if one[0] == "GET" and not re.search("/store|part|/feed/|/writes/|{version}|security", one[1])
]


@pytest.mark.parametrize(("method", "path", "operation"), GETS, ids=[path for _, path, _ in GETS])
def test_each_operation_answers_its_own_example_as_it_says(
    client: Client, method: str, path: str, operation: dict[str, Any]
) -> None:
    pairs = []
    for parameter in operation["parameters"]:
        value = str(parameter.get("example", parameter["schema"].get("enum", [""])[0]))
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", value)
        elif parameter.get("required") or (parameter["name"] == "query" and "example" in parameter):
            pairs.append((parameter["name"], value))
    query = "&".join(f"{name}={value}" for name, value in pairs).replace(" ", "%20")
    reply = client.get(f"{path}?{query}" if query else path)
    assert str(reply.status) in operation["responses"], reply.text
    assert reply.status < 400, reply.text
    if reply.status == 200:
        response = resolve_reference(DOCUMENT, operation["responses"]["200"])
        content = response["content"][reply.type]
        if reply.type == "application/json":
            schema = content["schema"] | {"components": DOCUMENT["components"]}
            Draft202012Validator(schema).validate(reply.json)
