"""A listener that nobody should call: it counts who does."""

import contextlib
import socket
import threading
from dataclasses import dataclass, field
from typing import Self

from tests.waiting import join


@dataclass(slots=True)
class Trap:
    """A port that is open on both loopback addresses."""

    sockets: list[socket.socket]
    callers: list[str] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)

    @classmethod
    def open(cls) -> Self:
        """Return a trap that listens."""
        first = socket.create_server(("127.0.0.1", 0))
        sockets = [first]
        with contextlib.suppress(OSError):
            sockets.append(
                socket.create_server(("::1", first.getsockname()[1]), family=socket.AF_INET6)
            )
        trap = cls(sockets)
        for sock in sockets:
            thread = threading.Thread(target=trap.listen, args=(sock,), daemon=True)
            thread.start()
            trap.threads.append(thread)
        return trap

    @property
    def port(self) -> int:
        """The port."""
        return int(self.sockets[0].getsockname()[1])

    def listen(self, sock: socket.socket) -> None:
        """Note each caller, until the trap is closed."""
        with contextlib.suppress(OSError):
            while True:
                caller, address = sock.accept()
                self.callers.append(str(address))
                caller.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for sock in self.sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        for thread in self.threads:
            join(thread)
