"""The relay to a remote store: a worker has no socket, so its front sends the query in its place.

In the middle of a request the worker sends a frame, `{"relay": seconds, "of": all, "graph": bool}`
with the form to post; the front replies with the store's answer, or with the header of an error.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Thread
from typing import Final

from graph.engine.framing import Header, decode_error, encode_error, receive, send
from graph.engine.supervision.register import Register
from graph.errors import CpecError, DeadlineError, EndpointDeadlineError, OverloadedError
from graph.remote.store import ROLE, RemoteStore

STORE_SHARE: Final = 0.9
"""The part of a request's time that the store may take: the rest is left to say who was late."""

Reply = Callable[[Header, bytes], None]


@dataclass(slots=True)
class RelayClient:
    """The worker's end: it asks over its socket until the moment `end` of time.monotonic()."""

    sock: socket.socket
    max_answer: int
    seconds: float = 0.0
    end: float = 0.0

    def begin(self, seconds: float) -> None:
        """Start the clock of a request that has so many seconds."""
        self.seconds = STORE_SHARE * seconds
        self.end = time.monotonic() + self.seconds

    def ask(self, form: bytes, graph: bool) -> bytes:
        """Return the store's answer to a form; raises DeadlineError and the errors of the store."""
        seconds = self.end - time.monotonic()
        if seconds <= 0:
            raise DeadlineError(self.seconds)
        send(self.sock, {"relay": seconds, "of": self.seconds, "graph": graph}, form)
        header, body = receive(self.sock, self.max_answer)
        if (error := decode_error(header)) is not None:
            raise error
        return body


@dataclass(frozen=True, slots=True)
class StoreRelay:
    """The front's end: it posts the forms of workers to the store, each in a thread of its own.

    While the last poll of the store failed, it refuses them at once.
    """

    store: RemoteStore
    max_answer: int
    register: Register

    def post(self, header: Header, form: bytes, reply: Reply) -> None:
        """Post a form, and reply in the loop; there are no more such threads than workers."""
        loop = asyncio.get_running_loop()
        state = self.register.read()
        if not state.answers:
            loop.call_soon(reply, encode_error(OverloadedError(state.fault)), b"")
            return

        def run() -> None:
            answer = self._ask(header, form)
            if not loop.is_closed():
                loop.call_soon_threadsafe(reply, *answer)

        Thread(target=run, name="store", daemon=True).start()

    def _ask(self, header: Header, form: bytes) -> tuple[Header, bytes]:
        """Return the store's answer, or the header of an error."""
        store = replace(self.store, seconds=float(header["relay"]))
        try:
            return {}, store.ask(form, graph=bool(header["graph"]), most=self.max_answer)
        except EndpointDeadlineError:  # name the whole time: earlier forms used a part of it
            late = EndpointDeadlineError(store.name, float(header["of"]), ROLE)
            return encode_error(late), b""
        except CpecError as error:
            return encode_error(error), b""
