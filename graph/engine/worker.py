"""A worker: a forked process that answers one request after another, and may die in any of them."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
from dataclasses import replace

from graph.engine.engine_settings import EngineSettings
from graph.engine.framing import (
    Body,
    FrameError,
    Header,
    PeerClosedError,
    encode_error,
    receive,
    send,
)
from graph.engine.heap import OwnMemory
from graph.engine.request import CHANGING
from graph.engine.store_relay import RelayClient
from graph.engine.tasks.task import TASKS
from graph.engine.worker_dataset import WorkerDataset
from graph.errors import CpecError, EngineError, OutOfMemoryError, OverloadedError
from graph.excluding.exclusion import Exclusion

GRACE_TIME = 2.0
"""The seconds past a deadline after which a worker that nobody has killed ends itself."""


def serve(
    sock: socket.socket, dataset: WorkerDataset, settings: EngineSettings, own: OwnMemory
) -> None:
    """Answer requests until the peer closes, or the worker is at the end of its lifetime.

    It also ends after it ran out of memory, or failed to exclude a source, or added reifiers: then
    its dataset has changed. Its own memory is measured, and cycles are collected, after an answer
    was sent.
    """
    at_limit = False
    relay = RelayClient(sock, max(dataset.cap, settings.max_body))
    if dataset.remote is not None:
        dataset.remote.ask = relay.ask
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
            or header["kind"] in CHANGING
            or dataset.exclusion != read_exclusion(header)
            or dataset.is_reified
            or answer.get("error") == OutOfMemoryError.__name__
        )
        send(sock, {**answer, "last": last}, result)
        if last:
            return
        at_limit = own.measure() > settings.private_memory


def read_exclusion(header: Header) -> Exclusion:
    """Return the exclusion of a request; all requests to a worker have the same."""
    return Exclusion(**{key: tuple(names) for key, names in header.get("exclusion", {}).items()})


def end_with(lifeline: socket.socket) -> None:  # pragma: no cover - in workers alone
    """Have the kernel kill this process when the other end of a socket closes (fcntl(2), F_SETSIG).

    Only SIGKILL ends it: pyoxigraph runs no Python signal handler while it evaluates, and a parked
    worker is stopped. Nothing is ever sent on a lifeline: data would raise the signal too.
    """
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)


def answer_in_time(dataset: WorkerDataset, header: Header, body: bytes) -> tuple[Header, Body]:
    """Answer one request; a timer ends this process if nobody else does after its deadline."""
    signal.setitimer(signal.ITIMER_REAL, float(header["deadline"]) + GRACE_TIME)
    try:
        return answer(dataset, header, body)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def answer(dataset: WorkerDataset, header: Header, body: bytes) -> tuple[Header, Body]:
    """Return the answer to one request, or the header of its error."""
    try:
        return run_task(dataset, header, body)
    except CpecError as error:
        return encode_error(error), b""
    except MemoryError:
        return encode_error(
            OutOfMemoryError("the question needs more memory than it may have")
        ), b""
    except (OSError, ValueError, RuntimeError, SyntaxError) as error:
        return encode_error(EngineError(str(error))), b""


def in_memory(dataset: WorkerDataset) -> WorkerDataset:
    """Return a dataset without its remote store, which has another version by now.

    Raises OverloadedError if it has no copy in memory.
    """
    if dataset.remote is not None and not dataset.remote.is_held:
        name = dataset.remote.remote.name
        raise OverloadedError(f"{name} is being changed; ask again in a while")
    return replace(dataset, remote=None)


def run_task(dataset: WorkerDataset, header: Header, body: bytes) -> tuple[Header, Body]:
    """Return the answer of a request's task; raises the errors of the task.

    If the remote store changed its version during the task, memory answers in its place.
    """
    if dataset.exclusion != (exclusion := read_exclusion(header)):
        dataset.exclude_sources(exclusion)
    if dataset.remote is not None:
        dataset.remote.was_used = False  # the task before may have failed in a question
    task = TASKS[header["kind"]]
    answer, result = task(dataset, header, body)
    if dataset.remote is not None and dataset.remote.was_used and not dataset.remote.is_current():
        answer, result = task(in_memory(dataset), header, body)
    return ({**answer, "provisional": True} if dataset.provisional else answer), result
