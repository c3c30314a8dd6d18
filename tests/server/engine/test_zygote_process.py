"""The descriptors that a zygote sends when it forks, and their end if it dies meanwhile."""

import os
import socket
from pathlib import Path

import pytest

from server.engine.framing import FORKED, PeerClosedError
from server.engine.supervision.zygote_process import WORKER_DESCRIPTORS, ZygoteProcess
from server.graph_settings import GraphSettings


def test_a_zygote_that_dies_before_it_names_its_worker_leaves_no_descriptor() -> None:
    forker = ZygoteProcess(GraphSettings())
    ours, theirs = socket.socketpair()
    forker.end()
    forker.sock = ours
    before = len(list(Path("/proc/self/fd").iterdir()))
    read, write = os.pipe()
    socket.send_fds(theirs, [FORKED], [read, write, read, write][:WORKER_DESCRIPTORS])
    theirs.shutdown(socket.SHUT_WR)
    os.close(read)
    os.close(write)
    with pytest.raises(PeerClosedError):
        forker.fork("1", 0)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    ours.close()
    theirs.close()
