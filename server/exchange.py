"""An exchange: a request with its admission, headers, log and counters.

It is the ASGI application of the front, so the SPARQL endpoint, which runs without Flask
(server/sparql.py), has the same limits, headers, log and counters as every page.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from contextvars import ContextVar
from dataclasses import dataclass, field
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, request
from werkzeug.exceptions import BadRequest, MethodNotAllowed
from werkzeug.http import unquote_etag
from werkzeug.wrappers import Request

from graph.errors import OtherVersionError, OverloadedError, ShareError
from graph.excluding.exclusion import NO_EXCLUSION
from server.engine.account import CLIENT, SEAT
from server.engine.front.address import is_host, write_address
from server.engine.front.admission import client_of
from server.engine.front.kept import Kept, KeptReplies, Key, write_fields
from server.engine.front.log import Line, log_request
from server.engine.front.reply import ALWAYS, METHODS, PREFLIGHT, Fields, Reply, Send
from server.engine.front.wsgi import Scope, environ_of
from server.engine.request import PENDING_RESULTS, VERSIONS, PendingResults
from server.engine.writing.store_folder import GENERATION_NAME
from server.exclusion import HONOURING, read_exclusion, refuse_exclusion
from server.graph_engine import name_dataset
from server.parameters import read_address
from server.request import EXCLUSION
from server.site import Site

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from server.engine.front.refusal import RefusedError

    Application = Callable[[WSGIEnvironment], Awaitable[Reply]]

Receive = Callable[[], Awaitable[Any]]
"""The ASGI callable that receives the messages of a request."""

blueprint = Blueprint("exchange", __name__)

SAFE: Final = frozenset({"GET", "HEAD"})
"""The methods of requests that are answered anew after a write (RFC 9110, section 9.2.1)."""

PROBES: Final = frozenset({"/health", "/ready", "/metrics"})
"""The paths with reserved places, whose good answers are not logged."""

GONE: Final = 499
"""The status of a cancelled request in the log and the counters: its client has gone."""


@dataclass(slots=True)
class Exchange:
    """A running request, with the data of its headers and of its line in the log.

    Flask raises an earlier `error` again, since problem.py answers every error.
    """

    request: Request
    id: str = field(default_factory=lambda: os.urandom(8).hex())
    start: float = field(default_factory=time.perf_counter)
    timings: list[tuple[str, float]] = field(default_factory=list)
    route: str = "none"
    error: Exception | None = None
    refusal: str | None = None
    """The reason why the request is refused, for the counters."""

    @property
    def root_url(self) -> str:
        """The address of the server, with a slash at its end."""
        return write_address(self.request.scheme, self.request.host, "/")

    @property
    def base_url(self) -> str:
        """The requested address without its parameters."""
        return write_address(self.request.scheme, self.request.host, self.request.path)

    def time(self, name: str, start: float) -> None:
        """Add the duration of a step to Server-Timing."""
        self.timings.append((name, (time.perf_counter() - start) * 1000))

    def headers(self, seconds: float, own: Fields) -> Fields:
        """Return the header fields of every response that it has not as its own."""
        parts = [*self.timings, ("total", seconds * 1000)]
        timing = ", ".join(f"{name};dur={value:.2f}" for name, value in parts)
        preflight = PREFLIGHT if self.request.method == "OPTIONS" else ()
        names = {name for name, _ in own}
        always = [pair for pair in ALWAYS if pair[0] not in names]
        return [*always, *preflight, ("X-Request-Id", self.id), ("Server-Timing", timing)]


CURRENT: Final[ContextVar[Exchange]] = ContextVar("exchange")


def exchange() -> Exchange:
    """Return the exchange of the current task or thread."""
    return CURRENT.get()


@dataclass(frozen=True, slots=True)
class Exchanges:
    """The ASGI application, around the application that answers."""

    site: Site
    application: Application
    kept: KeptReplies = field(default_factory=KeptReplies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, and count it after its answer."""
        body = await receive_body(receive)
        if body is None:
            return
        environ = environ_of(scope, body, self.site.settings.trusted_proxy)
        del body
        current = Exchange(Request(environ))
        CURRENT.set(current)
        CLIENT.set(client_of(current.request.remote_addr or ""))
        PENDING_RESULTS.set(PendingResults())
        EXCLUSION.set(NO_EXCLUSION)
        SEAT.set(None)
        try:
            reply = await self.answer(current, environ)
        except asyncio.CancelledError:
            self.record(current, GONE, [], time.perf_counter() - current.start)
            return
        else:
            await self.deliver(current, reply, send)
        finally:
            self.site.admission.settle(SEAT.get())
        self.keep(current, reply, scope.get("key"))

    def keep(self, current: Exchange, reply: Reply, key: Key | None) -> None:
        """Keep a reply that is the same until the dataset changes, if any answer is kept."""
        if key is None or not reply.version or not isinstance(reply.body, bytes):
            return
        if self.site.settings.cache == 0:
            return
        line = self.line(current, reply.status, len(reply.body), dict(reply.headers)["ETag"])
        line |= {"id": None, "client": None}
        head = write_fields([*reply.fields(), *ALWAYS])
        self.kept.put(key, Kept(reply.version, head, reply.body, line))

    def repeat(self, key: Key, client: str, start: float) -> bytes | None:
        """Return the kept reply for a client, without status line and date, or None.

        It counts and logs the request.
        """
        kept = self.kept.get(key, self.site.engine.version)
        if kept is None:
            return None
        number, seconds = os.urandom(8).hex(), time.perf_counter() - start
        self.log(kept.line | {"id": number, "client": client}, seconds)
        timing = f"kept;dur={seconds * 1000:.2f}"
        own = f"x-request-id: {number}\r\nserver-timing: {timing}\r\n\r\n"
        return kept.head + own.encode() + kept.body

    async def deliver(self, current: Exchange, reply: Reply, send: Send) -> None:
        """Send the answer, and record the request; an answer that cannot be sent counts as 500."""
        seconds, fields = time.perf_counter() - current.start, reply.fields()
        status = int(HTTPStatus.INTERNAL_SERVER_ERROR)
        try:
            await reply.send(send, [*fields, *current.headers(seconds, fields)])
            status = reply.status
        except asyncio.CancelledError:  # the client has gone within the answer
            status = GONE
        finally:
            self.record(current, status, fields if status == reply.status else [], seconds)

    async def answer(self, current: Exchange, environ: WSGIEnvironment) -> Reply:
        """Return the answer of the application, and hold a place meanwhile."""
        await self.slow_down(current.request)
        try:
            EXCLUSION.set(read_exclusion(current.request))
            with self.admit(current.request):
                return await self.answer_at_one_version(current.request, environ)
        except (BadRequest, OtherVersionError) as error:
            current.error = error
        except (ShareError, OverloadedError) as error:
            current.error = error
            environ["wsgi.input"] = BytesIO()  # meanwhile nobody holds the body
            await asyncio.sleep(self.site.admission.refusals.delay(CLIENT.get()))
        return await self.application(environ)

    async def answer_at_one_version(self, request: Request, environ: WSGIEnvironment) -> Reply:
        """Return the answer of the application, computed anew once if a write came in between.

        Raises OtherVersionError if the request names another version.
        """
        versions = set[str]()
        VERSIONS.set(versions)
        reply = await self.application(environ)
        if len(versions) > 1 and request.method in SAFE:
            versions.clear()
            reply = await self.application(environ)
        for version in versions:
            require_version(request, name_dataset(version))
        return reply

    async def slow_down(self, request: Request) -> None:
        """Delay a request with a wrong token, which may be a guess, before it has a place."""
        authorization = request.headers.get("Authorization", "")
        if self.site.tokens.refuse(authorization):
            await asyncio.sleep(self.site.settings.token_time)

    def admit(self, request: Request) -> AbstractContextManager[None]:
        """Return the context that holds the place of a request.

        Raises BadRequest, OtherVersionError, ShareError and OverloadedError.
        """
        if not is_host(request.host):
            raise BadRequest("the Host is invalid: it is a name, or an IP address, and a port")
        require_version(request, self.site.engine.version)
        if request.path in PROBES or request.method == "OPTIONS":
            return self.site.admission.spare(CLIENT.get())
        writes = self.site.tokens.allow(request.headers.get("Authorization", ""))
        return self.site.admission.admit(CLIENT.get(), writes=writes)

    def record(self, current: Exchange, status: int, headers: Fields, seconds: float) -> None:
        """Count and log a request."""
        fields = {name.lower(): value for name, value in headers}
        sent = 0 if current.request.method == "HEAD" else int(fields.get("content-length", 0))
        if current.refusal is not None:
            self.site.metrics.refusals[current.refusal] += 1
        self.log(self.line(current, status, sent, fields.get("etag")), seconds)

    def line(self, current: Exchange, status: int, sent: int, tag: str | None) -> Line:
        """Return the line of a request in the log, without its duration."""
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
        """Count a request, and write its line with the duration, unless it is a good probe's."""
        method = count_method(str(line["method"]))
        route, status, sent = str(line["route"]), int(line["status"] or 0), int(line["bytes"] or 0)
        self.site.metrics.count(route, method, status, seconds, sent)
        if status != HTTPStatus.OK or line["path"] not in PROBES:
            log_request(self.site.settings.log, {**line, "milliseconds": round(seconds * 1000, 2)})

    def count_crowded_out(self) -> None:
        """Count a connection that is closed to make room."""
        self.site.metrics.crowded_out += 1

    def record_refusal(
        self, refused: RefusedError, client: str, method: bytes, target: bytes
    ) -> None:
        """Count and log a refused request."""
        self.site.metrics.count("none", count_method(method.decode()), refused.status, 0.0, 0)
        line: Line = {
            "id": refused.id,
            "client": client,
            "method": method.decode("latin-1"),
            "path": target.decode("latin-1"),
            "route": "none",
            "status": refused.status,
        }
        log_request(self.site.settings.log, line)


def require_version(request: Request, version: str) -> None:
    """Raise OtherVersionError for a request for another version of the dataset than this one.

    `V..` names the version V of a store, and each later one: its number is greater.
    """
    asked = read_address(request).get("version") or version
    first = asked.removesuffix("..")
    if first != version:
        names = GENERATION_NAME.match(first), GENERATION_NAME.match(version)
        if first == asked or None in names or first[:9] >= version[:9]:
            raise OtherVersionError(asked, version)


def count_method(method: str) -> str:
    """Return the label of a method in the counters."""
    return method if method in METHODS.split(", ") else "other"


async def receive_body(receive: Receive) -> bytes | None:
    """Return the body of a request, or None if the client went before its end."""
    parts = []
    while (message := await receive())["type"] == "http.request":
        parts.append(message["body"])
        if not message["more_body"]:
            return b"".join(parts)
    return None


@blueprint.before_app_request
def record_route() -> None:
    """Record the route that Flask found, raise the earlier error, and refuse an exclusion."""
    current = exchange()
    current.route = request.url_rule.rule if request.url_rule else "none"
    if isinstance(request.routing_exception, MethodNotAllowed):
        raise request.routing_exception
    if current.error is not None:
        raise current.error
    if request.url_rule and current.route not in HONOURING and request.method != "OPTIONS":
        refuse_exclusion(request.path)
