"""A line: the talk between a front and the supervisor, over a socket that keeps messages apart.

A message is JSON, and may bring descriptors. The front orders:

    {"order": "fork", "id": N}       answered with a worker: its facts, and its descriptors
    {"order": "write"}                       with a socket, over which the write is talked about
    {"order": "seen", "epoch": N, "read": [...]}   a new version is seen; these are read yet
    {"order": "others", "id": N}             answered with the counts of all other fronts
    {"order": "counts", "counts": {...}}     the counts of this one

The supervisor asks `{"ask": "counts"}`, and says `{"version": ..., "epoch": N}` when readers are to
see another dataset.

A write is a frame (graph/engine/framing.py). It is answered by a frame with a Change, or the error.
A conditional one is asked before, `{"state": ..., "existed": ...}`, and goes on by `{"go": bool}`.
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

from graph.engine import wire
from graph.engine.framing import LENGTHS, Header, PeerClosedError, packed
from graph.engine.request import Change, Require
from graph.engine.supervision.zygote_process import WorkerProcess
from graph.errors import WorkerDiedError

LONGEST: Final = 1 << 17
"""The bytes of a message, at most."""

MOST_DESCRIPTORS: Final = 4

Told = dict[str, Any]
"""A message."""


def tell(sock: socket.socket, message: Told, descriptors: Sequence[int] = ()) -> None:
    """Send a message; raises OSError."""
    socket.send_fds(sock, [json.dumps(message).encode()], descriptors)


def hear(sock: socket.socket, flags: int = 0) -> tuple[Told, list[int]]:
    """Return the next message and its descriptors; raises PeerClosedError at the end."""
    data, descriptors, _, _ = socket.recv_fds(sock, LONGEST, MOST_DESCRIPTORS, flags)
    if not data:
        raise PeerClosedError("the other end is gone")
    return json.loads(data), descriptors


class SupervisorChannel:
    """The front's end of a line, in one loop."""

    def __init__(self, sock: socket.socket) -> None:
        self.version = ""
        self.epoch = 0
        self.state: Told = {}
        """The facts of the dataset that new questions see."""
        self.fault = ""
        """Why what a remote store holds cannot be renewed in memory, "" where it can."""
        self.answered = True
        """Whether queries are answered, by the remote store where one is served, or for it."""
        self.in_memory = False
        """Whether new questions are answered from memory, and not from disk."""
        self.follow: Callable[[int], Awaitable[set[str]]] | None = None
        """Called with an epoch, to have all workers of before exchanged."""
        self.counted: Callable[[], Mapping[str, Mapping[str, float]]] = dict
        """Called for the counts of this front."""
        self._loop = asyncio.get_running_loop()
        self.gone: asyncio.Future[None] = self._loop.create_future()
        """Done when the supervisor is gone."""
        self._sock = sock
        self._ids = count()
        self._answers: dict[int, asyncio.Future[tuple[Told, list[int]]]] = {}
        self._following: set[asyncio.Task[None]] = set()
        sock.setblocking(False)
        self._loop.add_reader(sock.fileno(), self._read)

    async def fork(self) -> WorkerProcess:
        """Return a new worker of the present version; raises OSError where none can be forked."""
        told, descriptors = await self._ordered({"order": "fork"})
        if "failure" in told or len(descriptors) < MOST_DESCRIPTORS:
            for descriptor in descriptors:
                os.close(descriptor)
            raise OSError(told.get("failure", "no room for the descriptors of a worker"))
        sock, lifeline, process, words = descriptors
        version, epoch = told["version"], told["epoch"]
        return WorkerProcess(told["pid"], sock, lifeline, process, words, version, epoch)

    async def write(self, header: Header, body: bytes, require: Require | None = None) -> Change:
        """Have a write made; raises what it raises, and what `require` raises."""
        ours, theirs = socket.socketpair()
        with theirs:
            reader, writer = await asyncio.open_unix_connection(sock=ours)
            tell(self._sock, {"order": "write"}, [theirs.fileno()])
        try:
            writer.write(packed({**header, "asks": require is not None}, body))
            told = await received(reader)
            if require is not None and "state" in told:
                require(told["state"], told["existed"])
                writer.write(packed({"go": True}, b""))
                told = await received(reader)
        finally:
            writer.close()
        if (error := wire.error_of(told)) is not None:
            raise error
        return Change(**told["change"])

    async def others(self) -> list[dict[str, dict[str, float]]]:
        """Return the counts of all other fronts, and of the supervisor."""
        told, _ = await self._ordered({"order": "others"})
        others: list[dict[str, dict[str, float]]] = told["others"]
        return others

    def close(self) -> None:
        """End the line."""
        self._loop.remove_reader(self._sock.fileno())
        self._sock.close()
        if not self.gone.done():
            self.gone.set_result(None)
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(PeerClosedError("the supervisor is gone"))

    async def _ordered(self, message: Told) -> tuple[Told, list[int]]:
        """Send an order and return what it is answered; raises OSError."""
        number = next(self._ids)
        if self.gone.done():
            raise PeerClosedError("the supervisor is gone")
        self._answers[number] = self._loop.create_future()
        try:
            tell(self._sock, {**message, "id": number})
            return await self._answers[number]
        finally:
            del self._answers[number]

    def _read(self) -> None:
        """Read what the supervisor says."""
        try:
            with contextlib.suppress(BlockingIOError):
                while True:
                    self._take(*hear(self._sock))
        except OSError:
            self.close()

    def _take(self, told: Told, descriptors: list[int]) -> None:
        """Take a message."""
        number = told.get("id")
        if "ask" in told:
            tell(self._sock, {"order": "counts", "counts": self.counted()})
        elif number is None:
            self._see(told)
        elif (answer := self._answers.get(number)) is not None and not answer.done():
            answer.set_result((told, descriptors))
        else:
            for descriptor in descriptors:
                os.close(descriptor)

    def _see(self, told: Told) -> None:
        """Have new questions see another dataset, and say so when they do."""
        self.version, self.epoch, self.state = told["version"], told["epoch"], told
        self.fault, self.answered = str(told["fault"]), bool(told["answered"])
        task = self._loop.create_task(self._follow())
        self._following.add(task)
        task.add_done_callback(self._following.discard)

    async def _follow(self) -> None:
        """Exchange the workers, and tell which versions are read yet."""
        epoch, in_memory = self.epoch, bool(self.state["in_memory"])
        read = await self.follow(epoch) if self.follow is not None else set()
        if epoch == self.epoch:
            self.in_memory = in_memory
        with contextlib.suppress(OSError):
            tell(self._sock, {"order": "seen", "epoch": epoch, "read": list(read)})


async def received(reader: asyncio.StreamReader) -> Header:
    """Return the header of the next frame; raises WorkerDiedError where there is none."""
    try:
        head, body = LENGTHS.unpack(await reader.readexactly(LENGTHS.size))
        header: Header = json.loads(await reader.readexactly(head))
        await reader.readexactly(body)
    except (asyncio.IncompleteReadError, OSError):
        raise WorkerDiedError("the supervisor gave the write up") from None
    return header
