"""The change log: the last writes of a dataset, and the versions of the graphs beside them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from heapq import merge
from itertools import groupby, repeat
from operator import itemgetter
from pathlib import Path
from typing import Final, Self

from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from graph.dataset import move_to_named
from graph.snapshot import GENERATION, REMOVAL, Snapshot

MAX_COMPARED_BYTES: Final = 256 << 20
"""The bytes of N-Quads of two snapshots up to which they are compared: it takes a few seconds."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the dataset: its name, and its time as an `xsd:dateTime`."""

    name: str
    created: str


@dataclass(frozen=True, slots=True)
class LoggedWrite:
    """A write: its version, its graphs, and its quads removed and added, as N-Quads.

    `dropped` and `created` are the graphs that were removed and made, empty ones too.
    """

    version: Version
    graphs: tuple[str, ...]
    removed: bytes = b""
    added: bytes = b""
    dropped: tuple[str, ...] = ()
    created: tuple[str, ...] = ()

    @classmethod
    def from_quads(cls, version: Version, removed: bytes, added: bytes) -> Self:
        """Return the write that removes and adds quads."""
        graphs = {quad.graph_name for lines in (removed, added) for quad in read_quads(lines)}
        names = sorted(graph.value for graph in graphs if isinstance(graph, NamedNode))
        return cls(version, tuple(names), removed, added)

    @classmethod
    def decode(cls, head: bytes, quads: bytes | memoryview) -> Self:
        """Return the write of a line of JSON and of the quads, which other bytes may follow."""
        name, time, graphs, cut, end, *changed = json.loads(head)
        lines = bytes(quads[:cut]), bytes(quads[cut:end])
        return cls(Version(name, time), tuple(graphs), *lines, *map(tuple, changed))

    def encode(self) -> bytes:
        """Return a line of JSON, then the quads."""
        cut, end = len(self.removed), len(self.removed) + len(self.added)
        graphs = self.graphs, cut, end, self.dropped, self.created
        head = [self.version.name, self.version.created, *graphs]
        return json.dumps(head).encode() + b"\n" + self.removed + self.added


@dataclass(frozen=True, slots=True)
class ChangeLog:
    """The last writes, the oldest first, and the versions of the graphs that they do not change.

    `versions` has the graphs of earlier writes, whose quads are forgotten. A graph without triples
    is a tombstone there. Any other graph is as it was at the `base`.
    """

    base: Version
    versions: Mapping[str, Version] = field(default_factory=dict)
    writes: tuple[LoggedWrite, ...] = ()

    @property
    def oldest(self) -> str:
        """The name of the version before the first write: of the last change without quads."""
        return max(version.name for version in (self.base, *self.versions.values()))

    def list_writes_since(self, version: str) -> tuple[LoggedWrite, ...] | None:
        """Return the writes after a version, None for a version that they do not lead back to.

        A write that is forgotten while the log is read is the oldest version too.
        """
        names = [write.version.name for write in self.writes]
        first = names.index(self.oldest) + 1 if self.oldest in names else 0
        known = [self.oldest, *names[first:]]
        return self.writes[first + known.index(version) :] if version in known else None

    def encode(self) -> bytes:
        """Return the log as bytes."""
        versions = {graph: [v.name, v.created] for graph, v in self.versions.items()}
        head = json.dumps([[self.base.name, self.base.created], versions]).encode()
        return b"".join([head, b"\n", *(write.encode() for write in self.writes)])

    @classmethod
    def decode(cls, encoded: bytes) -> Self:
        """Return the log of bytes that `encode` made."""
        at = encoded.index(b"\n") + 1
        base, versions = json.loads(encoded[:at])
        writes = []
        while at < len(encoded):
            end = encoded.index(b"\n", at) + 1
            write = LoggedWrite.decode(encoded[at:end], memoryview(encoded)[end:])
            writes.append(write)
            at = end + len(write.removed) + len(write.added)
        named = {graph: Version(*version) for graph, version in versions.items()}
        return cls(Version(*base), named, tuple(writes))


def read_quads(lines: bytes) -> list[Quad]:
    """Return the quads of N-Quads, each in a named graph; blank nodes keep their labels."""
    return [move_to_named(quad) for quad in parse(lines, RdfFormat.N_QUADS)]


def compare_snapshots(snapshot: Snapshot) -> ChangeLog:
    """Return the log of a snapshot: the write that makes it of the one before in its folder.

    It has no write without an earlier one, or if both are too large to compare. A build may remove
    the earlier one meanwhile.
    """
    now, earlier = read_version(snapshot), find_earlier(snapshot)
    if earlier is not None:
        files = [earlier.quads_file, snapshot.quads_file]
        with suppress(OSError):
            if sum(file.stat().st_size for file in files) <= MAX_COMPARED_BYTES:
                with files[0].open("rb") as before, files[1].open("rb") as after:
                    write = LoggedWrite.from_quads(now, *compare_lines(before, after))
                return ChangeLog(read_version(earlier), {}, (write,))
    return ChangeLog(now)


def read_version(snapshot: Snapshot) -> Version:
    """Return the version of a snapshot, with the time of its manifest."""
    time = datetime.fromtimestamp(read_time(snapshot.manifest_file), UTC)
    return Version(snapshot.version, write_time(time))


def write_time(time: datetime) -> str:
    """Return a time as an `xsd:dateTime` of UTC, always with microseconds, so that text sorts."""
    return time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def find_earlier(snapshot: Snapshot) -> Snapshot | None:
    """Return the newest of the older snapshots in the folder of a snapshot, None without any.

    Those from before a removal on request do not count.
    """
    folder, end = snapshot.path.parent, read_time(snapshot.manifest_file)
    start = max(map(read_time, folder.glob(REMOVAL)), default=0.0)
    times = {
        read_time(path / snapshot.manifest_file.name): path
        for path in folder.iterdir()
        if GENERATION.fullmatch(path.name) and (path / snapshot.manifest_file.name).exists()
    }
    earlier = [time for time in times if start < time < end]
    return Snapshot(times[max(earlier)]) if earlier else None


def read_time(path: Path) -> float:
    """Return the time when a file was written, in Unix seconds."""
    return path.stat().st_mtime


def compare_lines(before: Iterable[bytes], after: Iterable[bytes]) -> tuple[bytes, bytes]:
    """Return the lines without a twin of two sorted texts, as one text for each."""
    alone: tuple[list[bytes], list[bytes]] = ([], [])
    sides = merge(zip(before, repeat(0)), zip(after, repeat(1)))
    for line, group in groupby(sides, itemgetter(0)):
        # both sides are sorted and have a line once: a line of both stands twice in a row
        holders = [side for _, side in group]
        if len(holders) == 1:
            alone[holders[0]].append(line)
    return b"".join(alone[0]), b"".join(alone[1])
