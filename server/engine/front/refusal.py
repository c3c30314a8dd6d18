"""A refusal: the answer to a malformed request, before any application sees it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from httptools import HttpParserInvalidMethodError
from werkzeug.http import http_date

from server.engine.front.reply import METHODS, PROBLEM

VERSIONS: Final = frozenset({"1.0", "1.1"})
REQUEST: Final = re.compile(rb"[A-Za-z]+ \S+ HTTP/1\.[01]\r\n")
"""The request line, with any method."""

ABSOLUTE: Final = re.compile(rb"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)(.*)", re.DOTALL)
"""A target in absolute form: scheme, authority, and the rest (RFC 9112, section 3.2.2)."""

Headers = Sequence[tuple[bytes, bytes]]


class RefusedError(Exception):
    """A request is refused: with a reason, a status, and the id of the request."""

    def __init__(self, detail: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        self.status = status
        self.id = os.urandom(8).hex()
        super().__init__(detail)

    def answer(self, *, with_body: bool) -> bytes:
        """Return the answer, a problem document (RFC 9457) that closes the connection."""
        status = self.status
        problem = {"type": "about:blank", "title": status.phrase, "status": status.value}
        body = json.dumps({**problem, "detail": str(self), "request": self.id}).encode()
        allowed = f"allow: {METHODS}\r\n" if status == HTTPStatus.METHOD_NOT_ALLOWED else ""
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\ndate: {http_date()}\r\n"
            f"content-type: {PROBLEM}\r\n{allowed}"
            f"access-control-allow-origin: *\r\nx-request-id: {self.id}\r\n"
            "connection: close\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        return head.encode() + (body if with_body else b"")


def refuse_data(error: BaseException | None, data: bytes) -> RefusedError:
    """Return the refusal of data by the error of the parser."""
    cause = error.__context__ if error is not None else None
    if isinstance(cause, RefusedError):
        return cause
    if isinstance(error, HttpParserInvalidMethodError) and REQUEST.match(data):
        method = data.partition(b" ")[0].decode()
        detail = f'"{method}" is not a method of this server'
        return RefusedError(detail, HTTPStatus.METHOD_NOT_ALLOWED)
    return RefusedError(str(cause or error or "the data is not an HTTP request"))


def head_too_long(limit: int) -> RefusedError:
    """Return the refusal of a head with too many bytes."""
    status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    return RefusedError(f"the head is longer than {limit} bytes", status)


def too_many_fields(limit: int) -> RefusedError:
    """Return the refusal of a head with too many fields."""
    status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    return RefusedError(f"the head has more than {limit} fields", status)


def too_late(seconds: int) -> RefusedError:
    """Return the refusal of a request that did not arrive in time."""
    detail = f"the request did not arrive within {seconds} seconds"
    return RefusedError(detail, HTTPStatus.REQUEST_TIMEOUT)


def framing_too_long(limit: int) -> RefusedError:
    """Return the refusal of a body with too much framing and trailer."""
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return RefusedError(f"framing and trailer of the body are longer than {limit} bytes", status)


def require_no_tunnel(method: bytes) -> None:
    """Raise RefusedError for CONNECT."""
    if method == b"CONNECT":
        raise RefusedError("this server is not a proxy", HTTPStatus.METHOD_NOT_ALLOWED)


def require_length(url: bytes, headers: Headers, limit: int) -> None:
    """Raise RefusedError for a head with more bytes than the limit."""
    if len(url) + sum(len(name) + len(value) for name, value in headers) > limit:
        raise head_too_long(limit)


def require_one_meaning(version: str, headers: Headers) -> None:
    """Raise RefusedError for a head that two readers could parse differently (RFC 9112)."""
    if version not in VERSIONS:
        raise RefusedError(f"HTTP/{version} is not supported")
    hosts = [value for name, value in headers if name == b"host"]
    if len(hosts) > 1 or b"," in b"".join(hosts):
        raise RefusedError("more than one Host")
    if not hosts and version == "1.1":
        raise RefusedError("no Host")
    codings = [value.lower() for name, value in headers if name == b"transfer-encoding"]
    if any(coding != b"chunked" for coding in codings):
        raise RefusedError("a transfer coding other than chunked")
    if codings and version == "1.0":
        raise RefusedError("a transfer coding in HTTP/1.0, which has none")


def in_origin_form(url: bytes, headers: Headers) -> tuple[bytes, Headers]:
    """Return a target in origin form, and the headers with its authority as the Host.

    The authority of an absolute target overrides Host (RFC 9112, section 3.2.2). Raises
    RefusedError for an address that is not an http or https one, or has no path.
    """
    match = ABSOLUTE.fullmatch(url)
    if match is None:
        return url, headers
    scheme, authority, rest = match.groups()
    if scheme.lower() not in {b"http", b"https"} or b"@" in authority:
        raise RefusedError("an absolute target is an http or https address without a user")
    if not rest.startswith(b"/"):
        raise RefusedError("the absolute target has no path; the path of the root is /")
    fields = [(name, value) for name, value in headers if name != b"host"]
    return rest, [(b"host", authority), *fields]
