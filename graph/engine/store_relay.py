"""Relaying: a worker has no socket, so what it asks of a remote store its front asks for it.

In the middle of a question the worker sends a frame, `{"asks": seconds, "of": all, "graph": bool}`
with the form that is to be posted; the front answers with what came back, or the header of an
error.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Thread
from typing import Final

from graph.engine import wire
from graph.engine.framing import Header, receive, send
from graph.errors import CpecError, DeadlineError, EndpointDeadlineError
from graph.remote.store import ROLE, RemoteStore

SHARE: Final = 0.9
"""Of the time that a question has, what the store may take: then it can be said who was late."""

Reply = Callable[[Header, bytes], None]


@dataclass(slots=True)
class RelayClient:
    """The worker's end: asks over its socket until the moment `end` of time.monotonic()."""

    sock: socket.socket
    most: int
    seconds: float = 0.0
    end: float = 0.0

    def begin(self, seconds: float) -> None:
        """Take note of the time that a question has."""
        self.seconds = SHARE * seconds
        self.end = time.monotonic() + self.seconds

    def ask(self, form: bytes, graph: bool) -> bytes:
        """Return what the store answers; raises what asking it raises."""
        seconds = self.end - time.monotonic()
        if seconds <= 0:
            raise DeadlineError(self.seconds)
        send(self.sock, {"asks": seconds, "of": self.seconds, "graph": graph}, form)
        header, body = receive(self.sock, self.most)
        if (error := wire.error_of(header)) is not None:
            raise error
        return body


@dataclass(frozen=True, slots=True)
class StoreRelay:
    """The front's end: posts what workers ask, each in a thread of its own, to the store."""

    store: RemoteStore
    most: int

    def take(self, header: Header, form: bytes, reply: Reply) -> None:
        """Ask the store, and reply in the loop; there are as many at once as workers."""
        loop = asyncio.get_running_loop()

        def run() -> None:
            answer = self._answer(header, form)
            if not loop.is_closed():
                loop.call_soon_threadsafe(reply, *answer)

        Thread(target=run, name="store", daemon=True).start()

    def _answer(self, header: Header, form: bytes) -> tuple[Header, bytes]:
        """Return what the store answers, or the header of an error."""
        store = replace(self.store, seconds=float(header["asks"]))
        try:
            return {}, store.ask(form, graph=bool(header["graph"]), most=self.most)
        except EndpointDeadlineError:  # it had what the questions before it left of that time
            late = EndpointDeadlineError(store.name, float(header["of"]), ROLE)
            return wire.header_of(late), b""
        except CpecError as error:
            return wire.header_of(error), b""
