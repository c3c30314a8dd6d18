"""A listener: it tells a loop of asyncio when a worker says something on its socket.

A loop's own `add_reader` would cost five calls of the kernel a question, and uvloop's makes the
socket non-blocking for the threads too that wait on it when a question is long.
"""

from __future__ import annotations

import asyncio
import select
import socket
from typing import Final

from graph.engine.pool.moment import settle, within

ONCE: Final = select.EPOLLIN | select.EPOLLONESHOT


class Listener:
    """The sockets that one loop listens on."""

    __slots__ = ("_epoll", "_waiting", "loop")

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self._epoll = select.epoll()
        self._waiting: dict[int, asyncio.Future[bool]] = {}
        self.loop.add_reader(self._epoll.fileno(), self._tell)

    async def hears(self, sock: socket.socket, seconds: float) -> bool:
        """Return whether something comes on a socket, or its end, within so many seconds."""
        descriptor = sock.fileno()
        heard: asyncio.Future[bool] = self.loop.create_future()
        self._waiting[descriptor] = heard
        self._watch(descriptor)
        try:
            return await within(seconds, heard)
        finally:
            del self._waiting[descriptor]

    def _watch(self, descriptor: int) -> None:
        """Wait for one event of a descriptor; one that was closed is forgotten by the kernel."""
        try:
            self._epoll.modify(descriptor, ONCE)
        except FileNotFoundError:
            self._epoll.register(descriptor, ONCE)

    def _tell(self) -> None:
        """Tell those who wait what has come."""
        for descriptor, _ in self._epoll.poll(0):
            if descriptor in self._waiting:
                settle(self._waiting[descriptor], True)
