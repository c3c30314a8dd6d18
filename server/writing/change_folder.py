"""The folder of the change log: a file for each of the last writes, bounded in bytes.

    data_dir/changes/000000007-3f9c…    the delta of a write, synced before the write is published
    data_dir/changes/versions           the versions of the graphs whose last write was forgotten

The writer alone changes it. A front reads the writes up to the version that it sees.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from errno import ENOENT
from pathlib import Path
from typing import Final

from graph.publishing.change_log import ChangeLog, LoggedWrite, Version, write_time
from ontology.namespace import RETIRED_GRAPH
from server.engine.writing.delta import Delta
from server.engine.writing.store_folder import GENERATION_NAME, sync

FOLDER: Final = "changes"
START: Final = "versions"
MAX_WRITES: Final = 1000
"""The writes that are kept at most, whatever their size: the first page of the feed names each."""

KEPT_SHARE: Final = 0.75
"""The share of the bound that a full log keeps, so that not each write forgets another."""

MAX_VERSIONS: Final = 100_000
"""The graphs of forgotten writes whose versions are kept, tombstones among them."""


class ChangeFolder:
    """The change log of a data directory, of at most `limit` bytes; `current` is its version."""

    def __init__(self, data_dir: Path, limit: int, current: str) -> None:
        self._folder, self._limit = data_dir / FOLDER, limit
        self._last = ""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        for path in list_writes(self._folder):
            if path.name > current:  # it was never published
                path.unlink()
        self._begin(current)
        self._forget(limit, MAX_WRITES)
        start = read_start(self._folder)
        retired = start.versions.get(RETIRED_GRAPH) if start else None
        self.last_retirement = retired.name if retired else ""
        """The version of the last write that retired something, "" without one."""

    def append(self, name: str, delta: Delta) -> None:
        """Write the delta of the next version to the disk."""
        version = Version(name, self._next_time())
        path = self._folder / name
        write = LoggedWrite.from_quads(version, delta.removed, delta.added)
        path.write_bytes(replace(write, dropped=delta.dropped, created=delta.created).encode())
        sync(path)
        sync(self._folder)

    def forget_retired(self, version: str) -> None:
        """Forget the writes up to one that retired something: they tell what it was."""
        self._forget(self._limit, MAX_WRITES)
        self.last_retirement = version

    def prune(self) -> None:
        """Forget the oldest writes if there are too many, or too many bytes."""
        paths = list_writes(self._folder)
        if len(paths) > MAX_WRITES or sum(path.stat().st_size for path in paths) > self._limit:
            self._forget(int(self._limit * KEPT_SHARE), int(MAX_WRITES * KEPT_SHARE))

    def _begin(self, current: str) -> None:
        """Begin a new log unless the old one ends with the current version.

        A release without a log may have written, or `cpec migrate`; a backup may be older.
        """
        paths, start = list_writes(self._folder), read_start(self._folder)
        known = [read_write(path).version for path in paths[-1:]]
        if start is not None:
            known += [start.base, *start.versions.values()]
        self._last = max((version.created for version in known), default="")
        if start is None or max(version.name for version in known) != current:
            graphs = {graph for path in paths for graph in read_write(path).graphs}
            base = Version(current, self._next_time())
            graphs |= start.versions.keys() if start else set()
            self._write_start(ChangeLog(base, dict.fromkeys(graphs, base)))
            for path in paths:
                path.unlink()

    def _forget(self, limit: int, count: int) -> None:
        """Forget the oldest writes beyond a number of bytes, and beyond a number of writes.

        A write that retired something is forgotten with those before it.
        """
        paths, start = list_writes(self._folder), read_start(self._folder)
        sizes = [path.stat().st_size for path in paths]
        retiring = (n for n, path in enumerate(paths) if RETIRED_GRAPH in read_write(path).graphs)
        first = max(retiring, default=-1) + 1
        while sum(sizes[first:]) > limit or len(paths) - first > count:
            first += 1
        if not first or start is None:
            return
        versions = dict(start.versions)
        for path in paths[:first]:
            write = read_write(path)
            versions |= dict.fromkeys(write.graphs, write.version)
        latest = sorted(versions.items(), key=lambda item: item[1].created)[-MAX_VERSIONS:]
        self._write_start(replace(start, versions=dict(latest)))
        for path in paths[:first]:
            path.unlink()

    def _next_time(self) -> str:
        """Return the present time, or the next microsecond if the last write has a later time."""
        now = datetime.now(UTC)
        if self._last:
            now = max(now, datetime.fromisoformat(self._last) + timedelta(microseconds=1))
        self._last = write_time(now)
        return self._last

    def _write_start(self, start: ChangeLog) -> None:
        """Replace the log without writes, in one step."""
        draft = self._folder / "next"
        draft.write_bytes(start.encode())
        sync(draft)
        draft.replace(self._folder / START)
        sync(self._folder)


def read_log(data_dir: Path, current: str, since: str | None) -> ChangeLog:
    """Return the log of a data directory up to the current version; raises OSError.

    Writes before the version `since`, None for all, are without quads. A write may be forgotten
    meanwhile: then its file is gone, or it is in the versions too, which are read last.
    """
    folder = data_dir / FOLDER
    writes = tuple(
        read_write(path, with_quads=since is not None and path.name >= since)
        for path in list_writes(folder)
        if path.name <= current
    )
    start = read_start(folder)
    if start is None:
        raise FileNotFoundError(ENOENT, "no change log yet", str(folder))
    return replace(start, writes=writes)


def list_writes(folder: Path) -> list[Path]:
    """Return the files of the writes, the oldest first."""
    return sorted(path for path in folder.iterdir() if GENERATION_NAME.fullmatch(path.name))


def read_start(folder: Path) -> ChangeLog | None:
    """Return the log without writes, None before the first start."""
    try:
        return ChangeLog.decode((folder / START).read_bytes())
    except FileNotFoundError:
        return None


def read_write(path: Path, *, with_quads: bool = False) -> LoggedWrite:
    """Return a logged write, without its quads unless they are asked for."""
    with path.open("rb") as file:
        head = file.readline()
        return LoggedWrite.decode(head, file.read() if with_quads else b"")
