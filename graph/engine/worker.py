"""A worker: a forked process that answers one request after another, and may be killed at any."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
from dataclasses import dataclass, replace

from graph.engine import wire
from graph.engine.framing import Body, FrameError, Header, PeerClosedError, receive, send
from graph.engine.heap import OwnMemory
from graph.engine.request import SPOILING
from graph.engine.store_relay import RelayClient
from graph.engine.strike import strike_out
from graph.engine.task import TASKS
from graph.engine.worker_dataset import Dataset
from graph.errors import CpecError, EngineError, OutOfMemoryError, OverloadedError
from graph.striking.strike import Strike

GRACE = 2.0
"""The seconds past its deadline after which a worker that nobody has killed ends itself."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a worker lives: so many requests, or so many bytes of memory of its own."""

    requests: int
    private_memory: int
    max_body: int


def serve(sock: socket.socket, dataset: Dataset, terms: Lifetime, own: OwnMemory) -> None:
    """Answer requests until the peer closes, or the worker has served its terms.

    What an answer leaves is tidied away when it has been sent.

    It also ends where memory ran out, or a source could not be struck: what it keeps for the next
    question may be half done.
    """
    worn = False
    asker = RelayClient(sock, max(dataset.cap, terms.max_body))
    if dataset.asked is not None:
        dataset.asked.ask = asker.ask
    for number in range(1, terms.requests + 1):
        try:
            header, body = receive(sock, terms.max_body)
        except (PeerClosedError, FrameError):
            return
        asker.begin(float(header["deadline"]))
        answer, result = timed(dataset, header, body)
        last = (
            worn
            or number == terms.requests
            or header["kind"] in SPOILING
            or dataset.struck != strike_of(header)
            or answer.get("error") == OutOfMemoryError.__name__
        )
        send(sock, {**answer, "last": last}, result)
        if last:
            return
        worn = own.tidied() > terms.private_memory


def strike_of(header: Header) -> Strike:
    """Return the sources without which a request asks; they are the same in each of a worker."""
    return Strike(**{key: tuple(names) for key, names in header.get("strike", {}).items()})


def die_with(lifeline: socket.socket) -> None:  # pragma: no cover - in workers alone
    """Have the kernel end this process when the other end of a socket closes, whatever it is doing.

    The engine gives Python no turn while it evaluates, and a question that is parked is stopped, so
    it is SIGKILL (fcntl(2), F_SETSIG). Nothing is ever sent on a lifeline: data would raise it too.
    """
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)


def timed(dataset: Dataset, header: Header, body: bytes) -> tuple[Header, Body]:
    """Answer one request; a timer ends this process if nobody else does."""
    signal.setitimer(signal.ITIMER_REAL, float(header["deadline"]) + GRACE)
    try:
        return answer(dataset, header, body)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def answer(dataset: Dataset, header: Header, body: bytes) -> tuple[Header, Body]:
    """Return the answer to one request, or the header that tells its error."""
    try:
        return done(dataset, header, body)
    except CpecError as error:
        return wire.header_of(error), b""
    except MemoryError:
        return wire.header_of(
            OutOfMemoryError("the question needs more memory than it may have")
        ), b""
    except (OSError, ValueError, RuntimeError, SyntaxError) as error:
        return wire.header_of(EngineError(str(error))), b""


def in_memory(dataset: Dataset) -> Dataset:
    """Return a dataset without the remote store, which has another version by now.

    Raises OverloadedError where it holds nothing itself.
    """
    if dataset.asked is not None and not dataset.asked.is_held:
        raise OverloadedError(f"{dataset.asked.remote.name} is being changed; ask again in a while")
    return replace(dataset, asked=None)


def done(dataset: Dataset, header: Header, body: bytes) -> tuple[Header, Body]:
    """Return the answer of a task, told to be passing where the dataset is; raises what it does."""
    if dataset.struck != (strike := strike_of(header)):
        strike_out(dataset, strike)
    told, result = TASKS[header["kind"]](dataset, header, body)
    if dataset.asked is not None and dataset.asked.used and not dataset.asked.is_current():
        told, result = TASKS[header["kind"]](in_memory(dataset), header, body)
    return ({**told, "passing": True} if dataset.passing else told), result
