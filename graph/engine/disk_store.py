"""The store on disk, which workers read until the dataset is in memory, or for good."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from pyoxigraph import Store

from graph.engine.engine_settings import EngineSettings
from graph.engine.location import Location


@dataclass(frozen=True, slots=True)
class DiskStore:
    """A store on disk for workers, `interim` if its dataset is also being loaded into memory."""

    path: Path
    interim: bool

    @classmethod
    def choose(cls, source: Location | None, settings: EngineSettings) -> DiskStore | None:
        """Return the store to read a dataset from, or None if it is quick to load into memory."""
        path = find_store(source, settings)
        size = 0 if path is None else store_size(path)
        if path is None or size <= min(settings.interim_above, settings.disk_above):
            return None
        return cls(path, interim=size <= settings.disk_above)


def find_store(source: Location | None, settings: EngineSettings) -> Path | None:
    """Return the store on disk with the default graph of the settings, or None."""
    union = settings.default_graph == "union"
    if source is None:
        return None
    if source.path.is_dir() and (source.complete or not union):
        return source.path
    return source.store if union else None


def store_size(store: Path) -> int:
    """Return the bytes of a store on disk, 0 if it does not exist."""
    return sum(file.stat().st_size for file in store.iterdir()) if store.is_dir() else 0


def check_store(store: Path) -> str:
    """Return the reason why a store on disk cannot be read, "" if it can.

    A fork opens it: RocksDB starts threads, and may crash on a damaged store.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        open_and_exit(store, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as messages:
        words = messages.read().decode(errors="replace")
    _, status = os.waitpid(pid, 0)
    return words or ("the engine crashed on it" if status else "")


def open_and_exit(store: Path, writing: int) -> NoReturn:  # pragma: no cover - in a fork
    """Open a store, write its error to a pipe if it has one, and exit."""
    status = 1
    try:
        Store.read_only(str(store))
        status = 0
    except (OSError, RuntimeError, ValueError) as error:
        os.write(writing, str(error).encode())
    finally:
        os._exit(status)
