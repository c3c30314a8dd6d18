"""The supervisor's end of the zygote: it starts one, has it fork, and replaces it when it dies."""

from __future__ import annotations

import contextlib
import logging
import threading
from typing import Final

from graph.engine.disk_store import DiskStore
from graph.engine.engine_settings import EngineSettings
from graph.engine.framing import PeerClosedError
from graph.engine.location import Location
from graph.engine.supervision.zygote_process import (
    NoRoomError,
    WorkerProcess,
    ZygoteProcess,
    first_order,
)
from graph.engine.writing.delta import Delta

LOG: Final = logging.getLogger(__name__)
"""Where whoever runs the server reads why a store on disk is not used."""

PATIENCE: Final = 1.0
"""The seconds that a zygote has to end by itself."""

STARTS: Final = 3
"""The zygotes that may die at their start, one after another, before that is an error."""


class ZygoteSupervisor:
    """One living zygote. Its methods may be called from any thread."""

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._child: ZygoteProcess | None = None
        self._spare: ZygoteProcess | None = None
        self._disk: DiskStore | None = None
        """How its workers read from disk, None where they read from memory."""
        self._closed = False
        self._settled = threading.Event()
        self._missed: list[Delta] | None = None
        """The writes since a load began, None where none is under way that could take them."""
        self.source: Location | None = None
        self.version = "empty"
        self.loading = ""
        """The version that is being loaded, or was last."""
        self.starts = 0
        self.epoch = 0
        """Told apart from the version: it also counts the move of a dataset into memory."""

    @property
    def pid(self) -> int | None:
        """The process of the zygote."""
        return self._child.process.pid if self._child else None

    def fork(self) -> WorkerProcess:
        """Return a new worker; starts a zygote where there is none that lives."""
        with self._lock:
            try:
                return self._fork()
            except NoRoomError:
                raise
            except (OSError, TimeoutError):
                self._start()
                return self._fork()

    def ensure(self) -> None:
        """Start a zygote where there is none that lives, and a spare one for when it dies."""
        with self._lock:
            if self._child is None or not self._child.alive():
                self._start()
            self._prepare()

    def prepare(self) -> None:
        """Start an interpreter that waits to be a zygote, so that none waits for it."""
        with self._lock:
            self._prepare()

    @property
    def interim(self) -> bool:
        """Whether the dataset is yet to be loaded into memory."""
        return self._disk is not None and self._disk.interim

    @property
    def in_memory(self) -> bool:
        """Whether new workers read from memory, and not from disk."""
        return self._disk is None

    def load(self) -> bool:
        """Start a zygote that holds the dataset in memory, and return whether it now rules.

        What is written meanwhile is told to the new zygote before it rules.
        """
        with self._lock:
            order = first_order(self._settings, self.source, None)
            self._missed, self.loading = [], self.version
            child, self._spare = self._prepare(), None
        child.greet(order)
        with self._lock:
            missed, self._missed = self._missed, None
            try:
                if self._closed or missed is None:
                    raise InterruptedError("the dataset is another by now")
                for delta in missed:
                    self._tell(child, delta)
            except OSError:
                child.end(PATIENCE)
                return False
            self._stop()
            self._child, self._disk = child, None
            self.starts += 1
            self.epoch += 1
            return True

    def settled(self) -> None:
        """Take note that no idle worker reads from disk any more."""
        self._settled.set()

    def settle(self, timeout: float) -> bool:
        """Wait until the dataset is where it is meant to be, and return whether it is."""
        return self._settled.wait(timeout)

    def apply(self, delta: Delta, source: Location, version: str) -> None:
        """Bring the zygote to the next version, by the delta or else from its source."""
        with self._lock:
            self.source, self.version = source, version
            self.epoch += 1
            self._miss(delta)
            if self._child is not None and (self._disk or not self._is_beyond_memory()):
                with contextlib.suppress(OSError):
                    self._tell(self._child, Delta() if self._disk else delta)
                    return
            self._start()

    def replace(self, source: Location, version: str) -> None:
        """Start a zygote for another source."""
        with self._lock:
            self.source, self.version = source, version
            self.epoch += 1
            self._missed = None
            self._start()

    def move(self, source: Location, version: str) -> None:
        """Have a zygote for another source rule, when it has loaded that; raises OSError."""
        with self._lock:
            child, self._spare = self._prepare(), None
        child.greet(first_order(self._settings, source, None))
        with self._lock:
            if self._closed:
                child.end(PATIENCE)
                return
            self._stop()
            self._child, self.source, self.version = child, source, version
            self.starts += 1
            self.epoch += 1

    def close(self) -> None:
        """End the zygote."""
        with self._lock:
            self._closed = True
            self._stop()
            if self._spare is not None:
                self._spare.end(PATIENCE)

    def _tell(self, child: ZygoteProcess, delta: Delta) -> None:
        """Tell a zygote of a write; returns when it has followed it."""
        child.tell(delta, self.source, self._settings.write_deadline)

    def _miss(self, delta: Delta) -> None:
        """Keep a write for the zygote that is being loaded, unless there are too many."""
        if self._missed is not None:
            self._missed.append(delta)
            if sum(map(len, self._missed)) > self._settings.max_delta:
                self._missed = None

    def _prepare(self) -> ZygoteProcess:
        """Return the spare, started where there is none that lives; raises OSError once closed."""
        if self._closed:
            raise PeerClosedError("the server is closing")
        if self._spare is None or not self._spare.alive():
            self._spare = ZygoteProcess()
        return self._spare

    def _is_beyond_memory(self) -> bool:
        """Return whether the dataset is too large for memory."""
        disk = DiskStore.of(self.source, self._settings)
        return disk is not None and not disk.interim

    def _fork(self) -> WorkerProcess:
        """Have the zygote fork."""
        if self._child is None:
            raise PeerClosedError("no zygote")
        return self._child.fork(self.version, self.epoch)

    def _start(self) -> None:
        """Start a zygote, and another where it dies before it has said a word."""
        for left in reversed(range(STARTS)):
            try:
                self._start_one(DiskStore.of(self.source, self._settings))
            except ConnectionError:
                if not left:
                    raise
            else:
                return

    def _start_one(self, disk: DiskStore | None) -> None:
        """Start a zygote in a fresh interpreter and wait until its workers can answer.

        Where loading takes long, workers read the store on disk until `load` has it in memory. A
        store that cannot be read is passed over.
        """
        self._stop()
        child, self._spare = self._prepare(), None
        self.starts += 1
        try:
            child.greet(first_order(self._settings, self.source, disk))
        except ConnectionError:
            raise
        except OSError as error:
            if disk is None:
                raise
            LOG.warning("%s is passed over, the dataset is loaded first: %s", disk.path, error)
            self._start_one(None)
            return
        self._child, self._disk = child, disk
        if disk is not None and disk.interim:
            self._settled.clear()
        else:
            self._settled.set()

    def _stop(self) -> None:
        """End the zygote that there is."""
        if self._child is not None:
            self._child.end(PATIENCE)
            self._child = None
