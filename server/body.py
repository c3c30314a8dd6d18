"""The body of a request, read whole or refused; never cut off."""

from __future__ import annotations

from werkzeug.exceptions import BadRequest, UnsupportedMediaType
from werkzeug.wrappers import Request

from server.limit import TooLarge


def read_body(request: Request, limit: int) -> bytes:
    """Return the body; one byte is read past the limit, so that a longer one is known as such.

    Raises TooLarge beyond the limit, and UnsupportedMediaType where it is compressed: a few bytes
    could unfold into a great many.
    """
    require_plain(request)
    if (request.content_length or 0) > limit:
        raise TooLarge("bytes in a body", limit)
    body = request.stream.read(limit + 1)
    if len(body) > limit:
        raise TooLarge("bytes in a body", limit)
    return body


def require_plain(request: Request) -> None:
    """Raise UnsupportedMediaType where the body has a content coding."""
    coding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in {"", "identity"}:
        raise UnsupportedMediaType(f"a body in the coding {coding!r} is not taken; send it plain")


def read_text(request: Request, limit: int) -> str:
    """Return the body as text, without a byte order mark.

    Raises BadRequest where it is not UTF-8, and UnsupportedMediaType where it says so.
    """
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if charset not in {"utf-8", "utf8", "us-ascii"}:
        raise UnsupportedMediaType(f"SPARQL is sent in UTF-8, not in {charset}")
    try:
        return read_body(request, limit).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRequest(f"the body is not UTF-8: {error}") from None
