"""A worker's process ends at any moment, also between two requests."""

import asyncio
import os
import socket
import subprocess
import sys

import pytest
import uvloop

from graph.errors import WorkerDiedError
from server.engine.pool.worker_handle import Conversation, WorkerHandle, do_nothing
from server.engine.supervision.zygote_process import WorkerProcess
from tests.waiting import PATIENCE


def test_a_request_to_a_worker_that_has_just_ended_has_its_death_as_the_answer() -> None:
    async def ask() -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=theirs.fileno())
        lifeline, pidfd, stderr = os.dup(0), os.pidfd_open(child.pid), os.memfd_create("stderr")
        process = WorkerProcess(child.pid, ours.fileno(), lifeline, pidfd, stderr, "", 0)
        worker = WorkerHandle(process, 1 << 10, do_nothing)
        await asyncio.get_running_loop().create_unix_connection(lambda: worker, sock=ours)
        worker.kill()
        await asyncio.wait_for(worker.exit, PATIENCE)
        child.wait(PATIENCE)
        conversation = Conversation(worker, {}, b"", 60.0)
        with pytest.raises(WorkerDiedError):
            await conversation.wait(conversation.end)
        worker.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(ask())
