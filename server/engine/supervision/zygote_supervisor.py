"""The supervisor of the zygote: it starts one, has it fork, and replaces it when it dies."""

from __future__ import annotations

import contextlib
import logging
import threading
from typing import Final

from server.engine.engine_settings import EngineSettings
from server.engine.framing import PeerClosedError
from server.engine.location import DiskStore, Location
from server.engine.supervision.register import Register
from server.engine.supervision.zygote_process import (
    NoRoomError,
    WorkerProcess,
    ZygoteProcess,
    first_order,
)
from server.engine.writing.delta import Delta

LOG: Final = logging.getLogger(__name__)
"""The log in which the operator reads why a store on disk is not used."""

EXIT_TIME: Final = 1.0
"""The seconds that a zygote has to exit by itself, before it is killed."""

MAX_STARTS: Final = 3
"""The zygotes in a row that may die at their start, before that is an error."""


class ZygoteSupervisor:
    """One living zygote, and the register of its dataset. Any thread may call its methods.

    The register advances while no worker can be forked, so no front has a worker of a version that
    the register does not show.
    """

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._child: ZygoteProcess | None = None
        self._disk: DiskStore | None = None
        """The store that its workers read on disk, None if they read from memory."""
        self._closed = False
        self.settled = threading.Event()
        self._missed: list[Delta] | None = None
        """The deltas since a load began, None if no load is under way that could apply them."""
        self.source: Location | None = None
        self.register = Register.create()
        self.loading = ""
        """The version of the present or last load."""
        self.starts = 0

    @property
    def pid(self) -> int | None:
        """The process of the zygote."""
        return self._child.pid if self._child else None

    @property
    def version(self) -> str:
        """The version of the dataset that new workers read."""
        return self.register.read().version

    def begin(self, source: Location | None, version: str) -> None:
        """Start the first zygote, for a version at its source; raises OSError."""
        self.source = source
        self.register.publish(version=version)
        self.ensure()

    def fork(self) -> WorkerProcess:
        """Return a new worker; starts a zygote unless one lives."""
        with self._lock:
            try:
                return self._fork()
            except NoRoomError:
                raise
            except (OSError, TimeoutError):
                self._start()
                return self._fork()

    def ensure(self) -> None:
        """Start a zygote unless one lives."""
        with self._lock:
            if self._child is None or not self._child.alive():
                self._start()

    @property
    def interim(self) -> bool:
        """Whether workers read from disk until the dataset is loaded."""
        return self._disk is not None and self._disk.interim

    def load(self) -> bool:
        """Replace the zygote by one with the dataset in memory; return whether that succeeded.

        The new zygote applies the writes since the load began before it takes over.
        """
        with self._lock:
            order = first_order(self._settings, self.source, None)
            self._missed, self.loading = [], self.version
            child = self._fork_zygote()
        child.begin(order)
        with self._lock:
            missed, self._missed = self._missed, None
            try:
                if self._closed or missed is None:
                    raise InterruptedError("the dataset was replaced")
                for delta in missed:
                    self._send_delta(child, delta)
            except OSError:
                child.end(EXIT_TIME)
                return False
            self._stop()
            self._child, self._disk = child, None
            self.starts += 1
            self._advance(self.version)
            self.settled.set()
            return True

    def apply(self, delta: Delta, source: Location, version: str) -> None:
        """Bring the zygote to the next version, by the delta or by a new start from the source."""
        with self._lock:
            self.source = source
            self._record_missed(delta)
            try:
                if self._child is not None and (self._disk or not self._is_beyond_memory()):
                    with contextlib.suppress(OSError):
                        self._send_delta(self._child, Delta() if self._disk else delta)
                        return
                self._start()
            finally:
                self._advance(version)

    def replace(self, source: Location, version: str) -> None:
        """End the zygote, and start one for another source."""
        with self._lock:
            self.source, self._missed = source, None
            try:
                self._start()
            finally:
                self._advance(version)

    def switch(self, source: Location, version: str) -> None:
        """Replace the zygote by one for another source, once that is loaded; raises OSError."""
        with self._lock:
            child = self._fork_zygote()
        child.begin(first_order(self._settings, source, None))
        with self._lock:
            if self._closed:
                child.end(EXIT_TIME)
                return
            self._stop()
            self._child, self.source = child, source
            self.starts += 1
            self._advance(version)

    def close(self) -> None:
        """End the zygote."""
        with self._lock:
            self._closed = True
            self._stop()
            self.register.close()

    def _advance(self, version: str) -> None:
        """Show new requests a version, which no worker from before reads."""
        epoch = self.register.read().epoch + 1
        self.register.publish(version=version, epoch=epoch, in_memory=self._disk is None)

    def _send_delta(self, child: ZygoteProcess, delta: Delta) -> None:
        """Have a zygote apply a delta."""
        child.apply(delta, self.source, self._settings.write_deadline)

    def _record_missed(self, delta: Delta) -> None:
        """Keep a delta for the zygote that is loading; past `max_delta` bytes the load fails."""
        if self._missed is not None:
            self._missed.append(delta)
            if sum(map(len, self._missed)) > self._settings.max_delta:
                self._missed = None

    def _fork_zygote(self) -> ZygoteProcess:
        """Return a new zygote, which waits for its first order; raises OSError once closed."""
        if self._closed:
            raise PeerClosedError("the server is closing")
        return ZygoteProcess(self._settings)

    def _is_beyond_memory(self) -> bool:
        """Return whether the dataset is too large for memory."""
        disk = DiskStore.choose(self.source, self._settings)
        return disk is not None and not disk.interim

    def _fork(self) -> WorkerProcess:
        """Return a worker of the present zygote; raises OSError."""
        if self._child is None:
            raise PeerClosedError("no zygote")
        state = self.register.read()
        return self._child.fork(state.version, state.epoch)

    def _start(self) -> None:
        """Start a zygote, and again if it dies before its first answer."""
        for left in reversed(range(MAX_STARTS)):
            try:
                self._start_zygote(DiskStore.choose(self.source, self._settings))
            except ConnectionError:
                if not left:
                    raise
            else:
                return

    def _start_zygote(self, disk: DiskStore | None) -> None:
        """Start a zygote and wait until it can fork workers.

        With a store on disk, workers read that until `load` has the dataset in memory. If the store
        cannot be read, the zygote loads the dataset first.
        """
        self._stop()
        child = self._fork_zygote()
        self.starts += 1
        try:
            child.begin(first_order(self._settings, self.source, disk))
        except ConnectionError:
            raise
        except OSError as error:
            if disk is None:
                raise
            LOG.warning("%s is passed over, the dataset is loaded first: %s", disk.path, error)
            self._start_zygote(None)
            return
        self._child, self._disk = child, disk
        self.register.publish(in_memory=disk is None)
        if disk is not None and disk.interim:
            self.settled.clear()
        else:
            self.settled.set()

    def _stop(self) -> None:
        """End the zygote, if there is one."""
        if self._child is not None:
            self._child.end(EXIT_TIME)
            self._child = None
