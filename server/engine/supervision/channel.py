"""The channel between a front and the supervisor: a socket that keeps messages apart.

A message is a JSON object; those of the supervisor may carry descriptors. The front sends:

    {"order": "fork", "id": N}        answered with a worker: its facts, and its descriptors
    {"order": "write", "id": N}       answered with a socket for the messages of the write
    {"order": "fetch_counts", "id": N}               answered with the counts of all other fronts
    {"order": "dump"}                                the dumps of the version are to be written
    {"order": "in_use", "versions": [...]}           the versions that its workers read
    {"order": "counts", "counts": {...}}             its own counts

The supervisor sends `{"ask": "counts"}`, and `{"changed": true}` after a change of the register
(register.py). If the line is full it leaves them out, and a front waits to send.

A write is a frame (server/engine/framing.py), answered by a frame with a WriteResult, or with the
error; so is the question what became of one ("settle").
The supervisor first answers a conditional write by `{"state": ..., "existed": ...}`, and goes on
after `{"go": true}`; a front whose condition fails closes the socket.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

from graph.errors import OverloadedError, WorkerDiedError
from server.engine.framing import LENGTHS, Header, PeerClosedError, decode_error, encode
from server.engine.request import Require, WriteResult
from server.engine.supervision.zygote_process import WORKER_DESCRIPTORS, WorkerProcess

MAX_MESSAGE_BYTES: Final = 1 << 18
"""More than the socket takes as one message (net.core.wmem_default, 208 KiB)."""

ChannelMessage = dict[str, Any]

Counts = Mapping[str, Mapping[str, float]]
"""Counters by the part of the server that counts them."""


def send_message(
    sock: socket.socket, message: ChannelMessage, descriptors: Sequence[int] = (), flags: int = 0
) -> None:
    """Send a message; raises OSError."""
    socket.send_fds(sock, [json.dumps(message).encode()], descriptors, flags)


def receive_message(sock: socket.socket) -> tuple[ChannelMessage, list[int]]:
    """Return the next message and its descriptors; raises PeerClosedError at the end."""
    data, descriptors, _, _ = socket.recv_fds(sock, MAX_MESSAGE_BYTES, WORKER_DESCRIPTORS)
    if not data:
        raise PeerClosedError("the other end is gone")
    return json.loads(data), descriptors


class SupervisorChannel:
    """The front's end of a channel, in one loop."""

    def __init__(self, sock: socket.socket) -> None:
        self.end_stale: Callable[[], set[str]] = set
        """Ends the idle workers of earlier versions, and returns the versions still in use."""
        self.count: Callable[[], Counts] = dict
        """Returns the counts of this front."""
        self._loop = asyncio.get_running_loop()
        self.supervisor_end: asyncio.Future[None] = self._loop.create_future()
        """Done when the supervisor has ended."""
        self._sock = sock
        self._ids = count()
        self._answers: dict[int, asyncio.Future[tuple[ChannelMessage, list[int]]]] = {}
        self._sending: set[asyncio.Task[None]] = set()
        self._line = asyncio.Lock()
        """Held by the task that sends; the others wait while the line is full."""
        self._next_counts: asyncio.Task[Counts] | None = None
        """The request for counts that has not been sent."""
        self._count_lock = asyncio.Lock()
        sock.setblocking(False)
        self._loop.add_reader(sock.fileno(), self._read)

    async def fork(self) -> WorkerProcess:
        """Return a new worker of the present version; raises OSError if none can be forked."""
        answer, descriptors = await self._request({"order": "fork"})
        if "failure" in answer or len(descriptors) < WORKER_DESCRIPTORS:
            for descriptor in descriptors:
                os.close(descriptor)
            raise OSError(answer.get("failure", "no room for the descriptors of a worker"))
        sock, lifeline, pidfd, stderr = descriptors
        version, epoch = answer["version"], answer["epoch"]
        return WorkerProcess(answer["pid"], sock, lifeline, pidfd, stderr, version, epoch)

    async def write(
        self, header: Header, body: bytes, require: Require | None = None
    ) -> WriteResult | None:
        """Have the supervisor make a write, or settle one; raises its error, or one of `require`.

        Only a key that is settled may have no result.
        """
        _, descriptors = await self._request({"order": "write"})
        if not descriptors:
            raise OverloadedError("too many open files for a write")
        sock = socket.socket(fileno=descriptors[0])
        reader, writer = await asyncio.open_unix_connection(sock=sock)
        try:
            writer.write(encode({**header, "asks": require is not None}, body))
            answer = await receive_header(reader)
            if require is not None and "state" in answer:
                require(answer["state"], answer["existed"])
                writer.write(encode({"go": True}, b""))
                answer = await receive_header(reader)
        finally:
            writer.close()
        if (error := decode_error(answer)) is not None:
            raise error
        return answer["change"] and WriteResult(**answer["change"])

    async def order_dumps(self) -> None:
        """Have the supervisor write the dumps of the present version."""
        self._send_later({"order": "dump"})

    async def fetch_counts(self) -> Counts:
        """Return the sums of the counts of all other fronts and of the supervisor.

        Everyone who waits while a request is under way shares the next one.
        """
        if self._next_counts is None:
            self._next_counts = self._loop.create_task(self._fetch_counts())
        return await asyncio.shield(self._next_counts)

    async def _fetch_counts(self) -> Counts:
        """Return the counts after the request that is under way."""
        async with self._count_lock:
            self._next_counts = None
            answer, _ = await self._request({"order": "fetch_counts"})
        counts: Counts = answer["counts"]
        return counts

    def close(self) -> None:
        """Close the channel, and fail the requests that wait for an answer."""
        if self.supervisor_end.done():
            return
        self.supervisor_end.set_result(None)
        self._loop.remove_reader(self._sock.fileno())
        self._sock.close()
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(PeerClosedError("the supervisor is gone"))

    async def _request(self, message: ChannelMessage) -> tuple[ChannelMessage, list[int]]:
        """Send an order and return its answer; raises OSError."""
        number = next(self._ids)
        await self._send({**message, "id": number})
        self._answers[number] = self._loop.create_future()
        try:
            return await self._answers[number]
        finally:
            del self._answers[number]

    async def _send(self, message: ChannelMessage) -> None:
        """Send a message, as soon as the line has room for it; raises OSError."""
        async with self._line:
            if self.supervisor_end.done():
                raise PeerClosedError("the supervisor is gone")
            await self._loop.sock_sendall(self._sock, json.dumps(message).encode())

    def _send_later(self, message: ChannelMessage) -> None:
        """Send a message that nobody waits for."""

        async def send() -> None:
            with contextlib.suppress(OSError):
                await self._send(message)

        task = self._loop.create_task(send())
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    def _read(self) -> None:
        """Receive the messages that have come."""
        try:
            with contextlib.suppress(BlockingIOError):
                while True:
                    self._dispatch(*receive_message(self._sock))
        except OSError:
            self.close()

    def _dispatch(self, message: ChannelMessage, descriptors: list[int]) -> None:
        """Handle a message: a question, a change, or the answer to an order."""
        if "ask" in message:
            self._send_later({"order": "counts", "counts": self.count()})
        elif "changed" in message:
            self._send_later({"order": "in_use", "versions": list(self.end_stale())})
        elif (answer := self._answers.get(message["id"])) is not None and not answer.done():
            answer.set_result((message, descriptors))
        else:  # the order was given up
            for descriptor in descriptors:
                os.close(descriptor)


def sum_counts(every: Iterable[Counts]) -> Counts:
    """Return the sums of counts."""
    total: dict[str, Counter[str]] = {}
    for counts in every:
        for part, numbers in counts.items():
            total.setdefault(part, Counter()).update(numbers)
    return {part: dict(numbers) for part, numbers in total.items()}


async def receive_header(reader: asyncio.StreamReader) -> Header:
    """Return the header of the next frame; raises WorkerDiedError at the end of the stream."""
    try:
        head, body = LENGTHS.unpack(await reader.readexactly(LENGTHS.size))
        header: Header = json.loads(await reader.readexactly(head))
        await reader.readexactly(body)
    except (asyncio.IncompleteReadError, OSError):
        raise WorkerDiedError("the supervisor gave the write up") from None
    return header


PRESENT: Final = frozenset({"idle", "queue", "quick", "long", "parked", "cache_bytes"})
"""The names of the counts that end with their front; the others are totals."""


@dataclass(slots=True, eq=False)
class FrontPeer:
    """A front at the other end of a channel."""

    sock: socket.socket
    in_use: set[str] = field(default_factory=set)
    counts: Counts = field(default_factory=dict)
    has_counts: threading.Event = field(default_factory=threading.Event)

    def answer(self, message: ChannelMessage, descriptors: tuple[int, ...] = ()) -> None:
        """Answer an order, unless the front is gone; waits while the line is full."""
        with contextlib.suppress(OSError):
            send_message(self.sock, message, descriptors)

    def notify(self, message: ChannelMessage) -> None:
        """Send a message that the front can do without, unless the line is full."""
        with contextlib.suppress(OSError):
            send_message(self.sock, message, flags=socket.MSG_DONTWAIT)

    def cut_off(self) -> None:
        """Close the channel; the front then ends."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)


def keep_totals(counts: Counts) -> Counts:
    """Return the counts that a front adds to those of its server after its end."""
    return {
        part: {name: count for name, count in numbers.items() if name not in PRESENT}
        for part, numbers in counts.items()
    }
