"""The fronts of a server: several processes on one port, each replaced when it dies or hangs.

The kernel distributes connections (socket(7), SO_REUSEPORT). The command keeps the listening
sockets open, so that a new front accepts the connections that a dead one had not accepted. The
limit of open files bounds their number.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import resource
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from threading import Thread
from typing import Final

from server.engine.account import Accounts
from server.engine.child import Child
from server.engine.framing import PeerClosedError, send
from server.engine.front.admission import measure_load
from server.engine.front.bearer_token import TokenError, Tokens, read_token
from server.engine.front.front_settings import FrontSettings
from server.engine.front.pulse import LOOK, Pulse, thread_states
from server.engine.pool.worker_handle import processor_seconds
from server.engine.supervision.supervisor import Supervisor

DESCRIPTOR_BYTE: Final = b"D"
"""The byte that carries the descriptors of a front: channel, listener, accounts, register."""

LOG: Final = logging.getLogger(__name__)
"""The log in which the operator reads why a front was killed."""

WATCH: Final = 0.1
"""The seconds between two checks whether a front has died."""

PATIENCE: Final = 5.0
"""The seconds after `drain_time` until a front is killed."""

SHORT_LIVED: Final = 2.0
"""A front that died within so many seconds is not replaced at once."""


@dataclass(slots=True)
class Process:
    """A front, and the time of its start (time.monotonic)."""

    child: Child
    started: float
    pulse: Pulse = field(default_factory=Pulse)

    def hangs(self) -> bool:
        """Return whether the process is stopped, or its loop no longer turns."""
        beats = False
        with contextlib.suppress(OSError):
            beats = bool(self.child.sock.recv(1 << 16, socket.MSG_DONTWAIT))
        pid = self.child.pid
        return self.pulse.stops(beats, thread_states(pid), processor_seconds(pid))


class Fronts:
    """The processes of a server."""

    def __init__(
        self,
        supervisor: Supervisor,
        settings: FrontSettings,
        token: str | None,
        dumps: Path | None,
        token_file: Path | None = None,
    ) -> None:
        """Listen; raises OSError for an address that is invalid or in use.

        SIGHUP reads the token anew if it is in a file.
        """
        self._supervisor = supervisor
        self._count = settings.fronts
        self._settings = share(settings)
        self._tokens = Tokens(token)
        self._token_file = token_file
        self._dumps = dumps
        self._listeners = listen(settings.host, settings.port, settings.connections, self._count)
        self._accounts = Accounts.create(self._count)
        self._agent: LoadAgent | None = None
        if settings.agent_port:
            (listener,) = listen(settings.host, settings.agent_port, settings.connections, 1)
            self._agent = LoadAgent(
                listener, lambda: measure_load(self._accounts, settings, supervisor.settings)
            )
        self._fronts: list[Process] = []
        self._signals = 0
        self._renews = False

    @property
    def port(self) -> int:
        """The port of the fronts."""
        return int(self._listeners[0].getsockname()[1])

    def begin(self) -> None:
        """Start the processes, and return when all serve; raises OSError.

        From now on SIGTERM and SIGINT end `run`. SIGHUP ends it in a terminal or without a file of
        the token, but not if nohup(1) ignores it.
        """
        for ending in (signal.SIGTERM, signal.SIGINT):
            signal.signal(ending, self._end)
        if self._token_file is not None and not os.isatty(0):
            signal.signal(signal.SIGHUP, self._renew)
        elif signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self._end)
        self._fronts = [self._fork() for _ in range(self._count)]
        for number in range(self._count):
            self._order(number)
        for front in self._fronts:
            if not front.child.sock.recv(1):
                raise PeerClosedError("a front ended at its start")
        if self._agent is not None:
            self._agent.start()

    def run(self) -> None:
        """Replace dead and hanging fronts until a signal, and `lame_duck` seconds more."""
        self._watch_until(lambda: self._signals > 0)
        self._tell({"leaving": True})
        end = time.monotonic() + self._settings.lame_duck
        self._watch_until(lambda: self._signals > 1 or time.monotonic() >= end)

    def _watch_until(self, ends: Callable[[], bool]) -> None:
        """Replace dead and hanging fronts until a condition."""
        look = 0.0
        while not ends():
            time.sleep(WATCH)
            if self._renews:
                self._renews = False
                self._renew_token()
            looks = time.monotonic() > look + LOOK
            look = time.monotonic() if looks else look
            for place, front in enumerate(self._fronts):
                if looks and front.hangs():
                    LOG.warning("a front hangs, process %d: it is killed", front.child.pid)
                    front.child.kill()
                if not front.child.alive() and time.monotonic() > front.started + SHORT_LIVED:
                    self._replace(place)

    def close(self) -> None:
        """End the fronts after their running requests."""
        for front in self._fronts:
            front.child.sock.close()
        until = time.monotonic() + self._settings.drain_time + PATIENCE
        for front in self._fronts:
            front.child.end(max(0, until - time.monotonic()))
        for listener in self._listeners:
            listener.close()
        if self._agent is not None:
            self._agent.close()
        self._accounts.close()

    def _end(self, *_: object) -> None:
        """Handle a signal without a lock: it may interrupt any code."""
        self._signals += 1

    def _renew(self, *_: object) -> None:
        """Handle a signal as `_end` does."""
        self._renews = True

    def _renew_token(self) -> None:
        """Read the token anew, and have all fronts take it, and the former one for a while."""
        try:
            token = read_token(self._token_file) if self._token_file else ""
        except TokenError as error:
            LOG.warning("the token stays as it is: %s", error)
            return
        overlap = self._settings.token_overlap
        self._tokens.renew(token, overlap)
        self._tell({"tokens": asdict(self._tokens)})
        words = "a new token is taken from %s; the former one is taken for %d seconds more"
        LOG.warning(words, self._token_file, overlap)

    def _tell(self, message: dict[str, object]) -> None:
        """Send all fronts a message, as a line of JSON."""
        for front in self._fronts:
            with contextlib.suppress(OSError):
                front.child.sock.send(json.dumps(message).encode() + b"\n")

    def _fork(self) -> Process:
        """Return a new front, which waits for its order; raises OSError."""
        return Process(Child(self._settings.front), time.monotonic())

    def _replace(self, number: int) -> None:
        """Start the successor of a dead front."""
        self._fronts[number].child.end(0)
        self._accounts.clear(number)
        self._fronts[number] = self._fork()
        with contextlib.suppress(OSError):
            self._order(number)

    def _order(self, number: int) -> None:
        """Send a process its descriptors and settings; raises OSError."""
        sock = self._fronts[number].child.sock
        with self._supervisor.open_channel() as line:
            shared = self._accounts.descriptor, self._supervisor.zygotes.register.descriptor
            descriptors = line.fileno(), self._listeners[number].fileno(), *shared
            socket.send_fds(sock, [DESCRIPTOR_BYTE], descriptors)
        order = {
            "front": number,
            "fronts": self._count,
            "server": asdict(self._settings),
            "engine": self._supervisor.settings.as_json(),
            "tokens": asdict(self._tokens),
            "dumps": str(self._dumps) if self._dumps else None,
        }
        send(sock, order)
        if self._signals:
            sock.send(b'{"leaving": true}\n')


def share(settings: FrontSettings) -> FrontSettings:
    """Return the settings of one front, with its share of the limits that each front counts."""
    count = settings.fronts
    return replace(
        settings,
        connections=-(-settings.connections // count),
        client_connections=-(-settings.client_connections // count),
        cache=settings.cache // count,
    )


def listen(host: str, port: int, backlog: int, count: int) -> list[socket.socket]:
    """Return several sockets that listen on one port; raises OSError.

    An exclusive socket tests first that no other server has the port.
    """
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, *_, address = addresses[0]
    name = str(address[0])
    with socket.create_server((name, port), family=family) as alone:
        port = alone.getsockname()[1]
    return [
        socket.create_server((name, port), family=family, backlog=backlog, reuse_port=True)
        for _ in range(count)
    ]


OWN_DESCRIPTORS: Final = 256
"""The descriptors reserved for workers, stores, templates and other endpoints."""

CONNECTION_DESCRIPTORS: Final = 2
"""The descriptors of a connection: its socket, and the file of a dump."""


def reserve_descriptors(connections: int) -> int:
    """Raise the soft limit of open files for connections, and return how many of them fit.

    The soft limit is often lower than the hard one (getrlimit(2)). Raises OSError if the hard limit
    is too low for the server itself.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = OWN_DESCRIPTORS + CONNECTION_DESCRIPTORS * connections
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    least = OWN_DESCRIPTORS + CONNECTION_DESCRIPTORS
    if most < least:
        raise OSError(f"{least} open files are needed or more, {most} allowed (ulimit -n)")
    return (most - OWN_DESCRIPTORS) // CONNECTION_DESCRIPTORS


LEAST_PERCENT: Final = 10
"""The weight of a replica that is fully loaded, in per cent."""


class LoadAgent:
    """A thread that answers each connection to a listener with a weight (HAProxy's agent-check).

    The line, such as `70%`, is the share of its configured weight that the server now has: a busy
    replica gets fewer requests, and never none. The line has no other word: `up`, `drain` and
    `ready` would undo the orders of an operator.
    https://docs.haproxy.org/3.0/configuration.html#5.2-agent-check
    """

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
