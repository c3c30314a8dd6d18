"""The server's end of the writer: it hands over deltas, and starts another writer when one dies."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Collection
from pathlib import Path
from typing import Final

from graph.engine.child import Child
from graph.engine.engine_settings import EngineSettings
from graph.engine.framing import Header, receive, send
from graph.engine.location import Location
from graph.engine.writing.delta import Delta
from graph.engine.writing.generation import current, hold, next_version
from graph.errors import DeadlineError, EngineError

LOG: Final = logging.getLogger(__name__)
"""Where whoever runs the server reads why a write failed; the standard error, if nothing else."""

WRITERS: Final = 4
"""The writers that may die of one write, before it is taken for what kills them."""


class WriterSupervisor:
    """One living writer, and the lock of the data directory, held until `close`.

    Its caller sees to it that one write is under way at a time.
    """

    def __init__(self, settings: EngineSettings, data_dir: Path) -> None:
        self._settings = settings
        self._data_dir = data_dir
        self._lock = hold(data_dir)
        self._child: Child | None = None
        self.version = ""
        self.starts = 0

    @property
    def source(self) -> Location:
        """The newest generation."""
        return Location(current(self._data_dir), complete=True)

    @property
    def pid(self) -> int | None:
        """The process of the writer."""
        return self._child.process.pid if self._child else None

    def start(self) -> None:
        """Start a writer; raises OSError where the data directory cannot be written."""
        self.end()
        settings = self._settings
        child = Child("graph.engine.writing.writer", self._lock.fileno())
        self.starts += 1
        order = {
            "data_dir": str(self._data_dir),
            "source": str(settings.source) if settings.source else None,
            "store": str(settings.store) if settings.store else None,
            "union": settings.default_graph == "union",
        }
        self.version = str(child.greet(order)["version"])
        self._child = child

    def ensure(self) -> None:
        """Start a writer where there is none that lives; raises EngineError where none can be."""
        if self._child is None or not self._child.alive():
            try:
                self.start()
            except OSError as error:
                raise EngineError(f"nothing was written: {error}") from error

    def write(self, delta: Delta, until: float, read: Collection[str] = ()) -> str:
        """Return the version that holds the delta, once it is on disk.

        The versions that are still `read` stay on disk. A writer that died on the way is replaced,
        and the next is asked if it had not published. Raises DeadlineError past the moment
        `until`, and EngineError where it cannot be written, as on a full disk, or too many died.
        """
        wanted = next_version(self.version)
        header, body = delta.message()
        header |= {"version": wanted, "read": list(read)}
        for _ in range(WRITERS):
            try:
                return self._write(header, body, until)
            except EngineError:
                self._replace()
                if self.version != wanted:
                    raise
            except OSError:
                self._replace()
            if self.version == wanted:
                return wanted
        raise EngineError("the writer failed; nothing was written")

    def _replace(self) -> None:
        """Kill the writer and start another, and note what was published."""
        if self._child is not None:
            self._child.process.kill()
        with contextlib.suppress(OSError):
            self.start()
        with contextlib.suppress(OSError):
            self.version = current(self._data_dir).name

    def end(self) -> None:
        """End the writer, which finishes the write that is under way."""
        if self._child is not None:
            self._child.end()
            self._child = None

    def close(self) -> None:
        """End the writer, and let another server have the data directory."""
        self.end()
        self._lock.close()

    def _write(self, header: Header, body: bytes, until: float) -> str:
        """Hand one delta over; raises DeadlineError, and EngineError where the writer says why."""
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
