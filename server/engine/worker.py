"""A worker: a forked process that answers one request after another, and may die in any of them."""

from __future__ import annotations

import fcntl
import os
import signal
import socket

from graph.errors import CpecError, EngineError, OutOfMemoryError
from server.engine.engine_settings import EngineSettings
from server.engine.framing import (
    Body,
    FrameError,
    Header,
    PeerClosedError,
    encode_error,
    receive,
    send,
)
from server.engine.handed import Dataset
from server.engine.heap import OwnMemory
from server.engine.relay_client import RelayClient

GRACE_TIME = 2.0
"""The seconds past a deadline after which a worker that nobody has killed ends itself."""


def serve(sock: socket.socket, dataset: Dataset, settings: EngineSettings, own: OwnMemory) -> None:
    """Answer requests until the peer closes, or the worker is at the end of its lifetime.

    It also ends after it ran out of memory, or if its dataset is spent. Its own memory is measured,
    and cycles are collected, after an answer was sent.
    """
    at_limit = False
    relay = RelayClient(sock, max(settings.max_answer, settings.max_body))
    dataset.connect(relay)
    for number in range(1, settings.requests_per_worker + 1):
        try:
            header, body = receive(sock, settings.max_body)
        except (PeerClosedError, FrameError):
            return
        relay.begin(float(header["deadline"]))
        answer, result = answer_in_time(dataset, header, body)
        last = (
            at_limit
            or number == settings.requests_per_worker
            or dataset.is_spent(header)
            or answer.get("error") == OutOfMemoryError.__name__
        )
        send(sock, {**answer, "last": last}, result)
        if last:
            return
        at_limit = own.measure() > settings.private_memory


def end_with(lifeline: socket.socket) -> None:  # pragma: no cover - in workers alone
    """Have the kernel kill this process when the other end of a socket closes (fcntl(2), F_SETSIG).

    Only SIGKILL ends it: pyoxigraph runs no Python signal handler while it evaluates, and a parked
    worker is stopped. Nothing is ever sent on a lifeline: data would raise the signal too.
    """
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)


def answer_in_time(dataset: Dataset, header: Header, body: bytes) -> tuple[Header, Body]:
    """Answer one request; a timer ends this process if nobody else does after its deadline."""
    signal.setitimer(signal.ITIMER_REAL, float(header["deadline"]) + GRACE_TIME)
    try:
        return answer(dataset, header, body)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def answer(dataset: Dataset, header: Header, body: bytes) -> tuple[Header, Body]:
    """Return the answer to one request, or the header of its error."""
    try:
        return dataset.run(header, body)
    except CpecError as error:
        return encode_error(error), b""
    except MemoryError:
        return encode_error(
            OutOfMemoryError("the question needs more memory than it may have")
        ), b""
    except (OSError, ValueError, RuntimeError, SyntaxError) as error:
        return encode_error(EngineError(str(error))), b""
