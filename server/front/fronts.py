"""The fronts of a server: so many processes on one port, each replaced when it dies.

The kernel deals connections out to them (socket(7), SO_REUSEPORT). The supervisor keeps their
listening sockets, so that a connection that a dead front had not taken is its successor's.
"""

from __future__ import annotations

import contextlib
import signal
import socket
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from graph.engine.account import Accounts
from graph.engine.child import Child
from graph.engine.framing import receive, send
from graph.engine.supervision.supervisor import Supervisor
from server.settings import Settings

GIVEN: Final = b"D"
"""The byte that brings a front its descriptors: its line, its listening socket, the accounts."""

MODULE: Final = "server.front.front"

WATCH: Final = 0.1
"""The seconds between two looks at the fronts."""

PATIENCE: Final = 5.0
"""The seconds past its time to finish after which a front is killed."""

SHORT_LIVED: Final = 2.0
"""The seconds of a life after which a front is not started again at once."""


@dataclass(slots=True)
class Process:
    """One front, and when it was started (time.monotonic)."""

    child: Child
    started: float


class Fronts:
    """The processes of a server."""

    def __init__(
        self,
        supervisor: Supervisor,
        settings: Settings,
        token: str | None,
        dumps: Path | None,
    ) -> None:
        """Listen; raises OSError where the address is in use, or is none."""
        self._supervisor = supervisor
        self._count = settings.fronts
        self._settings = share(settings)
        self._token = token
        self._dumps = dumps
        self._listeners = listen(settings.host, settings.port, settings.connections, self._count)
        self._accounts = Accounts.create(self._count)
        self._fronts: list[Process] = []
        self._ending = False

    @property
    def port(self) -> int:
        """The port that they listen on."""
        return int(self._listeners[0].getsockname()[1])

    def spawn(self) -> None:
        """Start the processes, which load their modules while the supervisor starts."""
        self._fronts = [Process(Child(MODULE), time.monotonic()) for _ in range(self._count)]

    def begin(self) -> None:
        """Have them serve; returns when they do. Raises OSError where one cannot.

        From here on SIGTERM and SIGINT end `run`.
        """
        for ending in (signal.SIGTERM, signal.SIGINT):
            signal.signal(ending, self._end)
        for number in range(self._count):
            self._order(number)
        for front in self._fronts:
            receive(front.child.sock, 0)

    def run(self) -> None:
        """Replace the fronts that die, until SIGTERM or SIGINT; then let them finish."""
        while not self._ending:
            time.sleep(WATCH)
            for place, front in enumerate(self._fronts):
                if not front.child.alive() and time.monotonic() > front.started + SHORT_LIVED:
                    self._replace(place)

    def close(self) -> None:
        """Have them answer the requests that have begun, and end."""
        for front in self._fronts:
            front.child.sock.close()
        until = time.monotonic() + self._settings.drain_time + PATIENCE
        for front in self._fronts:
            front.child.end(max(0, until - time.monotonic()))
        for listener in self._listeners:
            listener.close()
        self._accounts.close()

    def _end(self, *_: object) -> None:
        """Take note of a signal. It comes in the middle of anything, so no lock is taken."""
        self._ending = True

    def _replace(self, number: int) -> None:
        """Start a front in the place of one that has died."""
        self._fronts[number].child.end(0)
        self._accounts.clear(number)
        self._fronts[number] = Process(Child(MODULE), time.monotonic())
        with contextlib.suppress(OSError):
            self._order(number)

    def _order(self, number: int) -> None:
        """Tell a process what it is, and give it its descriptors; raises OSError."""
        sock = self._fronts[number].child.sock
        with self._supervisor.open_channel() as line:
            descriptors = line, self._listeners[number], self._accounts.descriptor
            socket.send_fds(sock, [GIVEN], [as_descriptor(one) for one in descriptors])
        order = {
            "front": number,
            "fronts": self._count,
            "server": asdict(self._settings),
            "engine": self._supervisor.settings.as_json(),
            "token": self._token,
            "dumps": str(self._dumps) if self._dumps else None,
        }
        send(sock, order)


def share(settings: Settings) -> Settings:
    """Return the settings of one front: of what each counts for itself it has its share."""
    count = settings.fronts
    return replace(
        settings,
        connections=-(-settings.connections // count),
        client_connections=-(-settings.client_connections // count),
        cache=settings.cache // count,
    )


def as_descriptor(held: socket.socket | int) -> int:
    """Return the descriptor of a socket, or the one that is given."""
    return held if isinstance(held, int) else held.fileno()


def listen(host: str, port: int, backlog: int, count: int) -> list[socket.socket]:
    """Return so many sockets that listen on one port; raises OSError.

    Another server on that port is refused: the first to come has it alone.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, *_, address = found[0]
    name = str(address[0])
    with socket.create_server((name, port), family=family) as alone:
        port = alone.getsockname()[1]
    return [
        socket.create_server((name, port), family=family, backlog=backlog, reuse_port=True)
        for _ in range(count)
    ]
