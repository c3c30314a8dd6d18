"""The supervisor: it owns the zygote and the writer, gives workers to fronts, and takes writes.

Each front is at the other end of a channel (server/engine/supervision/channel.py) and is served by
a thread. It may be in another process, and may stop or die at any moment: no other thread waits for
it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from typing import Final, ParamSpec

from graph.errors import CpecError, EngineError, ForbiddenError, OnDiskError, OverloadedError
from server.engine.engine_settings import EngineSettings
from server.engine.fork_server import FORK_SERVER
from server.engine.framing import (
    MAX_DELTA_BYTES,
    Header,
    Message,
    decode_error,
    encode_error,
    receive,
    send,
)
from server.engine.handed import Copied, Followed
from server.engine.location import Location
from server.engine.process_tree import count_processes
from server.engine.request import Require, WriteKey, WriteResult
from server.engine.supervision.channel import (
    ChannelMessage,
    Counts,
    FrontPeer,
    keep_totals,
    receive_message,
    sum_counts,
)
from server.engine.supervision.register import EMPTY, MAX_FAULT
from server.engine.supervision.writer_supervisor import WriterSupervisor
from server.engine.supervision.zygote_supervisor import ZygoteSupervisor
from server.engine.writing.delta import Delta
from server.engine.writing.store_folder import next_version

P = ParamSpec("P")

WATCH_INTERVAL: Final = 0.2
"""The seconds between two checks of the zygote."""

WRITE_MESSAGE_TIME: Final = 30.0
"""The seconds that a front has for each message of a write."""

COUNT_TIME: Final = 1.0
"""The seconds that a front has to send its counts; after them its last counts are used."""

STAGES: Final = ("found", "kept", "followed")
"""The stages of a write, by their names in the metrics.

A worker evaluates its delta, the writer puts it on disk, the zygote applies it.
"""


class Supervisor:
    """One dataset with its zygote, its writer and its fronts; safe for threads."""

    def __init__(
        self,
        settings: EngineSettings,
        follower: Followed | None = None,
        copy: Copied | None = None,
    ) -> None:
        """Hold the data directory, if there is one; raises StoreError and OSError.

        The dataset may also be a store elsewhere, or the copy of another server's.
        """
        self.settings = settings
        self.zygotes = ZygoteSupervisor(settings)
        self.follower, self.copy = follower, copy
        folder = settings.data_dir
        self.writers = None
        if folder is not None and copy is None:
            self.writers = WriterSupervisor(settings, folder)
        self.writes = 0
        self.stages = dict.fromkeys(STAGES, 0.0)
        """The seconds that writes have spent in each stage."""
        self._writing = threading.Lock()
        self._dumping = threading.Lock()
        self._keeps_retired = True
        """Whether a generation from before a retirement may be on disk, since it was in use."""
        self._peers: list[FrontPeer] = []
        self._past: Counts = {}
        """The last totals of the fronts that have ended."""
        self._peers_lock = threading.Lock()
        self._counting = threading.Lock()
        self._processes = lru_cache(maxsize=1)(lambda _second: count_processes(os.getpid()))
        self._closing = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        FORK_SERVER.hold()

    def start(self) -> None:
        """Start the writer and the zygote; raises OSError if either cannot start."""
        source = self.settings.source
        located, version = None, EMPTY
        if self.follower is not None:
            located, version = self.follower.fetch()
        elif self.copy is not None:
            located, version = self.copy.locate()
        elif self.writers is not None:
            self.writers.open()
            located, version = self.writers.source, self.writers.version
        elif source is not None:
            located = Location(source, store=self.settings.store)
            version = self.settings.version or name_version(source)
        self.zygotes.begin(located, version)
        begin(self._watcher)
        if self.follower is not None:
            start_thread(self._poll_store, self.follower)
        if self.copy is not None:
            start_thread(self._follow, self.copy)

    @property
    def dumps(self) -> Path | None:
        """The folder of the dumps of a remote store, None if none is served."""
        return self.follower.dumps if self.follower else None

    def open_channel(self) -> socket.socket:
        """Return the front's end of a new channel."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        peer = FrontPeer(ours)
        with self._peers_lock:
            self._peers.append(peer)
        start_thread(self._serve, peer)
        return theirs

    def write(self, header: Header, body: bytes, require: Require | None = None) -> WriteResult:
        """Make a write, and return its change once it is on disk and every new read sees it.

        A worker evaluates the client's text on its own copy of the dataset, within limits; only the
        delta comes near the store. One write at a time, so none is lost.
        """
        with self._turn_to_write() as writers:
            return self._write(writers, header, body, require)

    def settle(self, key: str) -> WriteResult | None:
        """Return the result of the write with a key, which none that comes later can have.

        A write under way has its result first. Raises EngineError if the key cannot be closed.
        """
        with self._turn_to_write() as writers:
            self._require_store(writers)
            self._catch_up(writers)
            result = writers.keys.settle(key, writers.version)
            self._require_store(writers)
            return result

    @contextlib.contextmanager
    def _turn_to_write(self) -> Iterator[WriterSupervisor]:
        """Keep all other writes waiting in this block; raises OverloadedError."""
        if self.writers is None:
            raise ForbiddenError("this server takes no writes")
        if not self._writing.acquire(timeout=self.settings.queue_time):
            raise OverloadedError("another write is under way")
        try:
            if self._closing.is_set():
                raise OverloadedError("the server is closing")
            yield self.writers
        finally:
            self._writing.release()

    def close(self) -> None:
        """Finish the write under way, and end every child and channel."""
        self._closing.set()
        if self._watcher.is_alive():
            self._watcher.join()
        with self._writing:
            if self.writers is not None:
                self.writers.close()
        for peer in self._peers:
            peer.cut_off()
        self.zygotes.close()
        if self.follower is not None:
            self.follower.close()
        FORK_SERVER.release()

    def _write(
        self, writers: WriterSupervisor, header: Header, body: bytes, require: Require | None
    ) -> WriteResult:
        """Make a write, while this thread holds the lock of writes."""
        end = time.monotonic() + self.settings.write_deadline
        key = WriteKey(**header["key"]) if header.get("key") else None
        with self._time_stage("found"):
            self._require_store(writers)
            self._catch_up(writers)
            if key is not None and (record := writers.keys.find(key.name)) is not None:
                return record.repeat(key.body)
            answer, lines = self._evaluate(header, body)
        if require is not None:
            require(str(answer["state"]), bool(answer["existed"]))
        delta = Delta.decode(answer, lines)
        version = next_version(writers.version) if delta else writers.version
        result = WriteResult.decode(version, answer)
        if delta.retires:
            backups = writers.list_backups(set(answer["retired"]))
            result = replace(result, report={**result.report, "backups": backups})
            writers.dumpers.keep_only("")
            self._keeps_retired = True
        with self._time_stage("kept"), writers.keys.record(key, result):
            try:
                if delta:
                    writers.write(version, delta, end, self._versions_in_use())
            finally:
                self._require_store(writers)
        if delta:
            with self._time_stage("followed"), contextlib.suppress(OSError):
                self.zygotes.apply(
                    delta, writers.source, writers.version
                )  # the next fork starts a zygote
            self._announce()
            self.writes += 1
        return result

    @contextlib.contextmanager
    def _time_stage(self, stage: str) -> Iterator[None]:
        """Add the seconds of the block to a stage of writes."""
        start = time.monotonic()
        yield
        self.stages[stage] += time.monotonic() - start

    def _require_store(self, writers: WriterSupervisor) -> None:
        """Raise EngineError if the store is lost; then the server is no longer ready."""
        try:
            writers.require_store()
        except EngineError as error:
            self.zygotes.register.publish(fault=str(error)[:MAX_FAULT], answers=False)
            raise

    def _catch_up(self, writers: WriterSupervisor) -> None:
        """Show readers the version that a writer published before it died without an answer."""
        writers.ensure()
        if writers.version != self.zygotes.version:
            with contextlib.suppress(OSError):
                self.zygotes.replace(writers.source, writers.version)
            self._announce()

    def _evaluate(self, header: Header, body: bytes) -> Message:
        """Return the delta of a write; if it needs the dataset in memory, wait for the load."""
        try:
            return self._ask_worker(header, body)
        except OnDiskError:
            if not self.zygotes.settled.wait(self.settings.queue_time):
                raise OverloadedError("the dataset is still being loaded") from None
            return self._ask_worker(header, body)

    def _ask_worker(self, header: Header, body: bytes) -> Message:
        """Return the answer of a new worker, which is killed after it."""
        seconds = self.settings.write_deadline
        until = time.monotonic() + seconds
        forked = self.zygotes.fork()
        try:
            with socket.socket(fileno=forked.sock) as sock:
                send(sock, {**header, "deadline": seconds}, body, until)
                answer, lines = receive(sock, self.settings.max_delta, until)
        except TimeoutError:
            raise forked.deadline_error(seconds) from None
        except OSError:
            raise forked.death_error() from None
        finally:
            forked.kill()
            forked.close()
        if (error := decode_error(answer)) is not None:
            raise error
        return answer, lines

    def _versions_in_use(self) -> set[str]:
        """Return the versions that workers or loads read, or may read soon."""
        with self._peers_lock:
            in_use = set().union(*(peer.in_use for peer in self._peers))
        dumped = self.writers.dumpers.version if self.writers else ""
        return in_use | {self.zygotes.version, self.zygotes.loading, dumped}

    def _announce(self) -> None:
        """Have the fronts replace their workers before the next request does."""
        with self._peers_lock:
            peers = list(self._peers)
        for peer in peers:
            peer.notify({"changed": True})

    def _watch(self) -> None:
        """Keep a zygote alive, load the dataset into memory, and look after the store."""
        loader: threading.Thread | None = None
        while not self._closing.wait(WATCH_INTERVAL):
            if self.zygotes.interim and (loader is None or not loader.is_alive()):
                loader = threading.Thread(target=self._load, name="loader", daemon=True)
                loader.start()
            with contextlib.suppress(OSError):
                self.zygotes.ensure()
            if self.writers is not None:
                with contextlib.suppress(EngineError):
                    self._require_store(self.writers)
            if self._keeps_retired and self.writers is not None:
                self._prune(self.writers)

    def _prune(self, writers: WriterSupervisor) -> None:
        """Remove what a retirement left, once only the present version is in use."""
        if self._writing.acquire(blocking=False):
            try:
                if self._versions_in_use() <= {"", writers.version}:
                    writers.prune([writers.version])
                    self._keeps_retired = False
            finally:
                self._writing.release()

    def _poll_store(self, follower: Followed) -> None:
        """Show readers each new version of a remote store."""
        while not self._closing.wait(self.settings.store_poll):
            if (fetched := follower.poll(self.zygotes.version)) is not None:
                with contextlib.suppress(OSError):
                    self.zygotes.switch(*fetched)
                self._announce()
            fault = follower.fault[:MAX_FAULT]
            self.zygotes.register.publish(fault=fault, answers=follower.answers)

    def _follow(self, copy: Copied) -> None:
        """Show readers each version that is copied: by its change, or else by a new load."""
        while not self._closing.wait(WATCH_INTERVAL):
            with contextlib.suppress(OSError):
                (source, version), served = copy.locate(), self.zygotes.version
                if version == served:
                    continue
                if (delta := copy.find_delta(served, version)) is not None:
                    self.zygotes.apply(delta, source, version)
                elif self.zygotes.register.read().in_memory:
                    self.zygotes.switch(source, version)
                else:
                    self.zygotes.replace(source, version)
                self._announce()

    def _load(self) -> None:
        """Replace workers that read from disk by workers that read from memory."""
        with contextlib.suppress(OSError):
            if self.zygotes.load():
                self._announce()

    def _serve(self, peer: FrontPeer) -> None:
        """Obey one front until it is gone."""
        with contextlib.suppress(OSError, ValueError), peer.sock:
            while True:
                message, _ = receive_message(peer.sock)
                self._obey(peer, message)
        with self._peers_lock:
            self._peers.remove(peer)
            self._past = sum_counts([self._past, keep_totals(peer.counts)])

    def _obey(self, peer: FrontPeer, message: ChannelMessage) -> None:
        """Obey one order."""
        match message["order"]:
            case "fork":
                self._send_worker(peer, message["id"])
            case "write":
                self._open_write(peer, message["id"])
            case "dump":
                start_thread(self._dump)
            case "in_use":
                with self._peers_lock:
                    peer.in_use = set(message["versions"])
            case "counts":
                peer.counts = message["counts"]
                peer.has_counts.set()
            case "fetch_counts":
                start_thread(self._send_counts, peer, message["id"])

    def _dump(self) -> None:
        """Have the dumps of the present version written, unless some are being written."""
        if self.writers is None or not self._dumping.acquire(blocking=False):
            return
        dumpers = self.writers.dumpers
        with contextlib.ExitStack() as stack:
            stack.callback(self._dumping.release)
            stack.enter_context(contextlib.suppress(OSError))
            with self._writing:
                begun = not self._closing.is_set() and dumpers.begin(self.zygotes.version)
            if begun:
                dumpers.finish()

    def _send_worker(self, peer: FrontPeer, number: int) -> None:
        """Send a new worker to a front."""
        try:
            forked = self.zygotes.fork()
        except (OSError, TimeoutError) as error:
            peer.answer({"id": number, "failure": str(error)})
            return
        with self._peers_lock:
            peer.in_use.add(forked.version)
        facts = {"pid": forked.pid, "version": forked.version, "epoch": forked.epoch}
        peer.answer({"id": number, **facts}, forked.descriptors)
        forked.hand_over()

    def _open_write(self, peer: FrontPeer, number: int) -> None:
        """Send a front a socket for the messages of a write, and make that write in a thread."""
        try:
            ours, theirs = socket.socketpair()
        except OSError:  # no descriptor is left: the front refuses the write
            peer.answer({"id": number})
            return
        with theirs:
            start_thread(self._receive_write, ours)
            peer.answer({"id": number}, (theirs.fileno(),))

    def _receive_write(self, sock: socket.socket) -> None:
        """Make the write that a front sends over a socket."""

        def require(state: str, existed: bool) -> None:
            send(
                sock,
                {"state": state, "existed": existed},
                until=time.monotonic() + WRITE_MESSAGE_TIME,
            )
            receive(sock, 0, time.monotonic() + WRITE_MESSAGE_TIME)

        with sock, contextlib.suppress(OSError):
            header, body = receive(sock, MAX_DELTA_BYTES, time.monotonic() + WRITE_MESSAGE_TIME)
            try:
                if header["kind"] == "settle":
                    result = self.settle(header["key"])
                else:
                    result = self.write(header, body, require if header["asks"] else None)
                answer = {"change": result and asdict(result)}
            except CpecError as error:
                answer = encode_error(error)
            send(sock, answer, until=time.monotonic() + WRITE_MESSAGE_TIME)

    def _send_counts(self, peer: FrontPeer, number: int) -> None:
        """Send a front the counts of the other fronts, ended ones included."""
        with self._peers_lock:
            peers = [other for other in self._peers if other is not peer]
        for other in peers:
            other.has_counts.clear()
            other.notify({"ask": "counts"})
        until = time.monotonic() + COUNT_TIME
        for other in peers:
            other.has_counts.wait(max(0, until - time.monotonic()))
        counts = sum_counts([*(other.counts for other in peers), self._past, self._counts()])
        peer.answer({"id": number, "counts": counts})

    def _counts(self) -> Counts:
        """Return the counts of the supervisor itself, and the processes of about a second ago."""
        with self._counting:
            processes = self._processes(int(time.monotonic()))
        return {
            **processes,
            "engine": {
                "zygote_starts": self.zygotes.starts,
                "writer_starts": self.writers.starts if self.writers else 0,
                "writes": self.writes,
                **{f"writes_{stage}_seconds": spent for stage, spent in self.stages.items()},
            },
        }


def start_thread(work: Callable[P, None], *args: P.args, **named: P.kwargs) -> None:
    """Run a function in a new thread."""
    begin(threading.Thread(target=work, args=args, kwargs=named, daemon=True))


def begin(thread: threading.Thread) -> None:
    """Start a thread; SIGINT waits meanwhile, since a KeyboardInterrupt breaks the start."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        thread.start()
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def name_version(source: Path) -> str:
    """Return the version of a source: the start of a file's SHA-256, or a directory's name."""
    if source.is_dir():
        return source.resolve().name
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]
