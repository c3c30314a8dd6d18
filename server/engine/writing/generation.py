"""The writable store on disk: a working copy, and the generations that were published from it.

    data_dir/default-graph               "union" or "own", as the store was filled
    data_dir/base                        the base of the IRIs that it was filled with
    data_dir/current                     a link to the newest generation: this is the truth
    data_dir/generations/000007-3f9c…    a checkpoint of the store, never changed
    data_dir/working/                    the store that writes go to; remade at each start
    data_dir/before-0.4.0/               the generation before `cpec migrate` to that version

store_folder.py has the identity of the store, and its lock.

A write is published by a new generation and a link to it, both synced to the disk. A start discards
unpublished writes: it makes the working copy anew from the current generation.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterable, Set
from pathlib import Path
from typing import Final

from pyoxigraph import Quad, Store

from server.engine.location import Location
from server.engine.writing.store_folder import (
    current_generation,
    list_generations,
    next_version,
    sync,
    write_synced,
)

SETTINGS: Final = ("default-graph", "base")
"""The files with what a store was filled for."""

TABLE_SUFFIX: Final = ".sst"
"""The suffix of RocksDB's table files, which never change once they are written."""

MIN_GENERATIONS: Final = 2
"""The generations that are kept even if nobody reads them: the current and the previous."""


ReadSource = Callable[[Location, Store], Iterable[Quad]]
"""Returns the quads of a source, after it has created its named graphs in a store."""


class Generations:
    """The data directory; only the process with its lock, or a child of that process, may write."""

    def __init__(
        self,
        directory: Path,
        source: Location | None = None,
        *,
        settings: dict[str, str],
        read: ReadSource,
        new: bool = False,
    ) -> None:
        """Open a store that was filled under some SETTINGS, a `new` one after it was filled.

        Raises ValueError if no link names the current generation, as in a copy of the directory
        without its links, or if the store was filled with other settings.
        """
        self.directory = directory
        self.union = settings["default-graph"] == "union"
        self._settings = settings
        self._read_source = read
        if new:
            self._fill(source)
        link = directory / "current"
        if not (link.is_symlink() and link.exists()):
            within = directory / "generations"
            raise ValueError(f"{link} is no link to the newest of {within}, as it has to be")
        for name, value in self._settings.items():
            self._require_setting(name, value)
        self.store = self._open()

    @property
    def current(self) -> Path:
        """The newest generation."""
        return current_generation(self.directory)

    def publish(self, version: str) -> None:
        """Make the store's present contents the current generation, and wait for the disk."""
        self._checkpoint(self.store, version)

    def publish_anew(self, version: str) -> None:
        """Publish the store's present contents, in files without the words of removed quads.

        RocksDB and pyoxigraph keep them otherwise. It takes as long as filling the store.
        """
        self._working = self.directory / f"working-{version}"
        anew = Store(self._working)  # at another path: RocksDB closes the present store in a while
        for graph in self.store.named_graphs():
            anew.add_graph(graph)
        anew.bulk_extend(self.store)
        anew.flush()
        self._checkpoint(anew, version)
        self.store = anew

    def prune(self, in_use: Set[str], start: str = "") -> None:
        """Remove the generations older than the last two, except those in use.

        Nothing of before the version `start` is kept, also of before a migration.
        """
        now, names = self.current.name, list_generations(self.directory)
        before = [name for name in names if start <= name < now]
        kept = {now, *in_use, *before[1 - MIN_GENERATIONS :]}
        for name in names:
            if name not in kept:
                shutil.rmtree(self.directory / "generations" / name, ignore_errors=True)
        for path in self.directory.glob("before-*/*"):
            if path.name < start:
                shutil.rmtree(path, ignore_errors=True)
        for path in self.directory.glob("working*"):
            if path != self._working:
                shutil.rmtree(path, ignore_errors=True)

    def _require_setting(self, name: str, value: str) -> None:
        """Raise ValueError where the store was filled with another value of a setting."""
        marker = self.directory / name
        if not marker.exists():
            write_synced(marker, value)
        elif (stored := marker.read_text(encoding="ascii")) != value:
            words = name.replace("-", " ")
            raise ValueError(
                f"{self.directory} was filled with the {words} {stored}, not {value}; "
                f"serve it with {stored}, or name another directory"
            )

    def _fill(self, source: Location | None) -> None:
        """Make the first generation from a source; the remains of a failed start are removed."""
        for name in list_generations(self.directory):
            shutil.rmtree(self.directory / "generations" / name)
        (self.directory / "generations").mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, value in self._settings.items():
            write_synced(self.directory / name, value)
        store = self._link_store(source) or self._read(source)
        self._checkpoint(store, next_version(""))

    def _link_store(self, source: Location | None) -> Store | None:
        """Return the working copy, made of links to the store of a source; None if that fails.

        It equals the store that `_read` would fill, and takes no time, however large it is.
        """
        if source is not None and source.store is not None and self.union:
            working = self._clear_working()
            with contextlib.suppress(OSError, RuntimeError):
                Store.read_only(str(source.store)).backup(working)
                return Store(working)
        return None

    def _read(self, source: Location | None) -> Store:
        """Return the working copy with the quads of a source."""
        store = Store(self._clear_working())
        if source is not None:
            store.bulk_extend(self._read_source(source, store))
        store.flush()
        return store

    def _open(self) -> Store:
        """Return the working copy, made anew of links to the current generation.

        Generations that were never published are removed.
        """
        for name in list_generations(self.directory):
            if name > self.current.name:
                shutil.rmtree(self.directory / "generations" / name)
        working = self._clear_working()
        link_generation(self.current, working)
        return Store(working)

    def _clear_working(self) -> Path:
        """Remove all working copies, and return the path of the next."""
        for path in self.directory.glob("working*"):
            shutil.rmtree(path)
        self._working = self.directory / "working"
        return self._working

    def _checkpoint(self, store: Store, version: str) -> None:
        """Write a generation and link `current` to it; each is synced before the next step.

        RocksDB syncs a table before its manifest names it, so the tables are not synced again.
        """
        generation = self.directory / "generations" / version
        store.backup(generation)
        for file in generation.iterdir():
            if file.suffix != TABLE_SUFFIX:
                sync(file)
        sync(generation)
        sync(generation.parent)
        link_current(self.directory, version)


def link_generation(generation: Path, copy: Path) -> None:
    """Make a new copy of a generation in the same file system: its tables are links."""
    copy.mkdir(mode=0o700)
    for file in generation.iterdir():
        if file.suffix == TABLE_SUFFIX:
            (copy / file.name).hardlink_to(file)
        else:
            shutil.copy2(file, copy / file.name)


def link_current(directory: Path, version: str) -> None:
    """Make a generation the current one, and wait for the disk."""
    link = directory / "next"
    link.unlink(missing_ok=True)
    link.symlink_to(Path("generations") / version)
    link.replace(directory / "current")
    sync(directory)
