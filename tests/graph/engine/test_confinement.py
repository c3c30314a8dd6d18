"""The bounds of a worker, in any environment of the server."""

from __future__ import annotations

import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.engine.engine_settings import EngineSettings
from graph.engine.fork_server import ForkServer
from graph.engine.framing import receive, send
from graph.engine.supervision.zygote_supervisor import ZygoteSupervisor


@pytest.fixture
def deaf(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Ignore the signal of a timer here, and block it, as a server might that was started so.

    Its children inherit that, so they come from a fork server of its own.
    """
    before = signal.signal(signal.SIGALRM, signal.SIG_IGN)
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGALRM,))
    fork_server = ForkServer()
    monkeypatch.setattr("graph.engine.child.FORK_SERVER", fork_server)
    fork_server.hold()
    yield
    fork_server.release()
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    signal.signal(signal.SIGALRM, before)


def signals(pid: int, kind: str) -> set[int]:
    """Return the signals that a process blocks or ignores (proc_pid_status(5))."""
    match = re.search(rf"{kind}:\s*([0-9a-f]+)", Path(f"/proc/{pid}/status").read_text())
    assert match
    mask = int(match[1], 16)
    return {number for number in range(1, 65) if mask >> (number - 1) & 1}


@pytest.mark.usefixtures("deaf")
def test_what_ends_a_worker_is_not_ignored_because_the_server_ignores_it() -> None:
    zygotes = ZygoteSupervisor(EngineSettings())
    worker = zygotes.fork()
    try:
        with socket.socket(fileno=worker.sock) as sock:
            send(sock, {"kind": "syntax", "deadline": 5.0}, b"CLEAR ALL")
            receive(sock, 0)
            assert signal.SIGALRM not in signals(worker.pid, "SigIgn")
            assert not signals(worker.pid, "SigBlk")
            assert signal.SIGTERM in signals(worker.pid, "SigIgn")
    finally:
        worker.kill()
        worker.close()
        zygotes.close()
