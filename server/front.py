"""The front: the listening socket, the loop and the threads of the server.

Uvicorn's loop reads requests and writes answers, so that a slow client holds no thread; a thread is
taken by a page, a write, and a query that takes long. server/arrival.py and server/connection.py
bound what one connection can hold. A server that is told to end answers first what it has begun.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from uvicorn import Server

from server.arrival import Bounds
from server.connection import Connection
from server.exchange import Exchanges
from server.settings import Settings


class Front(Server):
    """The server of one listening socket."""

    def __init__(self, config: Bounds, sock: socket.socket) -> None:
        super().__init__(config)
        self.sock = sock
        self.threads = config.settings.threads

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.sock.getsockname()[1])

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until SIGTERM or SIGINT, or `end`; then answer what has been begun."""
        super().run([self.sock, *(sockets or ())])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve."""
        threads = ThreadPoolExecutor(self.threads, thread_name_prefix="answer")
        asyncio.get_running_loop().set_default_executor(threads)
        await super().startup(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals that end a server; uvicorn would die by them at its end."""
        with contextlib.suppress(ValueError):  # in another thread than the main one
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, self.handle_exit)
        yield

    def end(self) -> None:
        """Begin to end; may be called from any thread."""
        self.should_exit = True


def open_front(app: Exchanges, settings: Settings, token: str | None) -> Front:
    """Return the front that listens for the application; raises OSError."""
    bounds = Bounds(
        app,
        loop="uvloop",
        http=Connection,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level="error",
        access_log=False,
        proxy_headers=False,
        headers=[("Server", "cpec-graph")],
        backlog=settings.connections,
        timeout_keep_alive=settings.idle_time,
        timeout_graceful_shutdown=settings.drain_time,
    )
    bounds.settings, bounds.token, bounds.exchanges = settings, token, app
    return Front(bounds, listen(settings.host, settings.port, settings.connections))


def listen(host: str, port: int, backlog: int) -> socket.socket:
    """Return a socket that listens; raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, *_, address = found[0]
    return socket.create_server(address[:2], family=family, backlog=backlog)
