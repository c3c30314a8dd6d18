"""The body of a request: read whole, or refused."""

from __future__ import annotations

from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.wrappers import Request


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
    refuse_coding(request)
    if (request.content_length or 0) > limit:
        raise TooLarge("bytes in a body", limit)
    body = request.stream.read(limit + 1)
    if len(body) > limit:
        raise TooLarge("bytes in a body", limit)
    return body


def refuse_coding(request: Request) -> None:
    """Raise UnsupportedMediaType for a content coding: a short body could unfold to gigabytes."""
    coding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in {"", "identity"}:
        raise UnsupportedMediaType(
            f"the content coding {coding!r} is not supported; send the body plain"
        )


def read_text(request: Request, limit: int) -> str:
    """Return the body as text, without a byte order mark.

    Raises BadRequest if it is not UTF-8, and UnsupportedMediaType if its charset is another.
    """
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if charset not in {"utf-8", "utf8", "us-ascii"}:
        raise UnsupportedMediaType(f"SPARQL is sent in UTF-8, not in {charset}")
    try:
        return read_body(request, limit).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRequest(f"the body is not UTF-8: {error}") from None
