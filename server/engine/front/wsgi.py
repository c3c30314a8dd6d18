"""The pages: runs Flask, a WSGI application (PEP 3333), in threads of the ASGI front.

https://asgi.readthedocs.io/en/latest/specs/www.html#wsgi-compatibility
"""

from __future__ import annotations

import asyncio
import sys
import time
from asyncio import AbstractEventLoop
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any, Final
from urllib.parse import unquote_to_bytes

from werkzeug.http import parse_date
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wsgi import FileWrapper

from graph.errors import OverloadedError
from server.engine.account import CLIENT
from server.engine.front.address import read_client
from server.engine.front.reply import Fields, Reply
from server.engine.front.turn import Turn, Turns
from server.engine.request import PENDING_RESULTS

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

Scope = dict[str, Any]

MAX_JOINED_BYTES: Final = 1 << 20
"""The maximum size of an answer in memory; a longer one is sent in chunks."""

CHUNK_BYTES: Final = 256 << 10
"""The size of a chunk of a file."""

SCHEMES: Final = frozenset({"http", "https"})
DATES: Final = frozenset({"HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_IF_RANGE"})
NO_DATE: Final = "-"
"""The value of a field with a date beyond all calendars, which Werkzeug raises OverflowError for.

A date that is not valid is ignored, and no range is given (RFC 9110, sections 13.1.3 and 13.1.5).
"""

UNPREFIXED: Final = frozenset({b"content-length", b"content-type"})


@dataclass(frozen=True, slots=True)
class Pages:
    """An awaitable WSGI application."""

    application: WSGIApplication
    turns: Turns

    async def __call__(self, environ: WSGIEnvironment) -> Reply:
        """Return the answer; the application runs in a thread with the context of this task.

        A cancelled request keeps its place until its thread has ended.
        """
        loop = asyncio.get_running_loop()
        answering = asyncio.ensure_future(asyncio.to_thread(self.answer_in_turn, environ, loop))
        try:
            return await asyncio.shield(answering)
        except asyncio.CancelledError:
            PENDING_RESULTS.get().give_up()
            with suppress(OverloadedError):
                await asyncio.shield(answering)
            raise

    def answer_in_turn(self, environ: WSGIEnvironment, loop: AbstractEventLoop) -> Reply:
        """Return the answer, computed in turns that the client is charged."""
        client, start = CLIENT.get(), time.thread_time()
        with Turn(self.turns, client) as turn:
            PENDING_RESULTS.get().pause = turn.pause
            try:
                return self.answer(environ)
            finally:
                seconds = time.thread_time() - start
                loop.call_soon_threadsafe(self.turns.accounts.spend, client, seconds)

    def answer(self, environ: WSGIEnvironment) -> Reply:
        """Return the answer of the application."""
        reply, written = Reply(), list[bytes]()

        def begin(status: str, headers: Fields, *_: object) -> Callable[[bytes], object]:
            reply.status = HTTPStatus(int(status[:3]))
            reply.headers = [field for field in headers if field[0] != "Date"]  # the front's
            return written.append

        body = self.application(environ, begin)
        if int(dict(reply.headers).get("Content-Length", 0)) > MAX_JOINED_BYTES:
            reply.body = body
            return reply
        try:
            reply.body = b"".join([*written, *body])
        finally:
            getattr(body, "close", bool)()
        return reply


def environ_of(scope: Scope, body: bytes, proxy: str | None) -> WSGIEnvironment:
    """Return the WSGI environment of a complete request (PEP 3333).

    It believes the X-Forwarded fields of the trusted proxy alone.
    """
    host, port = scope["server"] or ("", 0)
    peer = scope["client"][0] if scope["client"] else ""
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),  # PEP 3333
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": read_client(peer, scope["headers"], proxy),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": read_chunks,
    }
    for name, value in scope["headers"]:
        key, text = environ_name(name), value.decode("latin-1")
        if key is not None:
            environ[key] = f"{environ[key]},{text}" if key in environ else text
    for name in DATES & environ.keys():
        try:
            parse_date(environ[name])
        except OverflowError:
            environ[name] = NO_DATE
    if proxy is not None and peer == proxy:
        FORWARDED(environ, lambda *_: bool)
        # some proxies pass on the field of their client
        if environ["wsgi.url_scheme"] not in SCHEMES:
            environ["wsgi.url_scheme"] = scope["scheme"]
    return environ


@lru_cache(maxsize=256)
def environ_name(name: bytes) -> str | None:
    """Return the WSGI name of a header field, None for a name with an underscore."""
    if b"_" in name:
        return None
    text = name.decode("latin-1").upper().replace("-", "_")
    return text if name in UNPREFIXED else f"HTTP_{text}"


def read_chunks(file: IO[bytes], _size: int = 0) -> FileWrapper:
    """Return the chunks of a file."""
    return FileWrapper(file, CHUNK_BYTES)


FORWARDED: Final = ProxyFix(lambda *_: [], x_for=0, x_proto=1, x_host=1)
"""Writes the scheme and the host that the last proxy forwards into a WSGI environment."""
