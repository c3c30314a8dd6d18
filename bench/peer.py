"""A peer: a server that is measured, on loopback with the same triples as the others."""

import contextlib
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.wire import Address, Reply, request, talk
from server.engine.process_tree import child_table, read_memory

START_TIME: Final = 300.0
PATIENCE: Final = 300.0
LOOK: Final = 0.005
"""The seconds between two looks whether a server answers by now."""

FORM: Final = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Accept": "application/sparql-results+json",
}


def descendants(pid: int) -> list[int]:
    """Return a process and all that it has started, and they."""
    children, processes = child_table(), [pid]
    for process in processes:
        processes += children.get(process, [])
    return processes


def count_resident(pids: Iterable[int]) -> int:
    """Return the resident bytes of processes, of shared pages their share (PSS)."""
    return sum(read_memory(pid).proportional for pid in pids)


@dataclass(frozen=True, slots=True)
class Peer:
    """A running server: where it answers queries, and its first process.

    `seconds` passed from the start of that process to its first answer.
    """

    address: Address
    path: str
    pid: int
    seconds: float

    def memory(self) -> int:
        """Return the bytes of all its processes, of shared pages their share."""
        return count_resident(descendants(self.pid))

    def ask(self, body: bytes) -> Reply:
        """Return the answer to a form; raises ConnectionError without an answer of status 200."""
        return ask(self.address, self.path, body)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of server: it prepares its data in a folder, and serves them from there.

    `missing` names a program that it needs and that is not installed, or is "".
    """

    prepare: Callable[[Path, int], None]
    serve: Callable[[Path], AbstractContextManager[Peer]]
    missing: str = ""


@contextlib.contextmanager
def serve_peer(command: list[str], flag: str, path: str) -> Iterator[Peer]:
    """Run a server until the block ends; the flag takes its port, or its address and port."""
    address = ("127.0.0.1", free_port())
    place = str(address[1]) if flag == "--port" else f"127.0.0.1:{address[1]}"
    start = time.perf_counter()
    with running([*command, flag, place]) as process:
        wait_for(address, path)
        yield Peer(address, path, process.pid, time.perf_counter() - start)


@contextlib.contextmanager
def running(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process until the block ends."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.send_signal(signal.SIGCONT)  # a stopped process takes no other signal
        process.wait(START_TIME)


def wait_for(address: Address, path: str) -> None:
    """Return when a server answers; raises TimeoutError."""
    end = time.monotonic() + START_TIME
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            ask(address, path, b"query=ASK{}")
            return
        time.sleep(LOOK)
    raise TimeoutError(f"nobody answers at {address}")


def ask(address: Address, path: str, body: bytes) -> Reply:
    """Return the answer to a form; raises ConnectionError without an answer of status 200."""
    sent = request("POST", path, {**FORM, "Connection": "close"}, body)
    replies = talk(address, sent, PATIENCE).replies
    if not replies or replies[0].status != 200:
        raise ConnectionError(f"{replies[0].status}: {replies[0].body[:300]!r}" if replies else "")
    return replies[0]


def free_port() -> int:
    """Return a free port outside of the range of ephemeral ports.

    An ephemeral port could be taken before we use it (ip_local_port_range in ip(7)).
    """
    while True:
        with contextlib.suppress(OSError):
            port = random.randrange(20_000, 32_768)  # noqa: S311 - no secret
            socket.create_server(("127.0.0.1", port)).close()
            return port
