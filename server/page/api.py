"""/api and /openapi.json: the HTTP interface, as a page with examples, and as OpenAPI.

The OpenAPI document is openapi.yaml, and an operation for each question of the catalogue.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from copy import deepcopy
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, render_template, request

from graph.answering.binding import load_questions
from graph.answering.format import GRAPH_FORMATS, GRAPHS, RESULT_FORMATS, RESULTS
from graph.publishing.schema import read_schema
from queries.question import Parameter, Question, read_yaml
from server.engine.front.reply import Reply
from server.exclusion import EXCLUSION_PARAMETERS
from server.page.page_view import send_page
from server.reference.citation_format import CITATION_FORMATS
from server.response import send_json

FILE: Final = Path(__file__).parents[1] / "openapi.yaml"

SCHEMAS: Final = {"CitedAnswer": "citations", "Explanation": "explanation"}
"""The published JSON Schemas, by the names of their components."""

RESPONSES: Final = {"Answer": (*RESULT_FORMATS, *GRAPH_FORMATS), "Graph": GRAPH_FORMATS}
"""The formats of responses in several formats; a schema other than a string is in the file."""

NAMED: Final = {
    "RESULT_FORMATS": RESULTS,
    "GRAPH_FORMATS": GRAPHS,
    "CITATION_FORMATS": CITATION_FORMATS,
}
"""The names of formats that come in the place of a word in the file."""

SHARED_PARAMETERS: Final = ("cite", "format", "bom", "version", "receipt", *EXCLUSION_PARAMETERS)
"""The parameters of every question."""

PROBLEM: Final = {"$ref": "#/components/responses/Problem"}
"""The response for every status that an operation does not list."""

CITED_MEMBERS: Final = frozenset({"citations", "sources"})
"""The members that only a cited answer has."""

TYPES: Final[dict[str, dict[str, Any]]] = {
    "iri": {"type": "string"},
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "date": {"type": "string", "format": "date"},
}
"""The schema of each type of a question's parameters."""


blueprint = Blueprint("api", __name__)

EXAMPLES: Final = {
    "curl": ("curl", "curl.sh"),
    "sparqlwrapper": ("Python: SPARQLWrapper", "sparqlwrapper.py"),
    "rdflib": ("Python: rdflib", "graph.py"),
    "pandas": ("Python: pandas", "table.py"),
    "r": ("R", "table.R"),
    "javascript": ("JavaScript", "answer.mjs"),
}
"""The heading and the file of each example by its anchor."""

FOLDER: Final = Path(__file__).parents[1] / "examples"

ADDRESS: Final = "http://localhost:8000"
"""The address of the server in the files of the examples."""


def build_document(address: str) -> dict[str, Any]:
    """Return the document of a server; its address has no slash at the end."""
    document = deepcopy(read_base())
    document["servers"] = [{"url": address}]
    document["components"]["parameters"]["question"]["schema"]["enum"] = list(load_questions())
    for question in load_questions().values():
        document["paths"][f"/api/queries/{question.name}"] = {"get": describe_operation(question)}
    return document


@cache
def read_base() -> dict[str, Any]:
    """Return the part of the document that all servers share."""
    text = FILE.read_text("utf-8")
    for name, formats in NAMED.items():
        text = text.replace(name, ", ".join(formats))
    base: dict[str, Any] = read_yaml(text)
    base["info"]["version"] = version("cpec-graph")
    responses = base["components"]["responses"]
    for name, forms in RESPONSES.items():
        for form in forms:
            responses[name]["content"].setdefault(form.media_type, {"schema": {"type": "string"}})
    citations = base["paths"]["/cite"]["get"]["responses"]["200"]["content"]
    for citation_format in CITATION_FORMATS.values():
        citations.setdefault(citation_format.media_type, {"schema": {"type": "string"}})
    schemas = base["components"]["schemas"]
    for name, published in SCHEMAS.items():
        text = read_schema(published).decode()
        own = json.loads(text.replace("#/$defs/", f"#/components/schemas/{published}."))
        parts = own.pop("$defs")
        schemas |= {f"{published}.{part}": subschema for part, subschema in parts.items()}
        schemas[name] = {key: own[key] for key in own if key not in {"$id", "$schema"}}
    cited = schemas["CitedAnswer"]["properties"]
    schemas["UncitedAnswer"] = schemas["CitedAnswer"] | {
        "title": "SPARQL 1.1 Query Results JSON",
        "description": "With the reason where an answer is empty.",
        "required": ["head"],
        "properties": {name: cited[name] for name in cited if name not in CITED_MEMBERS},
    }
    for item in base["paths"].values():
        for method in item.keys() - {"parameters"}:
            item[method]["responses"].setdefault("default", PROBLEM)
    return base


def describe_operation(question: Question) -> dict[str, Any]:
    """Return the Operation Object of a question (OpenAPI 3.1, section 4.8.10)."""
    return {
        "tags": ["Asking"],
        "operationId": question.name,
        "summary": question.summary,
        "description": question.description.strip(),
        "parameters": [
            *map(describe_parameter, question.parameters),
            *({"$ref": f"#/components/parameters/{name}"} for name in SHARED_PARAMETERS),
        ],
        "responses": {
            "200": {"$ref": "#/components/responses/Answer"},
            "default": PROBLEM,
        },
    }


def describe_parameter(parameter: Parameter) -> dict[str, Any]:
    """Return the Parameter Object of a question's parameter (OpenAPI 3.1, section 4.8.12)."""
    default, schema = parameter.default, dict(TYPES[parameter.type])
    if parameter.enum:
        schema["enum"] = list(parameter.enum)
    if default:
        schema["default"] = int(default) if parameter.type == "integer" else default
    return {
        "name": parameter.name,
        "in": "query",
        "description": parameter.description,
        "required": default is None,
        "schema": schema,
    }


def resolve_reference(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """Return the target of a Reference Object, or another node itself."""
    if "$ref" not in node:
        return node
    target = document
    for key in node["$ref"].removeprefix("#/").split("/"):
        target = target[key]
    return target


def tagged_operations(
    document: dict[str, Any], tag: str
) -> Iterable[tuple[str, str, dict[str, Any]]]:
    """Yield method, path and operation for each operation with a tag, its parameters resolved."""
    for path, item in document["paths"].items():
        for method, own in item.items():
            if isinstance(own, dict) and tag in own["tags"]:
                parameters = [*item.get("parameters", ()), *own.get("parameters", ())]
                resolved = [resolve_reference(document, node) for node in parameters]
                yield method.upper(), path, {**own, "parameters": resolved}


@blueprint.get("/openapi.json")
def send_document() -> Reply:
    """Return the OpenAPI document."""
    return send_json(build_document(request.root_url.rstrip("/")), "openapi", indent=None)


@blueprint.get("/api", strict_slashes=False)
def send_api() -> Reply:
    """Return the page of the interface."""
    address = request.root_url.rstrip("/")
    base = read_base()
    body = render_template(
        "api.html",
        examples=[
            (anchor, heading, (FOLDER / file).read_text("utf-8").replace(ADDRESS, address))
            for anchor, (heading, file) in EXAMPLES.items()
        ],
        groups=[(tag, list(tagged_operations(base, tag["name"]))) for tag in base["tags"]],
    )
    return send_page(body)
