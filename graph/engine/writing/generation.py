"""The writable store on disk: a working copy, and the generations that were published from it.

    data_dir/lock                        held by the server, and by its writer
    data_dir/default-graph               "union" or "own", as the store was filled
    data_dir/base                        the base of the IRIs that it was filled with
    data_dir/current                     a link to the newest generation: this is the truth
    data_dir/generations/000007-3f9c…    a checkpoint of the store, never changed
    data_dir/working/                    the store that writes go to; remade at each start
    data_dir/before-0.2.0/               the generation before `cpec migrate` to that version

A write is published by making a generation and repointing the link, both synced to the disk. What
was not published is forgotten: the working copy is made anew from the current generation.
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
"""How the name of the generation begins that was filled from the source."""

NAME: Final = re.compile(r"\d{9,}-[0-9a-f]{8}")
"""The name of a generation: what else lies beside them is not ours, and stays."""

TABLE: Final = ".sst"
"""The suffix of a table of the store, which is never changed once it is written."""

KEPT: Final = 2
"""The generations that are kept whoever reads them: the current one, and the one before."""


class Generations:
    """The data directory; who has its lock, or was started by who has, may write there."""

    def __init__(self, directory: Path, source: Location | None, *, union: bool) -> None:
        self.directory = directory
        self.union = union
        self._settings = {"default-graph": "union" if union else "own", "base": BASE}
        (directory / "generations").mkdir(parents=True, exist_ok=True)
        if self._is_new():
            self._fill(source)
        for name, value in self._settings.items():
            self._require(name, value)
        self.store = self._open()

    def _names(self) -> list[str]:
        """Return the names of the generations, the oldest first."""
        names = (path.name for path in (self.directory / "generations").iterdir())
        return sorted(name for name in names if NAME.fullmatch(name))

    @property
    def current(self) -> Path:
        """The newest generation."""
        return current(self.directory)

    @property
    def vocabulary(self) -> str | None:
        """The version of the vocabulary in the store, None where it has none."""
        graph = NamedNode(ONTOLOGY_GRAPH)
        return find_version(self.store.quads_for_pattern(NamedNode(ONTOLOGY), None, None, graph))

    def require_vocabulary(self) -> None:
        """Raise MigrationError where it was filled under another version of the vocabulary."""
        version = self.vocabulary
        if version not in {None, current_version()}:
            raise MigrationError(self.foreign(str(version)))

    def foreign(self, version: str) -> str:
        """Return that it was filled under another version of the vocabulary, and what to do."""
        advice = "no command of this release carries that over"
        if read_release(version) is not None:
            advice = f"`cpec migrate {self.directory}` carries it over (--dry-run says how)"
        return (
            f"{self.directory} was filled under version {version} of the vocabulary, and this "
            f"release has {current_version()}: {advice}; or serve it with the release that has "
            f"{version}"
        )

    def publish(self, version: str) -> None:
        """Make what the store holds now the current generation; returns when it is on disk."""
        self._checkpoint(self.store, version)

    def prune(self, read: Set[str]) -> None:
        """Remove the generations that are older than the last two and that nobody reads."""
        now, names = self.current.name, self._names()
        kept = {now, *read, *[name for name in names if name < now][1 - KEPT :]}
        for name in names:
            if name not in kept:
                shutil.rmtree(self.directory / "generations" / name, ignore_errors=True)

    def _require(self, name: str, value: str) -> None:
        """Raise ValueError where the store was filled with another value of a setting."""
        marker = self.directory / name
        if not marker.exists():
            marker.write_text(value, encoding="ascii")
        elif (found := marker.read_text(encoding="ascii")) != value:
            words = name.replace("-", " ")
            raise ValueError(
                f"{self.directory} was filled with the {words} {found}, not {value}; "
                "serve it with that, or name another directory"
            )

    def _is_new(self) -> bool:
        """Return whether nothing was published; raises ValueError where it was and is not found.

        A copy without its links has generations and none that is current: to fill it anew would
        throw away what was acknowledged.
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
        """Make the first generation from a source, whatever a start that failed has left."""
        for name in self._names():
            shutil.rmtree(self.directory / "generations" / name)
        for name, value in self._settings.items():
            (self.directory / name).write_text(value, encoding="ascii")
        store = self._copy_of(source) or self._read(source)
        self._checkpoint(store, next_version(None))

    def _copy_of(self, source: Location | None) -> Store | None:
        """Return the working copy, made by links to the store of a source; None where none can be.

        It holds what would be read, and is there at once however large it is.
        """
        if source is not None and source.store is not None and self.union:
            working = self._fresh()
            with contextlib.suppress(OSError, RuntimeError):
                Store.read_only(str(source.store)).backup(working)
                return Store(working)
        return None

    def _read(self, source: Location | None) -> Store:
        """Return the working copy with the quads of a source."""
        store = Store(self._fresh())
        if source is not None:
            store.bulk_extend(read(source, store, union=self.union))
        store.flush()
        return store

    def _open(self) -> Store:
        """Return the working copy, made anew by links to the current generation.

        A generation that was made and not published is removed: it will be made again.
        """
        for name in self._names():
            if name > self.current.name:
                shutil.rmtree(self.directory / "generations" / name)
        working = self._fresh()
        working.mkdir()
        for file in self.current.iterdir():
            if file.suffix == TABLE:
                (working / file.name).hardlink_to(file)
            else:
                shutil.copy2(file, working / file.name)
        return Store(working)

    def _fresh(self) -> Path:
        """Return the path of the working copy, with nothing there."""
        working = self.directory / "working"
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(working)
        return working

    def _checkpoint(self, store: Store, version: str) -> None:
        """Write a generation and point to it, each synced before the next step.

        RocksDB has synced the tables before its manifest names them, so they are not synced again.
        """
        generation = self.directory / "generations" / version
        store.backup(generation)
        for file in generation.iterdir():
            if file.suffix != TABLE:
                sync(file)
        sync(generation)
        sync(generation.parent)
        link = self.directory / "next"
        link.unlink(missing_ok=True)
        link.symlink_to(Path("generations") / version)
        link.replace(self.directory / "current")
        sync(self.directory)


def hold(directory: Path) -> TextIO:
    """Return the lock of a data directory: it is held until every copy of it is closed.

    A server holds it as long as it lives, and so does its writer, which may outlive it for a
    moment. Raises OSError where another server has it.
    """
    directory.mkdir(parents=True, exist_ok=True)
    lock = (directory / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise OSError(f"{directory} is in use by another server") from None
    return lock


def current(directory: Path) -> Path:
    """Return the newest generation of a data directory."""
    return (directory / "current").resolve(strict=True)


def next_version(version: str | None) -> str:
    """Return a name for the generation after one: its number, and letters never seen before."""
    number = 0 if version is None else int(version.partition("-")[0])
    return f"{number + 1:09d}-{secrets.token_hex(4)}"


def sync(path: Path) -> None:
    """Return when the file or directory is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
