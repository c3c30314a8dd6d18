"""A front: a process that answers requests, in one loop of uvicorn and some threads for the pages.

The fork server forks it, and its socket brings its settings (fronts.py). A front holds no data:
the supervisor lends it workers, which do (server/engine/supervision). A line of JSON tells it that
the server is leaving: it is not ready, and serves. Another one brings new tokens. When the socket
closes, it finishes its requests and ends; when its channel closes, the supervisor has gone, and it
ends at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any, Final

import uvloop
from uvicorn import Server

from server.app import create_app
from server.engine.account import Accounts
from server.engine.confinement import ignore_signals
from server.engine.framing import LENGTHS, Header
from server.engine.front.arrival import ConnectionConfig
from server.engine.front.bearer_token import Tokens
from server.engine.front.connection import Connection
from server.engine.front.log import Unwaited
from server.engine.front.round_robin import RoundRobin
from server.engine.supervision.register import Register
from server.graph_engine import GraphEngine
from server.graph_settings import GraphSettings
from server.remote.store_relay import StoreRelay
from server.settings import Settings
from server.site import Site

BEAT: Final = 1.0
"""The seconds between two beats: bytes by which the supervisor sees that the loop turns.

The first one says that the front serves.
"""

SWITCH_TIME: Final = 0.001
"""The seconds for which the loop waits for a thread that computes (sys.setswitchinterval)."""

MESSAGE_BYTES: Final = 4096
"""The bytes of messages that are read at once."""

DESCRIPTORS: Final = 4
"""The number of descriptors of a front: channel, listening socket, accounts, register."""


class Front(Server):
    """The server of one listening socket."""

    def __init__(self, config: ConnectionConfig, sock: socket.socket) -> None:
        super().__init__(config)
        self.sock = sock
        self.threads = config.settings.threads

    async def answer(self) -> None:
        """Serve until `end`, then finish the running requests."""
        threads = ThreadPoolExecutor(self.threads, thread_name_prefix="answer")
        asyncio.get_running_loop().set_default_executor(threads)
        await self.serve([self.sock])

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle no signal: the process ignores them, but uvicorn would end."""
        yield

    def end(self) -> None:
        """Start to end; any thread may call it."""
        self.should_exit = True


def open_front(site: Site, sock: socket.socket) -> Front:
    """Return the front of a site on a listening socket."""
    settings, app = site.settings, create_app(site)
    bounds = ConnectionConfig(
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
    bounds.settings, bounds.tokens, bounds.exchanges = settings, site.tokens, app
    bounds.accounts, bounds.turns, bounds.peers = site.engine.accounts, RoundRobin(), {}
    return Front(bounds, sock)


async def end_with(sock: socket.socket, front: Front, site: Site) -> None:
    """Beat, since the front serves; obey lines of the socket, and end when it closes."""
    sock.setblocking(False)
    beating = asyncio.create_task(beat(sock))
    with contextlib.suppress(ConnectionError):
        rest = b""
        while part := await asyncio.get_running_loop().sock_recv(sock, MESSAGE_BYTES):
            *lines, rest = (rest + part).split(b"\n")
            for line in lines:
                obey(json.loads(line), site)
    beating.cancel()
    front.end()


def obey(message: dict[str, Any], site: Site) -> None:
    """Set `leaving`, or take new tokens."""
    if message.get("leaving"):
        site.leaving.set()
    for name, value in reversed(message.get("tokens", {}).items()):  # the former token first
        setattr(site.tokens, name, value)


async def beat(sock: socket.socket) -> None:
    """Send a byte every second, unless nobody has read the last ones."""
    while True:
        with contextlib.suppress(OSError):
            sock.send(b".")
        await asyncio.sleep(BEAT)


async def serve(
    sock: socket.socket, order: Header, line: int, listener: int, accounts: int, register: int
) -> None:
    """Serve with the ordered settings until the socket closes."""
    settings = GraphSettings.from_json(order["engine"])
    state = Register(register)
    engine = await GraphEngine.open(
        settings,
        socket.socket(fileno=line),
        state,
        Accounts(accounts, order["front"], order["fronts"]),
        StoreRelay.open(settings, state),
    )
    engine.supervisor_end.add_done_callback(lambda _: os._exit(1))
    dumps = order["dumps"] and Path(order["dumps"])
    tokens = Tokens(**order["tokens"])
    site = Site(engine, Settings.from_json(order["server"]), tokens, dumps)
    front = open_front(site, socket.socket(fileno=listener))
    watch = asyncio.create_task(engine.watch_memory())
    await asyncio.gather(front.answer(), end_with(sock, front, site))
    watch.cancel()
    await engine.drain(1.0)


def main(descriptor: int) -> None:
    """Run a front at the end of a socket."""
    ignore_signals()
    sys.setswitchinterval(SWITCH_TIME)
    sock = socket.socket(fileno=descriptor)
    _, descriptors, _, _ = socket.recv_fds(sock, 1, DESCRIPTORS)
    if not descriptors:  # the supervisor is gone
        return
    head, _ = LENGTHS.unpack(sock.recv(LENGTHS.size, socket.MSG_WAITALL))
    order = json.loads(sock.recv(head, socket.MSG_WAITALL))  # not a byte more: a line may follow
    with (
        redirect_stderr(Unwaited(sys.stderr) if sys.stderr else None),
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(serve(sock, order, *descriptors))
