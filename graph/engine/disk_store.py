"""The store on disk: workers read it until the dataset is in memory, or where it never will be."""

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
    """How workers read from disk: which store, and whether only until its dataset is in memory.

    Then their answers pass: from memory the same rows may come in another order.
    """

    path: Path
    interim: bool

    @classmethod
    def of(cls, source: Location | None, settings: EngineSettings) -> DiskStore | None:
        """Return how a dataset is read from disk, or None where it is soon in memory."""
        path = store_of(source, settings)
        size = 0 if path is None else size_of(path)
        if path is None or size <= min(settings.interim_above, settings.disk_above):
            return None
        return cls(path, interim=size <= settings.disk_above)


def store_of(source: Location | None, settings: EngineSettings) -> Path | None:
    """Return the store on disk whose default graph is as the settings say, None without one."""
    union = settings.default_graph == "union"
    if source is None:
        return None
    if source.path.is_dir() and (source.complete or not union):
        return source.path
    return source.store if union else None


def size_of(store: Path) -> int:
    """Return the bytes of a store on disk, zero where there is none."""
    return sum(file.stat().st_size for file in store.iterdir()) if store.is_dir() else 0


def fault_of(store: Path) -> str:
    """Return why a store on disk cannot be read, "" where it can.

    A fork opens it: RocksDB starts threads, and a damaged store may crash it.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try_to_open(store, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as said:
        words = said.read().decode(errors="replace")
    _, status = os.waitpid(pid, 0)
    return words or ("the engine crashed on it" if status else "")


def try_to_open(store: Path, writing: int) -> NoReturn:  # pragma: no cover - it ends at once
    """Open a store, write what is wrong with it, and end."""
    status = 1
    try:
        Store.read_only(str(store))
        status = 0
    except (OSError, RuntimeError, ValueError) as error:
        os.write(writing, str(error).encode())
    finally:
        os._exit(status)
