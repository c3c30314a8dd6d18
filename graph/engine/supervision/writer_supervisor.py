"""The supervisor of the writer: it sends deltas to it, and replaces it when it dies."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Final

from graph.engine.child import Child
from graph.engine.engine_settings import EngineSettings
from graph.engine.framing import Header, receive, send
from graph.engine.location import Location
from graph.engine.writing.delta import Delta
from graph.engine.writing.generation import current_generation, lock_directory, next_version
from graph.errors import DeadlineError, EngineError

LOG: Final = logging.getLogger(__name__)
"""The log in which the operator reads why a write failed."""

MAX_WRITERS: Final = 4
"""The writers that may die of one write, before the write is refused."""


class WriterSupervisor:
    """One living writer, and the lock of the data directory, released by `close`.

    Its caller makes one write at a time.
    """

    def __init__(self, settings: EngineSettings, data_dir: Path) -> None:
        self._settings = settings
        self._data_dir = data_dir
        self._lock = lock_directory(data_dir)
        self._child: Child | None = None
        self.version = ""
        self.starts = 0

    @property
    def source(self) -> Location:
        """The newest generation."""
        return Location(current_generation(self._data_dir), complete=True)

    @property
    def pid(self) -> int | None:
        """The process of the writer."""
        return self._child.pid if self._child else None

    def start(self) -> None:
        """Start a writer; raises OSError if the data directory cannot be written."""
        self.end()
        child = Child("graph.engine.writing.writer", self._lock.fileno())
        self.starts += 1
        order = replace(self._settings, data_dir=self._data_dir).as_json()
        self.version = str(child.begin(order)["version"])
        self._child = child

    def ensure(self) -> None:
        """Start a writer unless one lives; raises EngineError if it cannot start."""
        if self._child is None or not self._child.alive():
            try:
                self.start()
            except OSError as error:
                raise EngineError(f"nothing was written: {error}") from error

    def write(self, delta: Delta, until: float, in_use: Collection[str] = ()) -> str:
        """Return the version with the delta, once it is on disk.

        The versions `in_use` stay on disk. A writer that dies is replaced, and the next one gets
        the delta unless the dead one had published it. Raises DeadlineError past the moment
        `until`, and EngineError if the disk is full or MAX_WRITERS died.
        """
        version = next_version(self.version)
        header, body = delta.encode()
        header |= {"version": version, "in_use": list(in_use)}
        for _ in range(MAX_WRITERS):
            try:
                return self._write(header, body, until)
            except EngineError:
                self._replace()
                if self.version != version:
                    raise
            except OSError:
                self._replace()
            if self.version == version:
                return version
        raise EngineError("the writer failed; nothing was written")

    def _replace(self) -> None:
        """Kill the writer and start another, and read the published version from the disk."""
        if self._child is not None:
            self._child.kill()
        with contextlib.suppress(OSError):
            self.start()
        with contextlib.suppress(OSError):
            self.version = current_generation(self._data_dir).name

    def end(self) -> None:
        """End the writer, which first finishes the write under way."""
        if self._child is not None:
            self._child.end()
            self._child = None

    def close(self) -> None:
        """End the writer, and release the data directory."""
        self.end()
        self._lock.close()

    def _write(self, header: Header, body: bytes, until: float) -> str:
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
        return self.version
