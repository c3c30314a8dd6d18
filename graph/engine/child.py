"""A child of the server: a fresh interpreter that runs one module, at the other end of a socket.

`-P` keeps the working directory out of its path: a `graph.py` there would shadow our package.
https://docs.python.org/3/using/cmdline.html#cmdoption-P
"""

from __future__ import annotations

import socket
import subprocess
import sys
from typing import Final

from graph.engine.confinement import child_environment
from graph.engine.framing import Header, receive, send
from graph.engine.heap import TUNABLES

EXIT_TIME: Final = 5.0
"""The seconds that a child has to exit after its socket closed, before it is killed."""


class Child:
    """A running child and the socket to it."""

    def __init__(self, module: str, *descriptors: int) -> None:
        """Start a child that inherits the descriptors."""
        self.sock, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-P", "-m", module, str(theirs.fileno())],
                pass_fds=[theirs.fileno(), *descriptors],
                env={**child_environment(), "GLIBC_TUNABLES": TUNABLES},
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

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
        return self.process.poll() is None

    def end(self, patience: float = EXIT_TIME) -> None:
        """Close the socket, at which the child exits; kill it if it does not."""
        self.sock.close()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
