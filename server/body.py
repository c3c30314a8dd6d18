"""The body of a request, whole or refused: bytes, text, or documents of RDF."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Final

from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header
from werkzeug.wrappers import Request

from graph.answering.format import INPUT_FORMATS, GraphFormat, list_formats

UTF_8: Final = frozenset({"utf-8", "utf8", "us-ascii"})
MULTIPART: Final = "multipart/form-data"
DEFAULT_TYPE: Final = "application/rdf+xml"
"""The media type of a body without Content-Type (SPARQL 1.1 Graph Store Protocol, section 5.3)."""


class TooLarge(RequestEntityTooLarge):
    """The request is larger than a limit of the server; names the limit."""

    def __init__(self, limit: str, value: int) -> None:
        self.limit = limit
        self.value = value
        super().__init__(f"beyond the limit of {value} {limit}")


def read_body(request: Request, limit: int) -> bytes:
    """Return the body; raises TooLarge, and UnsupportedMediaType for a compressed body.

    It reads one byte past the limit: Werkzeug cuts chunked bodies at MAX_CONTENT_LENGTH without
    an error.
    """
    coding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in {"", "identity"}:  # a short body could unfold to gigabytes
        raise UnsupportedMediaType(
            f"the content coding {coding!r} is not supported; send the body plain"
        )
    if (request.content_length or 0) > limit:
        raise TooLarge("bytes in a body", limit)
    body = request.stream.read(limit + 1)
    if len(body) > limit:
        raise TooLarge("bytes in a body", limit)
    return body


def read_text(request: Request, limit: int) -> str:
    """Return the body as text, without a byte order mark.

    Raises BadRequest if it is not UTF-8, and UnsupportedMediaType if its charset is another.
    """
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if charset not in UTF_8:
        raise UnsupportedMediaType(f"SPARQL is sent in UTF-8, not in {charset}")
    try:
        return read_body(request, limit).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRequest(f"the body is not UTF-8: {error}") from None


@dataclass(frozen=True, slots=True)
class SentDocument:
    """A document of RDF that a request brings: its bytes and its format."""

    body: bytes
    format: GraphFormat


def read_documents(request: Request, limit: int) -> list[SentDocument]:
    """Return the document of a body, or the files of a multipart body.

    Raises UnsupportedMediaType for an unknown format, TooLarge and BadRequest.
    """
    content_type = request.headers.get("Content-Type", "").strip() or DEFAULT_TYPE
    body = read_body(request, limit)
    if request.mimetype != MULTIPART:
        return [SentDocument(body, find_format(content_type))]
    boundary = request.mimetype_params.get("boundary", "").encode("latin-1")
    if not boundary:
        raise BadRequest("a multipart body needs a boundary")
    return read_files(body, request, limit)


def find_format(content_type: str) -> GraphFormat:
    """Return the format that a Content-Type names; raises UnsupportedMediaType."""
    media_type, options = parse_options_header(content_type)
    charset = options.get("charset", "utf-8").lower()
    form = next((form for form in INPUT_FORMATS if form.media_type == media_type.lower()), None)
    if form is None or charset not in UTF_8:
        known = list_formats(INPUT_FORMATS)
        raise UnsupportedMediaType(f"{content_type} is not one of {known}, UTF-8")
    return form


def read_files(body: bytes, request: Request, limit: int) -> list[SentDocument]:
    """Return the files of a multipart body; raises BadRequest if it has none."""
    parser = FormDataParser(max_form_memory_size=limit, max_form_parts=1000, silent=False)
    try:
        _, _, files = parser.parse(
            BytesIO(body), request.mimetype, len(body), request.mimetype_params
        )
    except ValueError as error:
        raise BadRequest(f"the multipart body cannot be read: {error}") from None
    documents = [
        SentDocument(
            file.stream.read(), find_format(file.headers.get("Content-Type", DEFAULT_TYPE))
        )
        for file in files.values()
    ]
    if not documents:
        raise BadRequest("the multipart body has no file in it")
    return documents
