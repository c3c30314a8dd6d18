"""The supervisors of the writer, which is replaced when it dies, and of the dumper."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from graph.errors import DeadlineError, EngineError
from server.engine.child import Child
from server.engine.engine_settings import EngineSettings
from server.engine.framing import Header, receive, send
from server.engine.location import Location
from server.engine.writing.backup_note import list_backups
from server.engine.writing.delta import Delta
from server.engine.writing.key_journal import KeyJournal
from server.engine.writing.store_folder import Identity, StoreFolder, count_writes, list_dumped

RETRY_FACTOR: Final = 10
"""The pause after a dumper failed, as a multiple of the time that it took."""


class DumpSupervisor:
    """The dumper of a store: one version at a time, and none from before a removal.

    `version` is the one that it reads, "" without one.

    `begin` and `keep_only` are for the holder of the lock of writes; `finish` waits without it.
    """

    def __init__(self, settings: EngineSettings, folder: StoreFolder) -> None:
        self.version = ""
        self._settings = settings
        self._folder = folder
        self._child: Child | None = None
        self._idle = threading.Event()
        self._idle.set()
        self._began = self._retry_at = 0.0

    def begin(self, version: str) -> bool:
        """Start a dumper of a version, unless one runs or has just failed; return whether it did.

        Raises OSError.
        """
        self._began = time.monotonic()
        written = [folder.name for folder in list_dumped(self._folder.held)]
        if not self._idle.is_set() or version in written or self._began < self._retry_at:
            return False
        child = Child(self._settings.dumper, self._folder.descriptor)
        order = {"version": version, "memory": self._settings.memory_budget}
        self._idle.clear()
        self._child, self.version = child, version
        with suppress(OSError):  # a dumper that is gone does not answer either
            send(child.sock, order)
        return True

    def finish(self) -> None:
        """Wait until the dumper that was begun has ended."""
        assert self._child is not None  # noqa: S101 - it was begun
        fault = "it was ended"
        with suppress(OSError):
            fault = str(receive(self._child.sock, 0)[0].get("failure", ""))
        if fault:
            LOG.warning("the dumps of version %s were not written: %s", self.version, fault)
            end = time.monotonic()
            self._retry_at = end + RETRY_FACTOR * (end - self._began)
        self._child.end(0)
        self._child, self.version = None, ""
        self._idle.set()

    def keep_only(self, version: str) -> None:
        """Remove the dumps of all other versions, and end the dumper."""
        self.close()
        for folder in list_dumped(self._folder.held):
            if folder.name != version:
                shutil.rmtree(folder)

    def close(self) -> None:
        """End the dumper."""
        if (child := self._child) is not None:
            with suppress(OSError):  # it has ended
                child.kill()
        self._idle.wait()
        self._retry_at = 0.0


LOG: Final = logging.getLogger(__name__)
"""The log in which the operator reads why a write failed."""

MAX_WRITERS: Final = 4
"""The writers that may die of one write, before the write is refused."""


class WriterSupervisor:
    """One living writer, and the store that it writes to, held until `close`.

    Its caller makes one write at a time, after `open`.
    """

    keys: KeyJournal

    def __init__(self, settings: EngineSettings, data_dir: Path) -> None:
        """Hold the store; raises StoreError and OSError."""
        self._settings = settings
        self._folder = StoreFolder(data_dir, Identity() if settings.new else None)
        self.dumpers = DumpSupervisor(settings, self._folder)
        self._child: Child | None = None
        self._loss = ""
        """The reason why the store is lost for good, "" while it is there."""
        self.version = ""
        self.starts = 0

    @property
    def source(self) -> Location:
        """The newest generation."""
        return Location(self._folder.current, complete=True)

    @property
    def pid(self) -> int | None:
        """The process of the writer."""
        return self._child.pid if self._child else None

    def open(self) -> None:
        """Start the first writer, and read the keys; the dumps of older versions go.

        Raises OSError if the data directory cannot be written.
        """
        self.start()
        self.keys = KeyJournal(self._folder.held, self.version)
        self.dumpers.keep_only(self.version)

    def start(self) -> None:
        """Start a writer, the first of which fills a new store.

        Raises OSError if the data directory cannot be written.
        """
        self.end()
        folder = self._folder
        child = Child(self._settings.writer, folder.lock, folder.descriptor)
        self.starts += 1
        version = str(child.begin(self._settings.as_json())["version"])
        self._settings = replace(self._settings, new=False)
        self._child = child
        self._see(version)

    def require_store(self) -> None:
        """Raise EngineError if the store is no longer at its path, or once was not."""
        self._loss = self._loss or self._folder.find_loss()
        if self._loss:
            raise EngineError(
                f"{self._folder.path} no longer leads to the store of this server ({self._loss}), "
                "which takes no writes until it is started again with its store; a write that was "
                "under way may be in that"
            )

    def ensure(self) -> None:
        """Start a writer unless one lives; raises EngineError if it cannot start."""
        if self._child is None or not self._child.alive():
            try:
                self.start()
            except OSError as error:
                raise EngineError(f"nothing was written: {error}") from error

    def write(self, version: str, delta: Delta, until: float, in_use: Collection[str] = ()) -> None:
        """Publish a version with the delta; returns when it is on disk.

        The versions `in_use` stay on disk. A writer that dies is replaced, and the next one gets
        the delta unless the dead one had published it. Raises DeadlineError past the moment
        `until`, and EngineError if the disk is full or MAX_WRITERS died.
        """
        header, body = delta.encode()
        header |= {"version": version, "in_use": list(in_use)}
        for _ in range(MAX_WRITERS):
            try:
                self._write(header, body, until)
            except EngineError:
                self._replace()
                if self.version != version:
                    raise
            except OSError:
                self._replace()
            if self.version == version:
                return
        raise EngineError("the writer failed; nothing was written")

    def list_backups(self, articles: set[str]) -> list[str]:
        """Return the paths of the backups that hold one of these articles, by the store's notes.

        Raises EngineError if a note cannot be read, as one of another user.
        """
        held, path = str(self._folder.held), str(self._folder.path)
        try:
            return list_backups(self._folder.held, articles)
        except OSError as error:
            raise EngineError(f"nothing was written: {error}".replace(held, path)) from None

    def prune(self, in_use: Collection[str]) -> None:
        """Have the generations removed that are neither kept nor in use."""
        header, body = Delta().encode()
        order = {**header, "version": "", "in_use": list(in_use)}
        with suppress(OSError, EngineError):
            self._write(order, body, time.monotonic() + self._settings.write_deadline)

    def _replace(self) -> None:
        """Kill the writer and start another, and read the published version from the disk."""
        if self._child is not None:
            self._child.kill()
        with suppress(OSError):
            self.start()
        with suppress(OSError):
            self._see(self._folder.current.name)

    def _see(self, version: str) -> None:
        """Record the version of the store; raises OSError if it fell, so that writes are lost."""
        if version != self.version and count_writes(version) <= count_writes(self.version):
            self._loss = f"version {self.version} has become {version}"
            raise OSError(self._loss)
        self.version = version

    def end(self) -> None:
        """End the writer, which first finishes the write under way."""
        if self._child is not None:
            self._child.end()
            self._child = None

    def close(self) -> None:
        """End the dumper and the writer, and release the data directory."""
        self.dumpers.close()
        self.end()
        self._folder.close()

    def _write(self, header: Header, body: bytes, until: float) -> None:
        """Send one delta; raises DeadlineError, OSError, or the writer's EngineError."""
        if self._child is None:
            raise OSError("no writer")
        start = time.monotonic()
        try:
            send(self._child.sock, header, body, until)
            answer, _ = receive(self._child.sock, 0, until)
        except TimeoutError:
            raise DeadlineError(until - start) from None
        if "failure" in answer:
            LOG.error("the writer failed: %s", answer["failure"])
            raise EngineError(f"nothing was written: {answer['failure']}")
        self.version = str(answer["version"])
