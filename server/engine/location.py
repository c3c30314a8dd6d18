"""The location of a dataset on disk, and the reading of its quads.

Workers read a store on disk until the dataset is in memory, or for good.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import IO, Final, NoReturn, cast

from pyoxigraph import NamedNode, Quad, RdfFormat, Store, parse

from server.engine.engine_settings import EngineSettings

OPEN: Final = "import sys, pyoxigraph as ox; store = ox.Store.read_only(sys.argv[1]); "
DUMP: Final = (
    "import signal; signal.signal(signal.SIGPIPE, signal.SIG_DFL); "
    + OPEN
    + "[print(graph) for graph in store.named_graphs()]; print(flush=True); "
    + "store.dump(sys.stdout.buffer, ox.RdfFormat.N_QUADS)"
)
"""Prints the named graphs, for N-Quads cannot name an empty one, and then the quads.

SIGPIPE ends it silently when its reader ends."""


@dataclass(frozen=True, slots=True)
class Location:
    """The path of an RDF file, or of the directory of a store on disk.

    It is `complete` if the engine wrote it: then its default graph is as the settings say. `store`
    is a store on disk with the quads of the file and their union.
    """

    path: Path
    complete: bool = False
    store: Path | None = None


def read_file(path: Path) -> Iterator[Quad]:
    """Yield the quads of a file."""
    return parse(path=path, format=format_of(path))


def read_store(path: Path, store: Store) -> Iterator[Quad]:
    """Create the named graphs of a store on disk in another store, and return its quads.

    Another process opens it, since RocksDB starts threads that never end.
    """
    dump = subprocess.Popen(  # noqa: S603 - our own interpreter and a path of our own
        [sys.executable, "-P", "-c", DUMP, str(path)], stdout=subprocess.PIPE
    )
    for line in takewhile(bytes.strip, cast("IO[bytes]", dump.stdout)):
        if line.startswith(b"<"):
            store.add_graph(NamedNode(line.strip()[1:-1].decode()))
    return parse_dump(dump, path)


def parse_dump(dump: subprocess.Popen[bytes], path: Path) -> Iterator[Quad]:
    """Yield the quads that a process writes; raises OSError if it fails."""
    with dump:
        yield from parse(dump.stdout, RdfFormat.N_QUADS)
    if dump.returncode:
        raise OSError(f"{path}: not a readable store")


def format_of(source: Path) -> RdfFormat:
    """Return the format that the suffix of a file names; raises ValueError."""
    form = RdfFormat.from_extension(source.suffix.removeprefix("."))
    if form is None:
        raise ValueError(f"{source.name}: the suffix names no RDF format")
    return form


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
    union = settings.union
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
