"""The fork server: a process that imports the modules of the server's children, and forks them.

A fresh interpreter needs 0.36 s of a processor to import the modules of a zygote, and 0.5 s to
import a front; a fork needs a few milliseconds and shares their memory. The fork server is itself
a fresh interpreter, with one thread and no data: its forks inherit no held lock and no secret.
multiprocessing has a fork server too, which inherits the environment and imports the main program.

`-P` keeps the working directory out of its path: a `graph.py` there would shadow our package.
https://docs.python.org/3/using/cmdline.html#cmdoption-P
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from pkgutil import resolve_name
from typing import Final

from server.engine.confinement import child_environment, ignore_signals
from server.engine.framing import PeerClosedError
from server.engine.heap import TUNABLES

MAX_NAME: Final = 256
"""The bytes of the name of a function, at most."""

MAX_DESCRIPTORS: Final = 4
"""The descriptors of an order, at most: of the working directory, and of the child."""


class ForkServer:
    """The fork server of this program; it runs while somebody holds it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holders = 0
        self._running: tuple[subprocess.Popen[bytes], socket.socket] | None = None

    def hold(self) -> None:
        """Start the process, unless it runs."""
        with self._lock:
            self._holders += 1
            self._ensure()

    def release(self) -> None:
        """End the process, if nobody else holds it; the forked children go on."""
        with self._lock:
            self._holders -= 1
            if not self._holders:
                self._end()

    def fork(self, function: str, *descriptors: int) -> tuple[int, int]:
        """Return the pid and the pidfd of a child, which calls a `module:function`.

        It has the present working directory, and the environment of the fork server's start. A dead
        fork server is replaced; raises OSError if the next one dies too.
        """
        folder = os.open(".", os.O_PATH)  # its path may be gone, as in a folder that was removed
        try:
            with self._lock:
                try:
                    return self._order(function, folder, *descriptors)
                except ConnectionError:
                    self._end()
                    return self._order(function, folder, *descriptors)
        finally:
            os.close(folder)

    def _order(self, function: str, *descriptors: int) -> tuple[int, int]:
        """Have the process fork a child; raises ConnectionError if it dies."""
        sock = self._ensure()
        socket.send_fds(sock, [function.encode()], descriptors)
        pid, pidfds, _, _ = socket.recv_fds(sock, MAX_NAME, 1)
        if not pidfds:
            raise PeerClosedError("the fork server is gone")
        return int(pid), pidfds[0]

    def _ensure(self) -> socket.socket:
        """Start the process, unless it runs; return the socket to it."""
        if self._running is not None:
            process, sock = self._running
            if process.poll() is None:
                return sock
            sock.close()
        sock, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-P", "-m", "server.engine.fork_server", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env={**child_environment(), "GLIBC_TUNABLES": TUNABLES},
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._running = process, sock
        return sock

    def _end(self) -> None:
        """End the process, if there is one."""
        if self._running is not None:
            process, sock = self._running
            self._running = None
            sock.close()
            process.wait()


FORK_SERVER: Final = ForkServer()


def reap_children(*_: object) -> None:
    """Have the kernel forget the children that have ended, whose processor time counts as ours."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def set_name(part: str) -> None:
    """Have `ps` and `top` call this process `cpec-` and its part in a server (proc_pid_comm(5))."""
    Path("/proc/self/comm").write_text(f"cpec-{part}", "ascii")


def main(descriptor: int) -> None:
    """Fork a child for each order, until the other end of a socket closes."""
    ignore_signals()
    set_name("forkserver")
    signal.signal(signal.SIGCHLD, reap_children)
    gc.disable()  # modules make objects by the hundred thousand, none of them in a cycle
    sock = socket.socket(fileno=descriptor)
    while True:
        name, descriptors, _, _ = socket.recv_fds(sock, MAX_NAME, MAX_DESCRIPTORS)
        if not name:
            os.killpg(0, signal.SIGCONT)  # a stopped child sees that its server is gone, and ends
            return
        function = resolve_name(name.decode())
        gc.freeze()  # a collection in a child would write on the objects, and so copy their pages
        pid = os.fork()
        if pid == 0:
            sock.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            gc.enable()
            folder, *given = descriptors
            os.fchdir(folder)
            os.close(folder)
            set_name(function.__module__.rpartition(".")[2])
            function(*given)
            return
        pidfd = os.pidfd_open(pid)
        with contextlib.suppress(BrokenPipeError):  # whose starter ended while it started
            socket.send_fds(sock, [b"%d" % pid], [pidfd])
        for number in (*descriptors, pidfd):
            os.close(number)


if __name__ == "__main__":
    main(int(sys.argv[1]))
