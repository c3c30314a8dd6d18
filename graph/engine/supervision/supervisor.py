"""The supervisor: it has the zygote and the writer, gives workers to fronts, and takes writes.

Each front is at the other end of a channel (graph/engine/supervision/channel.py) and is served by
a thread. It may be in another process, and may die at any moment.
"""

from __future__ import annotations

import contextlib
import hashlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final, ParamSpec

from graph.engine import wire
from graph.engine.engine_settings import EngineSettings
from graph.engine.framing import MAX_DELTA, Header, Message, receive, send
from graph.engine.location import Location
from graph.engine.request import Change, Require
from graph.engine.supervision.channel import Told, hear, tell
from graph.engine.supervision.follower import Follower
from graph.engine.supervision.writer_supervisor import WriterSupervisor
from graph.engine.supervision.zygote_supervisor import ZygoteSupervisor
from graph.engine.writing.delta import Delta
from graph.errors import CpecError, ForbiddenError, OnDiskError, OverloadedError

P = ParamSpec("P")

WATCH: Final = 0.2
"""The seconds between two looks at the zygote."""

SEEN_TIME: Final = 5.0
"""The seconds that a front has to exchange its workers, before it is cut off."""


TALK_TIME: Final = 30.0
"""The seconds that a front has to hand over a write, or to say whether it may go on."""

COUNT_TIME: Final = 1.0
"""The seconds that a front has to tell its counts, before the last are taken that it told."""

STAGES: Final = ("found", "kept", "followed", "shown")
"""The stages of a write: its delta is found, on disk, in the zygote, and before readers."""

Counts = dict[str, dict[str, float]]


@dataclass(slots=True, eq=False)
class FrontPeer:
    """A front at the other end of a line."""

    sock: socket.socket
    seen: int = 0
    read: set[str] = field(default_factory=set)
    counts: Counts = field(default_factory=dict)
    counted: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, message: Told, descriptors: tuple[int, ...] = ()) -> None:
        """Send a message; one that is gone hears nothing."""
        with self.lock, contextlib.suppress(OSError):
            tell(self.sock, message, descriptors)

    def cut_off(self) -> None:
        """End the line."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)


class Supervisor:
    """One dataset, its zygote, its writer, and its fronts; safe for threads."""

    def __init__(self, settings: EngineSettings) -> None:
        """Take the lock of the data directory, where there is one; raises OSError."""
        self.settings = settings
        self.zygotes = ZygoteSupervisor(settings)
        self.writers = WriterSupervisor(settings, settings.data_dir) if settings.data_dir else None
        self.follower = Follower(settings, settings.remote) if settings.remote else None
        self.writes = 0
        self.stages = dict.fromkeys(STAGES, 0.0)
        """The seconds that writes have spent in each stage."""
        self._writing = threading.Lock()
        self._peers: list[FrontPeer] = []
        self._past: list[Counts] = []
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="supervisor", daemon=True)

    def prepare(self) -> None:
        """Start the process that is to hold the dataset, which loads its modules meanwhile."""
        self.zygotes.prepare()

    def start(self) -> None:
        """Make the dataset ready; raises OSError where it cannot be read or written."""
        source = self.settings.source
        self.prepare()
        if self.follower is not None:
            self.zygotes.source, self.zygotes.version = self.follower.fetch()
        elif self.writers is not None:
            self.writers.start()
            self.zygotes.source, self.zygotes.version = self.writers.source, self.writers.version
        elif source is not None:
            self.zygotes.source = Location(source, store=self.settings.store)
            self.zygotes.version = self.settings.version or version_of(source)
        self.zygotes.ensure()
        self._keeper.start()
        if self.follower is not None:
            apart(self._follow, self.follower)

    @property
    def dumps(self) -> Path | None:
        """The folder of the files for download of a remote store, None where none is served."""
        return self.follower.dumps if self.follower else None

    def line(self) -> socket.socket:
        """Return the front's end of a new line."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        peer = FrontPeer(ours)
        with self._changed:
            self._peers.append(peer)
        peer.tell(self._state())
        apart(self._serve, peer)
        return theirs

    def write(self, header: Header, body: bytes, require: Require | None = None) -> Change:
        """Have a worker find what a write changes, the writer keep it, and the readers see it.

        The stranger's text runs in a worker, on its own copy of the dataset, with the bounds of any
        question; only the delta comes near the store. One write at a time, so none is lost.
        """
        if self.writers is None:
            raise ForbiddenError("this server takes no writes")
        if not self._writing.acquire(timeout=self.settings.queue_time):
            raise OverloadedError("another write is under way")
        try:
            if self._closing.is_set():
                raise OverloadedError("the server is closing")
            return self._write(self.writers, header, body, require)
        finally:
            self._writing.release()

    def close(self) -> None:
        """Finish the write that is under way, and end every child and line."""
        self._closing.set()
        with self._writing:
            if self.writers is not None:
                self.writers.close()
        for peer in self._peers:
            peer.cut_off()
        if self._keeper.is_alive():
            self._keeper.join()
        self.zygotes.close()
        if self.follower is not None:
            self.follower.close()

    def _write(
        self, writers: WriterSupervisor, header: Header, body: bytes, require: Require | None
    ) -> Change:
        """Make a write; the lock of writes is held."""
        end = time.monotonic() + self.settings.write_deadline
        with self._timed("found"):
            self._catch_up(writers)
            answer, lines = self._find(header, body)
        if require is not None:
            require(str(answer["state"]), bool(answer["existed"]))
        delta = Delta.of(answer, lines)
        if delta:
            with self._timed("kept"):
                writers.write(delta, end, self._read())
            with self._timed("followed"), contextlib.suppress(OSError):
                self.zygotes.apply(delta, writers.source, writers.version)  # or a fork starts one
            with self._timed("shown"):
                self._show()
            self.writes += 1
        return Change.of(self.zygotes.version, answer)

    @contextlib.contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        """Count the seconds of a stage of a write."""
        start = time.monotonic()
        yield
        self.stages[stage] += time.monotonic() - start

    def _catch_up(self, writers: WriterSupervisor) -> None:
        """Show the readers what a writer published that died before it could say so."""
        writers.ensure()
        if writers.version != self.zygotes.version:
            with contextlib.suppress(OSError):
                self.zygotes.replace(writers.source, writers.version)
            self._show()

    def _find(self, header: Header, body: bytes) -> Message:
        """Return what a write changes; one that needs memory waits for it as others in a queue."""
        try:
            return self._ask(header, body)
        except OnDiskError:
            if not self.zygotes.settle(self.settings.queue_time):
                raise OverloadedError("the dataset is still being loaded") from None
            return self._ask(header, body)

    def _ask(self, header: Header, body: bytes) -> Message:
        """Return the answer of a worker of its own, which ends after it."""
        seconds = self.settings.write_deadline
        until = time.monotonic() + seconds
        forked = self.zygotes.fork()
        try:
            with socket.socket(fileno=forked.sock) as sock:
                send(sock, {**header, "deadline": seconds}, body, until)
                answer, lines = receive(sock, self.settings.max_delta, until)
        except TimeoutError:
            raise forked.lateness(seconds) from None
        except OSError:
            raise forked.death() from None
        finally:
            forked.kill()
            forked.close()
        if (error := wire.error_of(answer)) is not None:
            raise error
        return answer, lines

    def _read(self) -> set[str]:
        """Return the versions that are read, or may be."""
        with self._changed:
            read = set().union(*(peer.read for peer in self._peers))
        return read | {self.zygotes.version, self.zygotes.loading}

    def _state(self) -> Told:
        """Return what fronts are told of the dataset."""
        zygotes = self.zygotes
        return {
            "version": zygotes.version,
            "epoch": zygotes.epoch,
            "in_memory": zygotes.in_memory,
            "fault": self.follower.fault if self.follower else "",
            "answered": self.follower.answered if self.follower else True,
        }

    def _show(self) -> None:
        """Have every front show the dataset of now; one that does not in time is cut off."""
        state = self._state()
        with self._changed:
            peers = list(self._peers)
        for peer in peers:
            peer.tell(state)
        with self._changed:
            self._changed.wait_for(
                lambda: all(p.seen >= state["epoch"] for p in peers if p in self._peers), SEEN_TIME
            )
            for peer in self._peers:
                if peer in peers and peer.seen < state["epoch"]:
                    peer.cut_off()

    def _keep(self) -> None:
        """Keep a zygote, and have it in memory where it began on disk."""
        loader: threading.Thread | None = None
        while not self._closing.wait(WATCH):
            if self.zygotes.interim and (loader is None or not loader.is_alive()):
                loader = threading.Thread(target=self._load, name="loader", daemon=True)
                loader.start()
            with contextlib.suppress(OSError):
                self.zygotes.ensure()

    def _follow(self, follower: Follower) -> None:
        """Have readers see what a remote store holds when it has another version."""
        while not self._closing.wait(self.settings.store_poll):
            before = follower.fault, follower.answered
            if (moved := follower.look(self.zygotes.version)) is not None:
                with contextlib.suppress(OSError):
                    self.zygotes.move(*moved)
            if moved is not None or before != (follower.fault, follower.answered):
                self._show()

    def _load(self) -> None:
        """Exchange workers that read from disk for workers that read from memory."""
        with contextlib.suppress(OSError):
            if self.zygotes.load():
                self._show()
                self.zygotes.settled()

    def _serve(self, peer: FrontPeer) -> None:
        """Obey one front until it is gone."""
        with contextlib.suppress(OSError, ValueError), peer.sock:
            while True:
                told, descriptors = hear(peer.sock)
                self._obey(peer, told, descriptors)
        with self._changed:
            self._peers.remove(peer)
            self._past.append(peer.counts)
            self._changed.notify_all()

    def _obey(self, peer: FrontPeer, told: Told, descriptors: list[int]) -> None:
        """Obey one order."""
        match told["order"]:
            case "fork":
                self._fork(peer, told["id"])
            case "write":
                apart(self._take, descriptors[0])
            case "seen":
                with self._changed:
                    peer.seen, peer.read = told["epoch"], set(told["read"])
                    self._changed.notify_all()
            case "counts":
                peer.counts = told["counts"]
                peer.counted.set()
            case "others":
                apart(self._tell_others, peer, told["id"])

    def _fork(self, peer: FrontPeer, number: int) -> None:
        """Give a front a new worker."""
        try:
            forked = self.zygotes.fork()
        except (OSError, TimeoutError) as error:
            peer.tell({"id": number, "failure": str(error)})
            return
        with self._changed:
            peer.read.add(forked.version)
        facts = {"pid": forked.pid, "version": forked.version, "epoch": forked.epoch}
        peer.tell({"id": number, **facts}, forked.descriptors)
        forked.hand_over()

    def _take(self, descriptor: int) -> None:
        """Make the write that a front talks about over a socket."""

        def require(state: str, existed: bool) -> None:
            send(sock, {"state": state, "existed": existed}, until=time.monotonic() + TALK_TIME)
            receive(sock, 0, time.monotonic() + TALK_TIME)

        with socket.socket(fileno=descriptor) as sock, contextlib.suppress(OSError):
            header, body = receive(sock, MAX_DELTA, time.monotonic() + TALK_TIME)
            try:
                change = self.write(header, body, require if header["asks"] else None)
                answer = {"change": asdict(change)}
            except CpecError as error:
                answer = wire.header_of(error)
            send(sock, answer, until=time.monotonic() + TALK_TIME)

    def _tell_others(self, peer: FrontPeer, number: int) -> None:
        """Tell a front what the others have counted, those that died included."""
        with self._changed:
            others = [one for one in self._peers if one is not peer]
        for other in others:
            other.counted.clear()
            other.tell({"ask": "counts"})
        until = time.monotonic() + COUNT_TIME
        for other in others:
            other.counted.wait(max(0, until - time.monotonic()))
        counts = [other.counts for other in others]
        peer.tell({"id": number, "others": [*counts, *self._past, self._counts()]})

    def _counts(self) -> Counts:
        """Return the counts of the supervisor itself."""
        return {
            "engine": {
                "zygote_starts": self.zygotes.starts,
                "writer_starts": self.writers.starts if self.writers else 0,
                "writes": self.writes,
                **{f"writes_{stage}_seconds": spent for stage, spent in self.stages.items()},
            }
        }


def apart(work: Callable[P, None], *args: P.args, **named: P.kwargs) -> None:
    """Have something done in a thread of its own."""
    threading.Thread(target=work, args=args, kwargs=named, daemon=True).start()


def version_of(source: Path) -> str:
    """Return the name of the dataset of a source: the hash of a file, the name of a directory."""
    if source.is_dir():
        return source.resolve().name
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]
