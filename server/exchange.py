"""An exchange: what happens around every request, whatever answers it.

It is the application of the front (ASGI), so that the SPARQL endpoint, which does without Flask
(server/sparql.py), has the same bounds, headers, log and counts as every page.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, request
from werkzeug.exceptions import BadRequest
from werkzeug.http import unquote_etag
from werkzeug.sansio.utils import get_current_url
from werkzeug.wrappers import Request

from graph.errors import OverloadedError
from server.limit import TooManyAtOnce
from server.log import log_request
from server.pages import Scope, environ_of
from server.reply import Fields, Reply, Send
from server.site import Site

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    Application = Callable[[WSGIEnvironment], Awaitable[Reply]]

Receive = Callable[[], Awaitable[Any]]
"""What gives the messages of a request (ASGI)."""

blueprint = Blueprint("exchange", __name__)

UNCOUNTED: Final = frozenset({"/health", "/ready", "/metrics"})
"""The addresses that are answered however busy the server is."""

GONE: Final = 499
"""The status in the log and the counts of what was given up, since its client had gone."""

METHODS: Final = "GET, HEAD, POST, PUT, DELETE, QUERY, OPTIONS"
ALLOWED: Final = "Accept, Authorization, Content-Type, If-Match, If-None-Match"
EXPOSED: Final = (
    "Accept-Query, Allow, Content-Disposition, ETag, Graph-Not-Found, Link, Location, Retry-After, "
    "Server-Timing, X-Request-Id"
)
POLICY: Final = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'"
)
ALWAYS: Final = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", EXPOSED),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", POLICY),
    ("Referrer-Policy", "no-referrer"),
)
"""The headers of every response: CORS without credentials, and what a browser may do with it."""

PREFLIGHT: Final = (
    ("Access-Control-Allow-Methods", METHODS),
    ("Access-Control-Allow-Headers", ALLOWED),
    ("Access-Control-Max-Age", "86400"),
)


@dataclass(slots=True)
class Exchange:
    """One request under way, and what is noted of it for its answer and its line of the log.

    An `error` that was met before Flask is raised again in Flask, where problem.py tells it.
    """

    request: Request
    id: str = field(default_factory=lambda: os.urandom(8).hex())
    start: float = field(default_factory=time.perf_counter)
    timings: list[tuple[str, float]] = field(default_factory=list)
    route: str = "none"
    error: Exception | None = None

    @property
    def root_url(self) -> str:
        """The address that all others here begin with."""
        return address(self.request.scheme, self.request.host, self.request.root_path)

    @property
    def base_url(self) -> str:
        """The address that was asked, without its parameters."""
        asked = self.request
        return address(asked.scheme, asked.host, asked.root_path, asked.path)

    def timed(self, name: str, start: float) -> None:
        """Note for Server-Timing how long a part took."""
        self.timings.append((name, (time.perf_counter() - start) * 1000))

    def headers(self, seconds: float) -> Fields:
        """Return the headers that every response has."""
        parts = [*self.timings, ("total", seconds * 1000)]
        timing = ", ".join(f"{name};dur={value:.2f}" for name, value in parts)
        preflight = PREFLIGHT if self.request.method == "OPTIONS" else ()
        return [*ALWAYS, *preflight, ("X-Request-Id", self.id), ("Server-Timing", timing)]


address: Final = lru_cache(maxsize=64)(get_current_url)

CURRENT: Final[ContextVar[Exchange]] = ContextVar("exchange")


def exchange() -> Exchange:
    """Return the exchange of the request that this task or thread answers."""
    return CURRENT.get()


@dataclass(frozen=True, slots=True)
class Exchanges:
    """An application with all that happens around it."""

    site: Site
    application: Application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, and count it when its answer begins."""
        body = await whole(receive)
        if body is None:
            return
        environ = environ_of(scope, body, self.site.settings.trusted_proxy)
        here = Exchange(Request(environ))
        CURRENT.set(here)
        try:
            reply = await self.answer(here, environ)
        except asyncio.CancelledError:
            self.record(here, GONE, [], time.perf_counter() - here.start)
            return
        seconds, fields = time.perf_counter() - here.start, reply.fields()
        self.record(here, reply.status, fields, seconds)
        with suppress(asyncio.CancelledError):  # the client has gone within the answer
            await reply.send(send, [*fields, *here.headers(seconds)])

    async def answer(self, here: Exchange, environ: WSGIEnvironment) -> Reply:
        """Return the answer of the application, which has a place meanwhile."""
        with ExitStack() as place:
            try:
                place.enter_context(self.admitted(here.request))
            except (BadRequest, TooManyAtOnce, OverloadedError) as error:
                here.error = error
            return await self.application(environ)

    def admitted(self, request: Request) -> AbstractContextManager[None]:
        """Return the place of a request; raises BadRequest, TooManyAtOnce and OverloadedError."""
        if not request.host:
            raise BadRequest("the Host is not one")
        if request.path in UNCOUNTED or request.method == "OPTIONS":
            return nullcontext()
        return self.site.admission.admitted(request.remote_addr or "")

    def record(self, here: Exchange, status: int, headers: Fields, seconds: float) -> None:
        """Count the request and write its line of the log."""
        request, fields = here.request, {name.lower(): value for name, value in headers}
        sent = 0 if request.method == "HEAD" else int(fields.get("content-length", 0))
        method = request.method if request.method in METHODS else "other"
        self.site.metrics.count(here.route, method, status, seconds, sent)
        log_request(
            id=here.id,
            client=request.remote_addr,
            method=request.method,
            path=request.path,
            route=here.route,
            status=status,
            milliseconds=round(seconds * 1000, 2),
            bytes=sent,
            tag=unquote_etag(fields.get("etag"))[0],
        )


async def whole(receive: Receive) -> bytes | None:
    """Return the body of a request, or None where the client has gone before it was whole."""
    parts = []
    while (message := await receive())["type"] == "http.request":
        parts.append(message["body"])
        if not message["more_body"]:
            return b"".join(parts)
    return None


@blueprint.before_app_request
def begin() -> None:
    """Note the route that Flask has found, and raise what was met before."""
    here = exchange()
    here.route = request.url_rule.rule if request.url_rule else "none"
    if here.error is not None:
        raise here.error
