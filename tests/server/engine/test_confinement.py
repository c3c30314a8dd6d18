"""The bounds of a worker, in any environment of the server."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Store

from server.engine.fork_server import ForkServer
from server.engine.framing import receive, send
from server.engine.location import Location
from server.engine.supervision.zygote_supervisor import ZygoteSupervisor
from server.graph_settings import GraphSettings


@pytest.fixture
def deaf(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Ignore the signal of a timer here, and block it, as a server might that was started so.

    Its children inherit that, so they come from a fork server of its own.
    """
    before = signal.signal(signal.SIGALRM, signal.SIG_IGN)
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGALRM,))
    fork_server = ForkServer()
    monkeypatch.setattr("server.engine.child.FORK_SERVER", fork_server)
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
    zygotes = ZygoteSupervisor(GraphSettings())
    worker = zygotes.fork()
    try:
        with socket.socket(fileno=worker.sock) as sock:
            send(sock, {"kind": "syntax", "deadline": 60.0}, b"CLEAR ALL")
            receive(sock, 0)
            assert signal.SIGALRM not in signals(worker.pid, "SigIgn")
            assert not signals(worker.pid, "SigBlk")
            assert signal.SIGTERM in signals(worker.pid, "SigIgn")
    finally:
        worker.kill()
        worker.close()
        zygotes.close()


@pytest.mark.parametrize("is_on_disk", [False, True])
def test_a_worker_has_the_least_power(is_on_disk: bool, tmp_path: Path) -> None:
    Store(tmp_path / "store").flush()
    zygotes = ZygoteSupervisor(GraphSettings(disk_above=0 if is_on_disk else 1 << 40))
    zygotes.source = Location(tmp_path / "store")
    worker = zygotes.fork()
    try:
        with socket.socket(fileno=worker.sock) as sock:
            send(sock, {"kind": "syntax", "deadline": 60.0}, b"CLEAR ALL")
            receive(sock, 0)
            lines = Path(f"/proc/{worker.pid}/status").read_text().splitlines()
        status = dict(line.split(":\t") for line in lines)
        assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
        assert int(status["CapInh"], 16) == 0
        assert int(status["CapPrm"], 16).bit_count() <= is_on_disk
        assert int(status["CapEff"], 16).bit_count() <= is_on_disk
    finally:
        worker.kill()
        worker.close()
        zygotes.close()


REFUSED = """
import ctypes, os, socket, subprocess
from server.engine.confinement import drop_capabilities, forbid_calls
drop_capabilities(files=False)
forbid_calls()
for call in (socket.socket, lambda: os.execv("/bin/true", ["true"])):
    try:
        call()
    except PermissionError as error:
        print(error.errno)
print(ctypes.CDLL(None).ptrace(0, 0, 0, 0))
print(open("/dev/null").read())
"""


def test_the_kernel_refuses_sockets_programs_and_traces() -> None:
    command = [sys.executable, "-c", REFUSED]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["1", "1", "-1"]
