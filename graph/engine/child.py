"""A child of the server: a fresh interpreter that runs one module, at the other end of a socket.

It runs our modules and no others: `-P` leaves the working directory, in which a `graph.py` or a
`queries.py` may lie, out of its path.
https://docs.python.org/3/using/cmdline.html#cmdoption-P
"""

from __future__ import annotations

import socket
import subprocess
import sys
from typing import Final

from graph.engine.confinement import environment
from graph.engine.framing import Header, receive, send
from graph.engine.heap import TUNABLES

FAREWELL: Final = 5.0
"""The seconds that a child has to end when its socket has closed, before it is killed."""


class Child:
    """A running child and the socket to it."""

    def __init__(self, module: str, *held: int) -> None:
        """Start a child, which also has the descriptors that it is to hold."""
        self.sock, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-P", "-m", module, str(theirs.fileno())],
                pass_fds=[theirs.fileno(), *held],
                env={**environment(), "GLIBC_TUNABLES": TUNABLES},
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def greet(self, order: Header) -> Header:
        """Send the first order and return what it answers; raises OSError where the child cannot.

        A child that cannot begin is ended.
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
        return self.process.poll() is None

    def end(self, patience: float = FAREWELL) -> None:
        """Close the socket, at which the child ends by itself; kill it if it does not."""
        self.sock.close()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
