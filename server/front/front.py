"""A front: a process that answers requests, in one loop of uvicorn and some threads for the pages.

The fork server forks it, and its socket brings its settings (fronts.py). A front holds no data:
the supervisor lends it workers, which do (graph/engine/supervision). A byte tells it that the
server is leaving: it is not ready, and serves. When the socket closes, it finishes its requests and
ends; when its channel closes, the supervisor has gone, and it ends at once.
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
from threading import Event
from typing import Final

import uvloop
from uvicorn import Server

from graph.engine.account import Accounts
from graph.engine.confinement import ignore_signals
from graph.engine.engine import Engine
from graph.engine.engine_settings import EngineSettings
from graph.engine.framing import LENGTHS, Header
from graph.engine.supervision.register import Register
from server.app import create_app
from server.front.arrival import ConnectionConfig
from server.front.connection import Connection
from server.front.log import Unwaited
from server.front.round_robin import RoundRobin
from server.settings import Settings
from server.site import Site

BEAT: Final = 1.0
"""The seconds between two beats: bytes by which the supervisor sees that the loop turns.

The first one says that the front serves.
"""

SWITCH_TIME: Final = 0.001
"""The seconds for which the loop waits for a thread that computes (sys.setswitchinterval)."""

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
    bounds.settings, bounds.token, bounds.exchanges = settings, site.token, app
    bounds.accounts, bounds.turns, bounds.peers = site.engine.accounts, RoundRobin(), {}
    return Front(bounds, sock)


async def end_with(sock: socket.socket, front: Front, leaving: Event) -> None:
    """Beat, since the front serves; set `leaving` on a byte, and end when the socket closes."""
    sock.setblocking(False)
    beating = asyncio.create_task(beat(sock))
    with contextlib.suppress(ConnectionError):
        while await asyncio.get_running_loop().sock_recv(sock, 1):
            leaving.set()
    beating.cancel()
    front.end()


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
    settings = EngineSettings.from_json(order["engine"])
    engine = await Engine.open(
        settings,
        socket.socket(fileno=line),
        Register(register),
        Accounts(accounts, order["front"], order["fronts"]),
    )
    engine.supervisor_end.add_done_callback(lambda _: os._exit(1))
    dumps = order["dumps"] and Path(order["dumps"])
    site = Site.start(engine, settings, Settings.from_json(order["server"]), order["token"], dumps)
    front = open_front(site, socket.socket(fileno=listener))
    watch = asyncio.create_task(engine.watch_memory())
    await asyncio.gather(front.answer(), end_with(sock, front, site.leaving))
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
    order = json.loads(
        sock.recv(head, socket.MSG_WAITALL)
    )  # not a byte more: one may say "leaving"
    with (
        redirect_stderr(Unwaited(sys.stderr) if sys.stderr else None),
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(serve(sock, order, *descriptors))
