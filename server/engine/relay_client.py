"""The relay: a worker has no socket, so its front asks a store elsewhere in its place.

In the middle of a request the worker sends a frame, `{"relay": seconds, "of": all, "graph": bool}`
with the form to post; the front replies with the store's answer, or with the header of an error.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from graph.errors import DeadlineError
from server.engine.framing import Header, decode_error, receive, send

STORE_SHARE: Final = 0.9
"""The part of a request's time that the store may take: the rest is left to say who was late."""

Reply = Callable[[Header, bytes], None]


class Relay(Protocol):
    """The front's end, which the site hands over."""

    def post(self, header: Header, form: bytes, reply: Reply) -> None:
        """Post a form, and reply in the loop."""


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
