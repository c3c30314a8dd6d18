"""The front: sockets and threads, with bounds on what a slow, silent or greedy client can hold.

Waitress reads requests and writes answers in one asynchronous loop, and gives a thread only to a
request that has arrived whole. Added here: a request has a time in which to arrive, and an answer
one in which to be taken; one address has a number of connections; a server that is told to end
answers first what it has begun.

server/channel.py is one connection, server/arrival.py one request on its way in and out.
"""

from __future__ import annotations

import signal
import time
from copy import copy
from types import FrameType

from flask import Flask
from waitress.server import TcpWSGIServer

from server.arrival import Bounds
from server.channel import ATTENDED, Channel
from server.settings import MEBIBYTE, Settings


class Front(TcpWSGIServer):  # type: ignore[misc]
    """The listening socket and its connections."""

    channel_class = Channel
    settings = Settings()
    ending = False

    def add_task(self, task: Channel) -> None:
        """Have a thread answer what has come on a connection, unless one attends to it."""
        if not task.attended:
            super().add_task(task)

    def pull_trigger(self) -> None:
        """Wake the loop, unless the thread that asks for it takes care of all there is to do."""
        channel = ATTENDED.get()
        if channel is None or channel.is_leaving():
            super().pull_trigger()

    def handle_accept(self) -> None:
        """Take a connection, unless its address has as many as it may have."""
        before = set(self.active_channels)
        super().handle_accept()
        most = self.settings.client_connections
        for number in set(self.active_channels) - before:
            channel = self.active_channels[number]
            peer = channel.addr[0]
            same = sum(one.addr[0] == peer for one in list(self.active_channels.values()))
            if same > most and peer != self.settings.trusted_proxy:
                channel.handle_close()

    def maintenance(self, now: float) -> None:
        """Close the connections that are idle, and those whose clients are late."""
        super().maintenance(now)
        settings = self.settings
        for channel in list(self.active_channels.values()):
            if channel.is_late(now, settings.receive_time, settings.send_time):
                channel.handle_close()  # a socket that is full would never be written to

    def end(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """Begin to end; may be called by a signal, and from any thread."""
        self.ending = True
        self.pull_trigger()

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.end)
        self.serve()

    def serve(self) -> None:
        """Serve until the end is told, then answer what has been begun."""
        while not self.ending:
            self.turn(1.0)
        self.drain()

    def turn(self, seconds: float) -> None:
        """Go once through the connections that have something to do."""
        poll = self.adj.asyncore_use_poll
        self.asyncore.loop(timeout=seconds, use_poll=poll, map=self._map, count=1)

    def drain(self) -> None:
        """Take no new connections, and answer what has been begun."""
        self.accepting = False
        self.del_channel()
        self.socket.close()
        end = time.time() + self.settings.drain_time
        while time.time() < end and any(one.is_busy() for one in [*self.active_channels.values()]):
            self.turn(0.1)
        self.task_dispatcher.shutdown(timeout=1)
        for channel in [*self.active_channels.values()]:
            channel.handle_close()
        self.trigger.close()


def open_front(app: Flask, settings: Settings, token: str | None) -> Front:
    """Return the front that listens for the application; raises OSError and ValueError."""
    bounds = Bounds(
        host=settings.host,
        port=settings.port,
        ipv6=":" in settings.host,
        threads=settings.threads,
        connection_limit=settings.connections,
        backlog=settings.connections,
        channel_timeout=settings.idle_time,
        cleanup_interval=2,
        max_request_header_size=settings.max_header,
        max_request_body_size=settings.max_body + 1,
        outbuf_high_watermark=256 * MEBIBYTE,
        asyncore_use_poll=True,
        log_socket_errors=False,
        ident="cpec-graph",
        **proxied(settings.trusted_proxy),
    )
    bounds.token = token
    bounds.strangers = copy(bounds)
    bounds.strangers.max_request_body_size = settings.max_query + 1
    front = Front(app, _start=False, adj=bounds, sockinfo=bounds.listen[0])
    front.settings = settings
    front.accept_connections()
    return front


def proxied(proxy: str | None) -> dict[str, object]:
    """Return what waitress needs to believe a proxy: the last X-Forwarded-For is its word."""
    if proxy is None:
        return {}
    names = {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"}
    return {"trusted_proxy": proxy, "trusted_proxy_count": 1, "trusted_proxy_headers": names}
