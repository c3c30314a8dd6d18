"""The channel between a front and the supervisor: a socket that keeps messages apart.

A message is a JSON object, and may carry descriptors. The front sends:

    {"order": "fork", "id": N}        answered with a worker: its facts, and its descriptors
    {"order": "write"}                with a socket for the messages of the write
    {"order": "seen", "epoch": N, "in_use": [...]}   its workers have a new version; others in use
    {"order": "fetch_counts", "id": N}               answered with the counts of all other fronts
    {"order": "counts", "counts": {...}}             its own counts

The supervisor sends `{"ask": "counts"}`, and `{"version": ..., "epoch": N, ...}` when readers must
see another version of the dataset.

A write is a frame (graph/engine/framing.py), answered by a frame with a Change, or with the error.
The supervisor first answers a conditional write by `{"state": ..., "existed": ...}`, and goes on
after `{"go": true}`; a front whose condition fails closes the socket.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import count
from typing import Any, Final

from graph.engine.framing import LENGTHS, Header, PeerClosedError, decode_error, encode
from graph.engine.request import Change, Require
from graph.engine.supervision.zygote_process import WORKER_DESCRIPTORS, WorkerProcess
from graph.errors import WorkerDiedError

MAX_MESSAGE_BYTES: Final = 1 << 17

ChannelMessage = dict[str, Any]


def send_message(
    sock: socket.socket, message: ChannelMessage, descriptors: Sequence[int] = ()
) -> None:
    """Send a message; raises OSError."""
    socket.send_fds(sock, [json.dumps(message).encode()], descriptors)


def receive_message(sock: socket.socket) -> tuple[ChannelMessage, list[int]]:
    """Return the next message and its descriptors; raises PeerClosedError at the end."""
    data, descriptors, _, _ = socket.recv_fds(sock, MAX_MESSAGE_BYTES, WORKER_DESCRIPTORS)
    if not data:
        raise PeerClosedError("the other end is gone")
    return json.loads(data), descriptors


class SupervisorChannel:
    """The front's end of a channel, in one loop."""

    def __init__(self, sock: socket.socket) -> None:
        self.version = ""
        self.epoch = 0
        self.state: ChannelMessage = {}
        """The last message about the dataset that new requests see."""
        self.fault = ""
        """The reason why the copy of a remote store cannot be renewed in memory, "" if it can."""
        self.answers = True
        """Whether queries can be answered, by the remote store if one is served, or for it."""
        self.in_memory = False
        """Whether new requests are answered from memory, and not from disk."""
        self.replace_workers: Callable[[int], Awaitable[set[str]]] | None = None
        """Replaces the workers by those of an epoch, and returns the versions still in use."""
        self.count: Callable[[], Mapping[str, Mapping[str, float]]] = dict
        """Returns the counts of this front."""
        self._loop = asyncio.get_running_loop()
        self.supervisor_end: asyncio.Future[None] = self._loop.create_future()
        """Done when the supervisor has ended."""
        self._sock = sock
        self._ids = count()
        self._answers: dict[int, asyncio.Future[tuple[ChannelMessage, list[int]]]] = {}
        self._switches: set[asyncio.Task[None]] = set()
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

    async def write(self, header: Header, body: bytes, require: Require | None = None) -> Change:
        """Have the supervisor make a write; raises its error, or an error of `require`."""
        ours, theirs = socket.socketpair()
        with theirs:
            reader, writer = await asyncio.open_unix_connection(sock=ours)
            send_message(self._sock, {"order": "write"}, [theirs.fileno()])
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
        return Change(**answer["change"])

    async def fetch_counts(self) -> list[dict[str, dict[str, float]]]:
        """Return the counts of all other fronts, and of the supervisor."""
        answer, _ = await self._request({"order": "fetch_counts"})
        counts: list[dict[str, dict[str, float]]] = answer["counts"]
        return counts

    def close(self) -> None:
        """Close the channel, and fail the requests that wait for an answer."""
        self._loop.remove_reader(self._sock.fileno())
        self._sock.close()
        if not self.supervisor_end.done():
            self.supervisor_end.set_result(None)
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(PeerClosedError("the supervisor is gone"))

    async def _request(self, message: ChannelMessage) -> tuple[ChannelMessage, list[int]]:
        """Send an order and return its answer; raises OSError."""
        number = next(self._ids)
        if self.supervisor_end.done():
            raise PeerClosedError("the supervisor is gone")
        self._answers[number] = self._loop.create_future()
        try:
            send_message(self._sock, {**message, "id": number})
            return await self._answers[number]
        finally:
            del self._answers[number]

    def _read(self) -> None:
        """Receive the messages that have come."""
        try:
            with contextlib.suppress(BlockingIOError):
                while True:
                    self._dispatch(*receive_message(self._sock))
        except OSError:
            self.close()

    def _dispatch(self, message: ChannelMessage, descriptors: list[int]) -> None:
        """Handle a message: a question, a new version, or the answer to an order."""
        number = message.get("id")
        if "ask" in message:
            send_message(self._sock, {"order": "counts", "counts": self.count()})
        elif number is None:
            self._show_version(message)
        elif (answer := self._answers.get(number)) is not None and not answer.done():
            answer.set_result((message, descriptors))
        else:  # the order was given up
            for descriptor in descriptors:
                os.close(descriptor)

    def _show_version(self, message: ChannelMessage) -> None:
        """Show new requests another version of the dataset."""
        self.version, self.epoch, self.state = message["version"], message["epoch"], message
        self.fault, self.answers = str(message["fault"]), bool(message["answers"])
        task = self._loop.create_task(self._switch_workers())
        self._switches.add(task)
        task.add_done_callback(self._switches.discard)

    async def _switch_workers(self) -> None:
        """Replace the workers, and send the versions still in use."""
        epoch, in_memory = self.epoch, bool(self.state["in_memory"])
        replace = self.replace_workers
        in_use = await replace(epoch) if replace is not None else set()
        if epoch == self.epoch:
            self.in_memory = in_memory
        with contextlib.suppress(OSError):
            send_message(self._sock, {"order": "seen", "epoch": epoch, "in_use": list(in_use)})


async def receive_header(reader: asyncio.StreamReader) -> Header:
    """Return the header of the next frame; raises WorkerDiedError at the end of the stream."""
    try:
        head, body = LENGTHS.unpack(await reader.readexactly(LENGTHS.size))
        header: Header = json.loads(await reader.readexactly(head))
        await reader.readexactly(body)
    except (asyncio.IncompleteReadError, OSError):
        raise WorkerDiedError("the supervisor gave the write up") from None
    return header
