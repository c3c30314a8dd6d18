"""An exchange: what happens around every request, whatever its route."""

from __future__ import annotations

import time
import uuid
from contextlib import ExitStack
from typing import Final

from flask import Blueprint, Response, g, request
from werkzeug.exceptions import BadRequest

from server.log import log_request
from server.site import site

blueprint = Blueprint("exchange", __name__)

UNCOUNTED: Final = frozenset({"health.health", "health.ready", "health.metrics"})
"""The routes that are answered however busy the server is."""

METHODS: Final = "GET, HEAD, POST, PUT, DELETE, QUERY, OPTIONS"
ALLOWED: Final = "Accept, Authorization, Content-Type, If-None-Match"
EXPOSED: Final = (
    "Accept-Query, Allow, ETag, Link, Location, Retry-After, Server-Timing, X-Request-Id"
)
POLICY: Final = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'"
)


@blueprint.before_app_request
def begin() -> None:
    """Name the request, start its clock, and take a place for it."""
    g.start = time.perf_counter()
    g.request_id = uuid.uuid4().hex[:16]
    g.place = ExitStack()
    if not request.host:
        raise BadRequest("the Host is not one")
    if request.endpoint not in UNCOUNTED and request.method != "OPTIONS":
        g.place.enter_context(site().admission.admitted(request.remote_addr or ""))


@blueprint.after_app_request
def finish(response: Response) -> Response:
    """Add the headers that every response has (CORS without credentials, CSP), log and count."""
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = EXPOSED
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = METHODS
        headers["Access-Control-Allow-Headers"] = ALLOWED
        headers["Access-Control-Max-Age"] = "86400"
    headers["X-Request-Id"] = g.request_id
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Content-Security-Policy"] = POLICY
    headers["Referrer-Policy"] = "no-referrer"
    seconds = time.perf_counter() - g.start
    parts = [*g.get("timings", []), ("total", seconds * 1000)]
    headers["Server-Timing"] = ", ".join(f"{name};dur={value:.2f}" for name, value in parts)
    record(response, seconds)
    return response


def record(response: Response, seconds: float) -> None:
    """Count the request and write its line of the log."""
    sent = 0 if request.method == "HEAD" else response.content_length or 0
    route = request.url_rule.rule if request.url_rule else "none"
    method = request.method if request.method in METHODS else "other"
    site().metrics.count(route, method, response.status_code, seconds, sent)
    log_request(
        id=g.request_id,
        client=request.remote_addr,
        method=request.method,
        path=request.path,
        route=route,
        status=response.status_code,
        milliseconds=round(seconds * 1000, 2),
        bytes=sent,
        tag=response.get_etag()[0],
    )


@blueprint.teardown_app_request
def end(_error: BaseException | None) -> None:
    """Give the place back."""
    if "place" in g:
        g.place.close()
