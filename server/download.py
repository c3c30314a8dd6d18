"""Documents about the whole: VoID and DCAT, the JSON-LD context, the JSON Schemas, the dumps."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from flask import Blueprint, Response, request, send_from_directory
from werkzeug.exceptions import NotFound

from graph.answering.format import GRAPH_FORMATS
from graph.errors import UnknownNameError
from graph.publishing.jsonld import write_context
from graph.publishing.plain_export import PLAIN_FORMATS
from graph.publishing.schema import read_schema
from ontology.namespace import DATASET_GRAPH
from server.answer import send
from server.conditional import digest
from server.description import describe
from server.link import SCHEMA, file_name_header, links
from server.linked_data import document
from server.reply import Reply
from server.site import site

blueprint = Blueprint("download", __name__)

ONE_RANGE: Final = re.compile(r"bytes=(?:\d+-\d*|-\d+)")
"""One range of bytes, as a client asks for it."""


@blueprint.get("/.well-known/void")
def void() -> Response | Reply:
    """Return the description of the dataset (https://www.w3.org/TR/void/#well-known).

    A store that holds none is described by what its endpoint says of itself.
    """
    try:
        return document(DATASET_GRAPH, None)
    except UnknownNameError:
        return describe()


@blueprint.get("/context.jsonld")
def context() -> Reply:
    """Return the JSON-LD context: the words of the ontology and the IRIs they stand for."""
    body = write_context()
    return send(site(), body, digest(("context", body.decode())), "application/ld+json")


@blueprint.get("/<name>.schema.json")
def json_schema(name: str) -> Reply:
    """Return the JSON Schema of a cited answer, or of an explanation."""
    body = read_schema(name)
    return send(site(), body, digest(("schema", body.decode())), SCHEMA)


@blueprint.get("/data/dumps/<name>")
def dump(name: str) -> Response:
    """Return a dump, a file that the build wrote; whole, or one range of its bytes.

    Several ranges, and what is none, are passed over (RFC 9110, section 14.2).
    """
    folder, media_type = site().dumps, media_type_of(name)
    if folder is None or not media_type:
        raise NotFound(f"there is no dump {name}")
    if request.method != "GET" or not ONE_RANGE.fullmatch(request.headers.get("Range", "")):
        request.environ.pop("HTTP_RANGE", None)  # Werkzeug would refuse what is to be ignored
    response = send_from_directory(folder, name, mimetype=media_type)
    if response.last_modified is not None:  # never later than now (RFC 9110, section 8.8.2.1)
        response.last_modified = min(response.last_modified, datetime.now(UTC))
    text = media_type.startswith("text/")
    response.content_type = f"{media_type}; charset=utf-8" if text else media_type
    response.headers.set(*file_name_header(*name.rsplit(".", 1)))
    response.headers["Cache-Control"] = "no-cache"
    response.headers.extend(links())
    return response


def media_type_of(name: str) -> str:
    """Return the media type of a dump by the end of its name, "" where it is that of none."""
    endings = {f".{form.name}": form.media_type for form in GRAPH_FORMATS}
    endings |= {form.ending: form.media_type for form in PLAIN_FORMATS}
    return next((kind for ending, kind in endings.items() if name.endswith(ending)), "")
