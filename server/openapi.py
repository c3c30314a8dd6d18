"""The OpenAPI document: what there is to ask over HTTP, with today's questions."""

from __future__ import annotations

import json
from collections.abc import Iterable
from copy import deepcopy
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import yaml

from graph.answering.binding import questions
from graph.answering.format import GRAPH_FORMATS, GRAPHS, RESULT_FORMATS, RESULTS
from graph.publishing.schema import read_schema
from queries.question import Parameter, Question

FILE: Final = Path(__file__).with_name("openapi.yaml")

Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The loader in C, where PyYAML has it: eight times as fast."""

SCHEMAS: Final = {"CitedAnswer": "citations", "Explanation": "explanation"}
"""The schemas that are published by themselves, by their names in the document."""

RESPONSES: Final = {"Answer": (*RESULT_FORMATS, *GRAPH_FORMATS), "Graph": GRAPH_FORMATS}
"""The formats of the responses that have several; the file has the schemas other than a string."""

SHARED: Final = ("cite", "format", "version", "receipt", "without", "only")
"""The parameters that every question has."""

TYPES: Final[dict[str, dict[str, Any]]] = {
    "iri": {"type": "string"},
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "date": {"type": "string", "format": "date"},
}
"""The schemas of the types of parameters."""


def openapi(address: str) -> dict[str, Any]:
    """Return the document of a server at an address, without a slash at its end."""
    found = deepcopy(base())
    found["servers"] = [{"url": address}]
    found["components"]["parameters"]["question"]["schema"]["enum"] = list(questions())
    for question in questions().values():
        found["paths"][f"/api/queries/{question.name}"] = {"get": operation(question)}
    return found


@cache
def base() -> dict[str, Any]:
    """Return the document that every server shares: the file, with its formats and schemas."""
    text = FILE.read_text("utf-8")
    for name, formats in {"RESULT_FORMATS": RESULTS, "GRAPH_FORMATS": GRAPHS}.items():
        text = text.replace(name, ", ".join(formats))
    found: dict[str, Any] = yaml.load(text, Loader)  # noqa: S506 - both are safe
    found["info"]["version"] = version("cpec-graph")
    responses = found["components"]["responses"]
    for name, forms in RESPONSES.items():
        for form in forms:
            responses[name]["content"].setdefault(form.media_type, {"schema": {"type": "string"}})
    schemas = found["components"]["schemas"]
    for name, published in SCHEMAS.items():
        text = (
            read_schema(published)
            .decode()
            .replace("#/$defs/", f"#/components/schemas/{published}.")
        )
        own = json.loads(text)
        schemas |= {f"{published}.{part}": of for part, of in own.pop("$defs").items()}
        schemas[name] = {key: of for key, of in own.items() if key not in {"$id", "$schema"}}
    return found


def operation(question: Question) -> dict[str, Any]:
    """Return how one question is asked."""
    return {
        "tags": ["Asking"],
        "operationId": question.name,
        "summary": question.summary,
        "description": question.description.strip(),
        "parameters": [
            *map(parameter, question.parameters),
            *({"$ref": f"#/components/parameters/{name}"} for name in SHARED),
        ],
        "responses": {
            "200": {"$ref": "#/components/responses/Answer"},
            "400": {"$ref": "#/components/responses/Problem"},
        },
    }


def parameter(given: Parameter) -> dict[str, Any]:
    """Return a parameter of a question."""
    kind = dict(TYPES[given.type])
    if given.enum:
        kind["enum"] = list(given.enum)
    if given.default is not None:
        kind["default"] = int(given.default) if given.type == "integer" else given.default
    return {
        "name": given.name,
        "in": "query",
        "description": given.description,
        "required": given.default is None,
        "schema": kind,
    }


def resolved(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """Return what a reference of the document stands for, anything else itself."""
    if "$ref" not in node:
        return node
    found = document
    for part in node["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return found


def operations(document: dict[str, Any], tag: str) -> Iterable[tuple[str, str, dict[str, Any]]]:
    """Yield the method, the path and the operation of all that has a tag, references resolved."""
    for path, item in document["paths"].items():
        for method, own in item.items():
            if isinstance(own, dict) and tag in own["tags"]:
                parameters = [*item.get("parameters", ()), *own.get("parameters", ())]
                told = [resolved(document, one) for one in parameters]
                yield method.upper(), path, {**own, "parameters": told}
