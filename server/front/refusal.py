"""A refusal: the answer to what arrives and is no request, before any application sees it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from httptools import HttpParserInvalidMethodError
from werkzeug.http import http_date

from server.front.header import METHODS, PROBLEM

VERSIONS: Final = frozenset({"1.0", "1.1"})
REQUEST: Final = re.compile(rb"[A-Za-z]+ \S+ HTTP/1\.[01]\r\n")
"""How a request begins, whatever its method."""

ABSOLUTE: Final = re.compile(rb"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)(.*)", re.DOTALL)
"""A target that is a whole address: its scheme, its authority, and the rest."""

Headers = Sequence[tuple[bytes, bytes]]


class RefusedError(Exception):
    """What arrives is no request that is taken: why, the status that says so, and its id."""

    def __init__(self, detail: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        self.status = status
        self.id = os.urandom(8).hex()
        super().__init__(detail)

    def answer(self, *, with_body: bool) -> bytes:
        """Return the answer, a problem document (RFC 9457); nothing is answered after it."""
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


def reason(error: BaseException | None, data: bytes) -> RefusedError:
    """Return why data is refused, by the error that the parser has raised on it."""
    cause = error.__context__ if error is not None else None
    if isinstance(cause, RefusedError):
        return cause
    if isinstance(error, HttpParserInvalidMethodError) and REQUEST.match(data):
        return RefusedError("the method is not one", HTTPStatus.METHOD_NOT_ALLOWED)
    return RefusedError(str(cause or error or "what came is no request"))


def head_too_long(limit: int) -> RefusedError:
    """Return why a head of more bytes than that is refused."""
    status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    return RefusedError(f"the head is longer than {limit} bytes", status)


def too_many_fields(limit: int) -> RefusedError:
    """Return why a head of more fields than that is refused."""
    status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    return RefusedError(f"the head has more than {limit} fields", status)


def too_late(seconds: int) -> RefusedError:
    """Return why a request is refused that is not whole after so many seconds."""
    detail = f"the request did not arrive within {seconds} seconds"
    return RefusedError(detail, HTTPStatus.REQUEST_TIMEOUT)


def framing_too_long(limit: int) -> RefusedError:
    """Return why a body is refused around which there are more bytes than that."""
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return RefusedError(f"what is around the body is longer than {limit} bytes", status)


def require_no_tunnel(method: bytes) -> None:
    """Raise RefusedError where a request would make the server a tunnel."""
    if method == b"CONNECT":
        raise RefusedError("this is no proxy", HTTPStatus.METHOD_NOT_ALLOWED)


def require_length(url: bytes, headers: Headers, limit: int) -> None:
    """Raise RefusedError where a head has more bytes than the limit."""
    if len(url) + sum(len(name) + len(value) for name, value in headers) > limit:
        raise head_too_long(limit)


def require_one_meaning(version: str, headers: Headers) -> None:
    """Raise RefusedError where two readers of a head could take it differently (RFC 9112)."""
    if version not in VERSIONS:
        raise RefusedError(f"HTTP/{version} is not spoken here")
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
    """Return a target without its scheme and authority, and the headers with that as the Host.

    The authority of a target that is a whole address wins, and Host is passed over (RFC 9112,
    section 3.2.2). Raises RefusedError where the address is none of HTTP, or has no path.
    """
    match = ABSOLUTE.fullmatch(url)
    if match is None:
        return url, headers
    scheme, authority, rest = match.groups()
    if scheme.lower() not in {b"http", b"https"} or b"@" in authority:
        raise RefusedError("the target is an address of http or https, with no user in it")
    if not rest.startswith(b"/"):
        raise RefusedError("the address has no path; that of the whole is /")
    others = [(name, value) for name, value in headers if name != b"host"]
    return rest, [(b"host", authority), *others]
