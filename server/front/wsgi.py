"""The pages: runs Flask, a WSGI application (PEP 3333), in threads of the ASGI front.

https://asgi.readthedocs.io/en/latest/specs/www.html#wsgi-compatibility
"""

from __future__ import annotations

import asyncio
import sys
import time
from asyncio import AbstractEventLoop
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any, Final
from urllib.parse import unquote_to_bytes

from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wsgi import FileWrapper

from graph.engine.account import CLIENT
from graph.engine.request import PENDING_RESULTS
from server.address import read_client
from server.front.turn import Turn, Turns
from server.reply import Fields, Reply

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Scope = dict[str, Any]

MAX_JOINED_BYTES: Final = 1 << 20
"""The maximum size of an answer in memory; a longer one is sent in chunks."""

CHUNK_BYTES: Final = 256 << 10
"""The size of a chunk of a file."""

SCHEMES: Final = frozenset({"http", "https"})
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
            await asyncio.wait({answering})
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
        "PATH_INFO": decode_path(scope["raw_path"]),
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
    if proxy is not None and peer == proxy:
        FORWARDED(environ, disregard)
        if (
            environ["wsgi.url_scheme"] not in SCHEMES
        ):  # some proxies pass on the field of their client
            environ["wsgi.url_scheme"] = scope["scheme"]
    return environ


def decode_path(raw: bytes) -> str:
    """Return a path without escapes, each byte as a character (PEP 3333)."""
    return (unquote_to_bytes(raw) if b"%" in raw else raw).decode("latin-1")


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


def nothing(_environ: WSGIEnvironment, _start_response: StartResponse) -> list[bytes]:
    """Answer nothing."""
    return []


def disregard(*_: object) -> Callable[[bytes], object]:
    """Begin no answer."""
    return bool


FORWARDED: Final = ProxyFix(nothing, x_for=0, x_proto=1, x_host=1)
"""Writes the scheme and the host that the last proxy forwards into a WSGI environment."""
