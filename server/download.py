"""Documents about the dataset: VoID and DCAT, the JSON-LD context, JSON Schemas, and dumps."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import chain
from typing import Final, cast

from flask import Blueprint, Response, request, send_from_directory
from werkzeug.exceptions import NotFound, ServiceUnavailable

from graph.answering.format import GRAPH_FORMATS, RESULTS
from graph.errors import UnknownNameError
from graph.publishing.csv_table import BYTE_ORDER_MARK
from graph.publishing.jsonld import write_context
from graph.publishing.plain_export import PLAIN_FORMATS
from graph.publishing.schema import read_schema
from graph.snapshot import Snapshot
from ontology.namespace import DATASET_GRAPH
from server.cited_format import wants_mark
from server.conditional import digest
from server.description import describe_endpoint
from server.link import SCHEMA, file_name_header, links
from server.linked_data import send_graph
from server.parameters import read_address
from server.reply import Reply
from server.response import send_body
from server.site import current_site

blueprint = Blueprint("download", __name__)

TAG_DIGITS: Final = 32
"""The digits of a SHA-256 in an entity tag."""

ONE_RANGE: Final = re.compile(r"bytes=(?:\d+-\d*|-\d+)")
"""A Range field with one range of bytes (RFC 9110, section 14.1.2)."""


@blueprint.get("/.well-known/void")
def send_void() -> Response | Reply:
    """Return the description of the dataset (https://www.w3.org/TR/void/#well-known).

    Without one, as in an empty store, it returns the service description.
    """
    try:
        return send_graph(DATASET_GRAPH, None)
    except UnknownNameError:
        return describe_endpoint()


@blueprint.get("/context.jsonld")
def send_context() -> Reply:
    """Return the JSON-LD context of the ontology."""
    body = write_context()
    return send_body(
        current_site(), body, digest(("context", body.decode())), "application/ld+json"
    )


@blueprint.get("/<name>.schema.json")
def send_schema(name: str) -> Reply:
    """Return the JSON Schema of a cited answer, or of an explanation."""
    body = read_schema(name)
    return send_body(current_site(), body, digest(("schema", body.decode())), SCHEMA)


@blueprint.get("/data/dumps/<name>")
def send_dump(name: str) -> Response:
    """Return a dump of the snapshot, whole or one range of its bytes; its tag is its SHA-256.

    It ignores several ranges, malformed ones (RFC 9110, section 14.2), and all with `bom=1`.
    """
    folder, media_type = current_site().dumps, find_media_type(name)
    if folder is None or not media_type:
        raise NotFound(f"there is no dump {name}")
    folder = folder.resolve()  # of a remote store, a link to the newest version
    tag = require_dump(Snapshot(folder.parent), name)
    form = RESULTS["csv"] if name.endswith(".csv") else None
    is_marked = wants_mark(read_address(request), form)
    if (
        request.method != "GET"
        or is_marked
        or not ONE_RANGE.fullmatch(request.headers.get("Range", ""))
    ):
        request.environ.pop("HTTP_RANGE", None)  # Werkzeug would answer 416
    response = send_from_directory(folder, name, mimetype=media_type, etag=tag)
    if response.last_modified is not None:  # never later than now (RFC 9110, section 8.8.2.1)
        response.last_modified = min(response.last_modified, datetime.now(UTC))
    if is_marked and response.status_code == HTTPStatus.OK:
        add_mark(response)
    text = media_type.startswith("text/")
    response.content_type = f"{media_type}; charset=utf-8" if text else media_type
    response.headers.set(*file_name_header(*name.rsplit(".", 1)))
    response.headers["Cache-Control"] = "no-cache"
    response.headers.extend(links())
    return response


def add_mark(response: Response) -> None:
    """Put a byte order mark before the file of a response."""
    file = cast("Iterable[bytes]", response.response)
    response.response = chain([BYTE_ORDER_MARK], file)
    response.content_length = (response.content_length or 0) + len(BYTE_ORDER_MARK)
    response.call_on_close(getattr(file, "close", lambda: None))


def require_dump(snapshot: Snapshot, name: str) -> str:
    """Return the entity tag of a dump: equal bytes have equal tags on all hosts.

    Raises NotFound, and ServiceUnavailable for a damaged file: another replica may have it whole.
    """
    try:
        return snapshot.require_size(f"dumps/{name}")[:TAG_DIGITS]
    except KeyError:
        raise NotFound(f"there is no dump {name}") from None
    except OSError as error:
        if snapshot.manifest_file.exists():
            fault = f"the dump {name} is damaged: {error.strerror}"
            raise ServiceUnavailable(fault) from None
        raise NotFound(f"there is no dump {name} yet") from None


def find_media_type(name: str) -> str:
    """Return the media type of a dump by the suffix of its name, or ""."""
    types = {f".{form.name}": form.media_type for form in GRAPH_FORMATS}
    types |= {form.ending: form.media_type for form in PLAIN_FORMATS}
    return next((types[suffix] for suffix in types if name.endswith(suffix)), "")
