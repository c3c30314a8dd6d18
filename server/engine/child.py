"""A child of the server: a process that runs one function, at the other end of a socket."""

from __future__ import annotations

import os
import select
import signal
import socket
from contextlib import suppress
from typing import Final

from server.engine.fork_server import FORK_SERVER
from server.engine.framing import Header, receive, send

EXIT_TIME: Final = 5.0
"""The seconds that a child has to exit after its socket closed, before it is killed."""


class Child:
    """A running child and the socket to it."""

    def __init__(self, function: str, *descriptors: int) -> None:
        """Start a child that calls a `module:function` with descriptors; raises OSError."""
        self.sock, theirs = socket.socketpair()
        with theirs:
            self.pid, self._pidfd = FORK_SERVER.fork(function, theirs.fileno(), *descriptors)

    def begin(self, order: Header) -> Header:
        """Send the first order and return its answer.

        If the child cannot begin it is ended, and OSError has its reason.
        """
        try:
            send(self.sock, order)
            header, _ = receive(self.sock, 0)
        except OSError:
            self.end()
            raise
        if "failure" in header:
            self.end()
            raise OSError(str(header["failure"]))
        return header

    def alive(self) -> bool:
        """Return whether the process still runs."""
        return not self._wait(0)

    def kill(self) -> None:
        """Kill the process, unless it has ended."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    def end(self, patience: float = EXIT_TIME) -> None:
        """Close the socket, at which the child exits; kill it if it does not."""
        self.sock.close()
        if not self._wait(patience):
            self.kill()
            self._wait(None)
        os.close(self._pidfd)

    def _wait(self, seconds: float | None) -> bool:
        """Wait until the process has ended, and return whether it has in time."""
        ended = select.poll()
        ended.register(self._pidfd, select.POLLIN)
        return bool(ended.poll(None if seconds is None else 1000 * seconds))
