"""The pages: Flask's application (PEP 3333), answered by threads for the loop of the front (ASGI).

https://asgi.readthedocs.io/en/latest/specs/www.html#wsgi-compatibility
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any, Final
from urllib.parse import unquote_to_bytes

from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wsgi import FileWrapper

from graph.engine.pending_results import PENDING_RESULTS
from server.reply import Fields, Reply

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Scope = dict[str, Any]

WHOLE: Final = 1 << 20
"""The bytes of an answer up to which it is held whole; a longer one is sent as it is read."""

CHUNK: Final = 256 << 10
"""The bytes of a file that are read at once."""

SCHEMES: Final = frozenset({"http", "https"})
UNPREFIXED: Final = frozenset({b"content-length", b"content-type"})


@dataclass(frozen=True, slots=True)
class Pages:
    """A WSGI application as one that is awaited."""

    application: WSGIApplication

    async def __call__(self, environ: WSGIEnvironment) -> Reply:
        """Return its answer; it runs in a thread, with the context of this task.

        A request that is given up keeps its place until its thread has ended.
        """
        answering = asyncio.ensure_future(asyncio.to_thread(self.answer, environ))
        try:
            return await asyncio.shield(answering)
        except asyncio.CancelledError:
            PENDING_RESULTS.get().give_up()
            await asyncio.wait({answering})
            raise

    def answer(self, environ: WSGIEnvironment) -> Reply:
        """Return its answer."""
        reply, written = Reply(), list[bytes]()

        def begin(status: str, headers: Fields, *_: object) -> Callable[[bytes], object]:
            reply.status = HTTPStatus(int(status[:3]))
            reply.headers = [field for field in headers if field[0] != "Date"]  # the front's
            return written.append

        body = self.application(environ, begin)
        if int(dict(reply.headers).get("Content-Length", 0)) > WHOLE:
            reply.body = body
            return reply
        try:
            reply.body = b"".join([*written, *body])
        finally:
            getattr(body, "close", bool)()
        return reply


def environ_of(scope: Scope, body: bytes, proxy: str | None) -> WSGIEnvironment:
    """Return a request that has arrived whole as PEP 3333 describes it.

    What a proxy says of its client is believed where it comes from that address.
    """
    host, port = scope["server"] or ("", 0)
    client = scope["client"][0] if scope["client"] else ""
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": path(scope["raw_path"]),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": in_chunks,
    }
    for name, value in scope["headers"]:
        key, text = variable(name), value.decode("latin-1")
        if key is not None:
            environ[key] = f"{environ[key]},{text}" if key in environ else text
    if proxy is not None and client == proxy:
        FORWARDED(environ, disregard)
        if environ["wsgi.url_scheme"] not in SCHEMES:  # some proxies hand on what a client says
            environ["wsgi.url_scheme"] = scope["scheme"]
    return environ


def path(raw: bytes) -> str:
    """Return the path of an address, its escapes read, each byte a character (PEP 3333)."""
    return (unquote_to_bytes(raw) if b"%" in raw else raw).decode("latin-1")


@lru_cache(maxsize=256)
def variable(name: bytes) -> str | None:
    """Return the name of a header field in an environ; None for one that could pose as another."""
    if b"_" in name:
        return None
    text = name.decode("latin-1").upper().replace("-", "_")
    return text if name in UNPREFIXED else f"HTTP_{text}"


def in_chunks(file: IO[bytes], _size: int = 0) -> FileWrapper:
    """Return the chunks of a file."""
    return FileWrapper(file, CHUNK)


def nothing(_environ: WSGIEnvironment, _start_response: StartResponse) -> list[bytes]:
    """Answer nothing."""
    return []


def disregard(*_: object) -> Callable[[bytes], object]:
    """Begin no answer."""
    return bool


FORWARDED: Final = ProxyFix(nothing, x_for=1, x_proto=1, x_host=1)
"""Writes what the last proxy says of the client into an environ."""
