"""A document of RDF that a request brings: its bytes and the format that it says it is in."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Final

from flask import Request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from graph.answering.format import INPUT_FORMATS, GraphFormat, list_formats
from server.body import read_body

MULTIPART: Final = "multipart/form-data"
UNSAID: Final = "application/rdf+xml"
"""What a body without a Content-Type is (SPARQL 1.1 Graph Store Protocol, section 5.3)."""


@dataclass(frozen=True, slots=True)
class SentDocument:
    """The bytes of a document, as they were sent, and their format."""

    body: bytes
    format: GraphFormat


def read_documents(request: Request, limit: int) -> list[SentDocument]:
    """Return the documents of a body: one, or the parts of a multipart one.

    Raises UnsupportedMediaType where the format of one is not known, TooLarge and BadRequest.
    """
    content_type = request.headers.get("Content-Type", "").strip() or UNSAID
    body = read_body(request, limit)
    if request.mimetype != MULTIPART:
        return [SentDocument(body, format_of(content_type))]
    boundary = request.mimetype_params.get("boundary", "").encode("latin-1")
    if not boundary:
        raise BadRequest("a multipart body needs a boundary")
    return parts(body, request, limit)


def format_of(content_type: str) -> GraphFormat:
    """Return the format that a Content-Type names; raises UnsupportedMediaType."""
    media_type, options = parse_options_header(content_type)
    charset = options.get("charset", "utf-8").lower()
    form = next((one for one in INPUT_FORMATS if one.media_type == media_type.lower()), None)
    if form is None or charset not in {"utf-8", "utf8", "us-ascii"}:
        known = list_formats(INPUT_FORMATS)
        raise UnsupportedMediaType(f"{content_type} is not one of {known}, UTF-8")
    return form


def parts(body: bytes, request: Request, limit: int) -> list[SentDocument]:
    """Return the parts of a multipart body that are files."""
    parser = FormDataParser(max_form_memory_size=limit, max_form_parts=1000, silent=False)
    try:
        _, _, files = parser.parse(
            BytesIO(body), request.mimetype, len(body), request.mimetype_params
        )
    except ValueError as error:
        raise BadRequest(f"the multipart body cannot be read: {error}") from None
    found = [
        SentDocument(one.stream.read(), format_of(one.headers.get("Content-Type", UNSAID)))
        for one in files.values()
    ]
    if not found:
        raise BadRequest("the multipart body has no file in it")
    return found
