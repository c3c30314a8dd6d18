"""The load agent: tells HAProxy how much of a replica is free, as a weight (agent-check).

HAProxy connects, and reads a line such as `70%`: the share of its configured weight that the server
now has. So a busy replica gets fewer requests, and never none. The line has no other word: `up`,
`drain` and `ready` would undo the orders of an operator.
https://docs.haproxy.org/3.0/configuration.html#5.2-agent-check
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from threading import Thread
from typing import Final

LEAST_PERCENT: Final = 10
"""The weight of a replica that is fully loaded, in per cent."""


class LoadAgent:
    """A thread that answers each connection to a listener with the weight."""

    def __init__(self, listener: socket.socket, measure: Callable[[], float]) -> None:
        """Listen; `measure` returns the load, 0 to 1."""
        self._listener = listener
        self._measure = measure
        self._closing = False
        self._thread = Thread(target=self._serve, name="load agent", daemon=True)

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def close(self) -> None:
        """End the thread, and close the listener."""
        self._closing = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes accept(2)
        if self._thread.is_alive():
            self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        """Send four bytes to each client, which never block."""
        while not self._closing:
            with contextlib.suppress(OSError), self._listener.accept()[0] as client:
                client.sendall(b"%d%%\n" % max(LEAST_PERCENT, round(100 * (1 - self._measure()))))
