"""The front: sockets and threads, with bounds on what a slow, silent or greedy client can hold.

Waitress reads requests and writes answers in one asynchronous loop, and gives a thread only to a
request that has arrived whole. Added here: a request has a time in which to arrive, and an answer
one in which to be taken; one address has a number of connections; a server that is told to end
answers first what it has begun.
"""

from __future__ import annotations

import contextlib
import signal
import socket
import time
from copy import copy
from types import FrameType
from typing import Final

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer

from server.arrival import Answering, Arrival, Bounds, Refusal
from server.settings import MEBIBYTE, Settings

LINGER: Final = 2.0
"""The seconds for which what comes after a refusal is read and thrown away."""


class Channel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """A connection, which knows since when a request has been arriving, an answer been leaving."""

    parser_class = Arrival
    task_class = Answering
    error_task_class = Refusal
    unread = False
    arriving_since: float | None = None
    leaving_since: float | None = None
    lingering_since: float | None = None

    def received(self, data: bytes) -> bool:
        """Take what has arrived."""
        more = bool(super().received(data))
        if self.request is None:
            self.arriving_since = None
        elif self.arriving_since is None:
            self.arriving_since = time.time()
        return more

    def handle_close(self) -> None:
        """Close; while something unread may still come, only after it, or it would cost the answer.

        A socket that is closed with bytes unread resets the connection, and the client may lose
        what it has not read yet (RFC 9112, section 9.6).
        """
        if not self.unread or not self.connected or self.lingering_since is not None:
            super().handle_close()
            return
        self.lingering_since = time.time()
        self.will_close = False
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def readable(self) -> bool:
        """Return whether to wait for more to read."""
        return self.lingering_since is not None or bool(super().readable())

    def handle_read(self) -> None:
        """Read; what comes after a refusal is thrown away."""
        if self.lingering_since is None:
            super().handle_read()
        elif not self.recv(self.adj.recv_bytes):
            super().handle_close()

    def is_busy(self) -> bool:
        """Return whether a request is under way or an answer not yet sent."""
        return bool(self.requests or self.total_outbufs_len)

    def is_late(self, now: float, receive_time: float, send_time: float) -> bool:
        """Return whether the client takes longer than it may."""
        if not self.total_outbufs_len:
            self.leaving_since = None
        elif self.leaving_since is None:
            self.leaving_since = now
        if self.lingering_since is not None:
            return now - self.lingering_since > LINGER
        arriving = now - (self.arriving_since or now)
        leaving = now - (self.leaving_since or now)
        return (not self.requests and arriving > receive_time) or leaving > send_time


class Front(TcpWSGIServer):  # type: ignore[misc]
    """The listening socket and its connections."""

    channel_class = Channel
    settings = Settings()
    ending = False

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
