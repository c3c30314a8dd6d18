"""An exchange: what happens around every request, whatever answers it.

It is the application of the front (ASGI), so that the SPARQL endpoint, which does without Flask
(server/sparql.py), has the same bounds, headers, log and counts as every page.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, request
from werkzeug.exceptions import BadRequest
from werkzeug.http import unquote_etag
from werkzeug.wrappers import Request

from graph.engine.account import CLIENT
from graph.engine.pending_results import PENDING_RESULTS, PendingResults
from graph.engine.request import STRIKE
from graph.errors import OtherVersionError, OverloadedError, ShareError
from graph.striking.strike import Strike
from server.address import is_host, write_address
from server.front.admission import client_of
from server.front.header import ALWAYS, METHODS, PREFLIGHT
from server.front.kept import Kept, KeptReplies, Key, head_of
from server.front.log import log_request
from server.front.wsgi import Scope, environ_of
from server.reply import Fields, Reply, Send
from server.site import Site
from server.token import is_wrong

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from server.front.refusal import RefusedError

    Application = Callable[[WSGIEnvironment], Awaitable[Reply]]

Receive = Callable[[], Awaitable[Any]]
"""What gives the messages of a request (ASGI)."""

blueprint = Blueprint("exchange", __name__)

Line = dict[str, str | int | None]
"""A line of the log: names and values."""

UNCOUNTED: Final = frozenset({"/health", "/ready", "/metrics"})
"""The addresses that are answered however busy the server is."""

GONE: Final = 499
"""The status in the log and the counts of what was given up, since its client had gone."""


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
        return write_address(self.request.scheme, self.request.host, "/")

    @property
    def base_url(self) -> str:
        """The address that was asked, without its parameters."""
        return write_address(self.request.scheme, self.request.host, self.request.path)

    def timed(self, name: str, start: float) -> None:
        """Note for Server-Timing how long a part took."""
        self.timings.append((name, (time.perf_counter() - start) * 1000))

    def headers(self, seconds: float) -> Fields:
        """Return the headers that every response has."""
        parts = [*self.timings, ("total", seconds * 1000)]
        timing = ", ".join(f"{name};dur={value:.2f}" for name, value in parts)
        preflight = PREFLIGHT if self.request.method == "OPTIONS" else ()
        return [*ALWAYS, *preflight, ("X-Request-Id", self.id), ("Server-Timing", timing)]


CURRENT: Final[ContextVar[Exchange]] = ContextVar("exchange")


def exchange() -> Exchange:
    """Return the exchange of the request that this task or thread answers."""
    return CURRENT.get()


@dataclass(frozen=True, slots=True)
class Exchanges:
    """An application with all that happens around it."""

    site: Site
    application: Application
    kept: KeptReplies = field(default_factory=KeptReplies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, and count it when its answer is sent, or has failed."""
        body = await whole(receive)
        if body is None:
            return
        environ = environ_of(scope, body, self.site.settings.trusted_proxy)
        current = Exchange(Request(environ))
        CURRENT.set(current)
        CLIENT.set(client_of(current.request.remote_addr or ""))
        PENDING_RESULTS.set(PendingResults())
        STRIKE.set(strike_of(current.request))
        try:
            reply = await self.answer(current, environ)
        except asyncio.CancelledError:
            self.record(current, GONE, [], time.perf_counter() - current.start)
            return
        await self.deliver(current, reply, send)
        self.keep(current, reply, scope.get("key"))

    def keep(self, current: Exchange, reply: Reply, key: Key | None) -> None:
        """Keep a reply that is the same until the dataset changes, where answers are kept."""
        if key is None or not reply.version or not isinstance(reply.body, bytes):
            return
        if self.site.settings.cache == 0:
            return
        line = self.line(current, reply.status, len(reply.body), dict(reply.headers)["ETag"])
        head = head_of([*reply.fields(), *ALWAYS])
        self.kept.put(key, Kept(reply.version, head, reply.body, line))

    def repeat(self, key: Key, start: float) -> bytes | None:
        """Return the reply to a request that came before, without status line and date, or None.

        It is counted, and has its line of the log.
        """
        kept = self.kept.get(key, self.site.engine.version)
        if kept is None:
            return None
        number, seconds = os.urandom(8).hex(), time.perf_counter() - start
        self.log(kept.line | {"id": number}, seconds)
        timing = f"kept;dur={seconds * 1000:.2f}"
        own = f"x-request-id: {number}\r\nserver-timing: {timing}\r\n\r\n"
        return kept.head + own.encode() + kept.body

    async def deliver(self, current: Exchange, reply: Reply, send: Send) -> None:
        """Send the answer; one that cannot be sent is a fault of this server, which says 500."""
        seconds, fields = time.perf_counter() - current.start, reply.fields()
        status = int(HTTPStatus.INTERNAL_SERVER_ERROR)
        try:
            await reply.send(send, [*fields, *current.headers(seconds)])
            status = reply.status
        except asyncio.CancelledError:  # the client has gone within the answer
            status = GONE
        finally:
            self.record(current, status, fields if status == reply.status else [], seconds)

    async def answer(self, current: Exchange, environ: WSGIEnvironment) -> Reply:
        """Return the answer of the application, which has a place meanwhile."""
        with ExitStack() as place:
            try:
                place.enter_context(self.admitted(current.request))
            except (BadRequest, OtherVersionError, ShareError, OverloadedError) as error:
                current.error = error
            await self.slow_down(current.request)
            return await self.application(environ)

    def require_version(self, request: Request) -> None:
        """Raise OtherVersionError where a request names a version that is not served."""
        if b"version=" in request.query_string:
            asked, served = request.args.get("version", ""), self.site.engine.version
            if asked not in {"", served}:
                raise OtherVersionError(asked, served)

    async def slow_down(self, request: Request) -> None:
        """Let who brings a wrong token wait: he may be guessing."""
        authorization = request.headers.get("Authorization", "")
        if is_wrong(self.site.token, authorization):
            await asyncio.sleep(self.site.settings.token_time)

    def admitted(self, request: Request) -> AbstractContextManager[None]:
        """Return the place of a request.

        Raises BadRequest, OtherVersionError, ShareError and OverloadedError.
        """
        if not is_host(request.host):
            raise BadRequest("the Host is not one: a name, or an IP address, and a port")
        self.require_version(request)
        if request.path in UNCOUNTED or request.method == "OPTIONS":
            return nullcontext()
        return self.site.admission.admitted(CLIENT.get())

    def record(self, current: Exchange, status: int, headers: Fields, seconds: float) -> None:
        """Count the request and write its line of the log."""
        fields = {name.lower(): value for name, value in headers}
        sent = 0 if current.request.method == "HEAD" else int(fields.get("content-length", 0))
        self.log(self.line(current, status, sent, fields.get("etag")), seconds)

    def line(self, current: Exchange, status: int, sent: int, tag: str | None) -> Line:
        """Return the line of a request in the log, without how long it took."""
        request = current.request
        return {
            "id": current.id,
            "client": request.remote_addr,
            "method": request.method,
            "path": request.path,
            "route": current.route,
            "status": status,
            "bytes": sent,
            "tag": unquote_etag(tag)[0],
        }

    def log(self, line: Line, seconds: float) -> None:
        """Count a request and write its line of the log."""
        method = counted(str(line["method"]))
        route, status, sent = str(line["route"]), int(line["status"] or 0), int(line["bytes"] or 0)
        self.site.metrics.count(route, method, status, seconds, sent)
        log_request(**line, milliseconds=round(seconds * 1000, 2))

    def record_refusal(
        self, refused: RefusedError, client: tuple[str, int] | None, method: bytes, target: bytes
    ) -> None:
        """Count what was refused before it was a request, and write its line of the log."""
        self.site.metrics.count("none", counted(method.decode()), refused.status, 0.0, 0)
        log_request(
            id=refused.id,
            client=client[0] if client else None,
            method=method.decode("latin-1"),
            path=target.decode("latin-1"),
            route="none",
            status=refused.status,
        )


def strike_of(request: Request) -> Strike | None:
    """Return the sources that the address of a request leaves out."""
    if b"without=" not in request.query_string and b"only=" not in request.query_string:
        return None
    without, only = (tuple(filter(None, request.args.getlist(n))) for n in ("without", "only"))
    return Strike(without, only) or None


def counted(method: str) -> str:
    """Return what a method is counted as."""
    return method if method in METHODS.split(", ") else "other"


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
    current = exchange()
    current.route = request.url_rule.rule if request.url_rule else "none"
    if current.error is not None:
        raise current.error
