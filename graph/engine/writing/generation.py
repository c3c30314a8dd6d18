"""The writable store on disk: a working copy, and the generations that were published from it.

    data_dir/lock                        held by the server, and by its writer
    data_dir/default-graph               "union" or "own", as the store was filled
    data_dir/base                        the base of the IRIs that it was filled with
    data_dir/current                     a link to the newest generation: this is the truth
    data_dir/generations/000007-3f9c…    a checkpoint of the store, never changed
    data_dir/working/                    the store that writes go to; remade at each start
    data_dir/before-0.2.0/               the generation before `cpec migrate` to that version

A write is published by a new generation and a link to it, both synced to the disk. A start discards
unpublished writes: it makes the working copy anew from the current generation.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Set
from pathlib import Path
from typing import Final, TextIO

from pyoxigraph import NamedNode, Store

from graph.engine.location import Location, read
from graph.errors import MigrationError
from ontology.namespace import BASE, ONTOLOGY_GRAPH
from ontology.release import ONTOLOGY, current_version, find_version, read_release

FIRST: Final = f"{1:09d}-"
"""The prefix of the first generation, which was filled from the source."""

GENERATION_NAME: Final = re.compile(r"\d{9,}-[0-9a-f]{8}")
"""The name of a generation; other files beside the generations are not ours, and stay."""

TABLE_SUFFIX: Final = ".sst"
"""The suffix of RocksDB's table files, which never change once they are written."""

MIN_GENERATIONS: Final = 2
"""The generations that are kept even if nobody reads them: the current and the previous."""


class Generations:
    """The data directory; only the process with its lock, or a child of that process, may write."""

    def __init__(self, directory: Path, source: Location | None, *, union: bool) -> None:
        self.directory = directory
        self.union = union
        self._settings = {"default-graph": "union" if union else "own", "base": BASE}
        (directory / "generations").mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._is_new():
            self._fill(source)
        for name, value in self._settings.items():
            self._require_setting(name, value)
        self.store = self._open()

    def _names(self) -> list[str]:
        """Return the names of the generations, the oldest first."""
        names = (path.name for path in (self.directory / "generations").iterdir())
        return sorted(name for name in names if GENERATION_NAME.fullmatch(name))

    @property
    def current(self) -> Path:
        """The newest generation."""
        return current_generation(self.directory)

    @property
    def vocabulary(self) -> str | None:
        """The version of the vocabulary in the store, None if it has none."""
        graph = NamedNode(ONTOLOGY_GRAPH)
        return find_version(self.store.quads_for_pattern(NamedNode(ONTOLOGY), None, None, graph))

    def require_vocabulary(self) -> None:
        """Raise MigrationError if the store was filled under another version of the vocabulary."""
        version = self.vocabulary
        if version not in {None, current_version()}:
            raise MigrationError(self.explain_version(str(version)))

    def explain_version(self, version: str) -> str:
        """Return the message about a store of another version of the vocabulary, with a remedy."""
        advice = "no command of this release carries that over"
        if read_release(version) is not None:
            advice = f"`cpec migrate {self.directory}` carries it over (--dry-run says how)"
        return (
            f"{self.directory} was filled under version {version} of the vocabulary, and this "
            f"release has {current_version()}: {advice}; or serve it with the release that has "
            f"{version}"
        )

    def publish(self, version: str) -> None:
        """Make the store's present contents the current generation, and wait for the disk."""
        self._checkpoint(self.store, version)

    def prune(self, in_use: Set[str]) -> None:
        """Remove the generations older than the last two, except those in use."""
        now, names = self.current.name, self._names()
        kept = {now, *in_use, *[name for name in names if name < now][1 - MIN_GENERATIONS :]}
        for name in names:
            if name not in kept:
                shutil.rmtree(self.directory / "generations" / name, ignore_errors=True)

    def _require_setting(self, name: str, value: str) -> None:
        """Raise ValueError where the store was filled with another value of a setting."""
        marker = self.directory / name
        if not marker.exists():
            marker.write_text(value, encoding="ascii")
        elif (stored := marker.read_text(encoding="ascii")) != value:
            words = name.replace("-", " ")
            raise ValueError(
                f"{self.directory} was filled with the {words} {stored}, not {value}; "
                f"serve it with {stored}, or name another directory"
            )

    def _is_new(self) -> bool:
        """Return whether nothing was published yet.

        Raises ValueError if generations exist and no link names the current one, as in a copy of
        the directory without its links: filling it anew would lose acknowledged writes.
        """
        link = self.directory / "current"
        if link.is_symlink() and link.exists():
            return False
        generations = self.directory / "generations"
        later = any(not name.startswith(FIRST) for name in self._names())
        if later or link.is_symlink() or link.exists():
            raise ValueError(f"{link} is no link to the newest of {generations}, as it has to be")
        return True

    def _fill(self, source: Location | None) -> None:
        """Make the first generation from a source; the remains of a failed start are removed."""
        for name in self._names():
            shutil.rmtree(self.directory / "generations" / name)
        for name, value in self._settings.items():
            (self.directory / name).write_text(value, encoding="ascii")
        store = self._link_store(source) or self._read(source)
        self._checkpoint(store, next_version(None))

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
            store.bulk_extend(read(source, store, union=self.union))
        store.flush()
        return store

    def _open(self) -> Store:
        """Return the working copy, made anew of links to the current generation.

        Generations that were never published are removed.
        """
        for name in self._names():
            if name > self.current.name:
                shutil.rmtree(self.directory / "generations" / name)
        working = self._clear_working()
        working.mkdir(mode=0o700)
        for file in self.current.iterdir():
            if file.suffix == TABLE_SUFFIX:
                (working / file.name).hardlink_to(file)
            else:
                shutil.copy2(file, working / file.name)
        return Store(working)

    def _clear_working(self) -> Path:
        """Remove the working copy, and return its path."""
        working = self.directory / "working"
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(working)
        return working

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
        link = self.directory / "next"
        link.unlink(missing_ok=True)
        link.symlink_to(Path("generations") / version)
        link.replace(self.directory / "current")
        sync(self.directory)


def lock_directory(directory: Path) -> TextIO:
    """Return the lock of a data directory, which lasts until every copy of it is closed.

    The server keeps a copy, and so does its writer, which may outlive the server for a moment.
    Raises OSError if another server has the lock.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = (directory / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise OSError(f"{directory} is in use by another server") from None
    return lock


def current_generation(directory: Path) -> Path:
    """Return the newest generation of a data directory."""
    return (directory / "current").resolve(strict=True)


def next_version(version: str | None) -> str:
    """Return a name for the generation after a version: the next number, and random digits."""
    number = 0 if version is None else int(version.partition("-")[0])
    return f"{number + 1:09d}-{secrets.token_hex(4)}"


def sync(path: Path) -> None:
    """Wait until a file or directory is on the disk (fsync(2))."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
