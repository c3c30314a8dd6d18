"""A snapshot: everything that is known, written down once and served until the next one.

~/.cache/cpec-graph/.../              or where `--out` says
├── current -> 0123456789abcdef      replaced in one step, so a reader finds the old or the new
├── 0123456789abcdef/                named after the digest of what it was built from
│   ├── dumps/                       the graph as files for download
│   ├── graph.nq                     the named graphs, sorted: the same inputs, the same bytes
│   ├── store/                       the same for SPARQL, with their union as the default graph
│   └── manifest.json                the digest and the counts
└── fedcba9876543210/                the generation before, and those that a server holds
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from errno import EIO
from pathlib import Path
from typing import IO, Final, Protocol

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Quad,
    RdfFormat,
    Store,
    Triple,
    parse,
    serialize,
)

from graph.dataset import memory_store, with_union

GENERATION: Final = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot that has been written to a directory."""

    path: Path

    @property
    def quads_file(self) -> Path:
        """Return the N-Quads of all the named graphs."""
        return self.path / "graph.nq"

    @property
    def store(self) -> Path:
        """Return the store on disk, with their union as the default graph."""
        return self.path / "store"

    @property
    def version(self) -> str:
        """Return a name of what is in the file."""
        return str(self.manifest["sha256"])[:16]

    @property
    def dumps(self) -> Path:
        """Return the folder of the files for download."""
        return self.path / "dumps"

    @property
    def manifest(self) -> dict[str, str | int]:
        """Return the digest of the inputs, the counts, and the SHA-256 of the quads."""
        manifest: dict[str, str | int] = json.loads((self.path / "manifest.json").read_bytes())
        return manifest

    def hold(self) -> IO[bytes]:
        """Return an open file; until it is closed, no build throws the snapshot away."""
        manifest = (self.path / "manifest.json").open("rb")
        with suppress(OSError):  # some network file systems have no locks
            fcntl.flock(manifest, fcntl.LOCK_SH)
        return manifest

    @property
    def is_held(self) -> bool:
        """Return whether some process holds the snapshot."""
        try:
            with (self.path / "manifest.json").open("rb") as manifest:
                fcntl.flock(manifest, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:  # a snapshot without a manifest is damaged
            return False
        return False

    def require_whole(self) -> None:
        """Raise OSError unless the quads are those of which the manifest has the SHA-256."""
        try:
            said = str(self.manifest["sha256"])
        except (KeyError, TypeError, ValueError) as error:
            raise OSError(EIO, f"no manifest of a snapshot ({error!r})", str(self.path)) from None
        with self.quads_file.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != said:
            words = f"cut short, or another than its manifest says: SHA-256 {found}, not {said}"
            raise OSError(EIO, words, str(self.quads_file))

    def open(self) -> Store:
        """Return the store on disk, read-only; OSError where it is not one."""
        try:
            return Store.read_only(str(self.store))
        except RuntimeError as error:
            raise damaged(self.store, error) from None

    def load(self) -> Store:
        """Return the same in memory, where it answers faster."""
        return memory_store(self.quads())

    def quads(self) -> list[Quad]:
        """Return the quads of all the named graphs, in the order of the file; raises OSError."""
        try:
            return list(parse(path=self.quads_file, format=RdfFormat.N_QUADS))
        except (SyntaxError, ValueError) as error:
            raise damaged(self.quads_file, error) from None


def damaged(path: Path, error: Exception) -> OSError:
    """Return the error that says what of a snapshot cannot be read, and what helps."""
    return OSError(EIO, f"damaged; remove {path.parent} and build again ({error})", str(path))


def current(builds: Path) -> Snapshot | None:
    """Return the snapshot that is to be served, or None where none was built or it is damaged."""
    snapshot = Snapshot((builds / "current").resolve())
    try:
        return snapshot if "digest" in snapshot.manifest else None
    except (OSError, TypeError, ValueError):
        return None


class Download(Protocol):
    """A file for download: its name and its bytes."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def body(self) -> bytes:
        """Its bytes."""


def write_snapshot(
    builds: Path,
    quads: Iterable[Quad],
    manifest: dict[str, str | int],
    dumps: Iterable[Download] = (),
) -> Snapshot:
    """Write the quads and their dumps as the current snapshot, and return it.

    `manifest["digest"]` names the generation. Until everything is written, `current` stays.
    """
    builds.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=builds) as scratch:
        fresh = Snapshot(Path(scratch) / "snapshot")
        fresh.path.mkdir()
        lines = n_quads(canonicalise(quads))
        fresh.quads_file.write_bytes(lines)
        write_store(fresh.store, parse(lines, RdfFormat.N_QUADS))
        fresh.dumps.mkdir()
        for dump in dumps:
            (fresh.dumps / dump.name).write_bytes(dump.body)
        manifest = {**manifest, "sha256": hashlib.sha256(lines).hexdigest()}
        text = json.dumps(manifest, indent=2, sort_keys=True) + "\n"
        (fresh.path / "manifest.json").write_text(text, "utf-8")
        generation = builds / str(manifest["digest"])[:16]
        with alone(builds):
            replace(generation, fresh, Path(scratch) / "replaced")
            previous = current(builds)
            point(builds, generation)
            prune(builds, {generation.name, previous.path.name if previous else ""})
    return Snapshot(generation.resolve())


@contextmanager
def alone(builds: Path) -> Iterator[None]:
    """Change the folder in this block while no other build does."""
    folder = os.open(builds, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems have no locks
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def replace(generation: Path, fresh: Snapshot, old: Path) -> None:
    """Put a snapshot in the place of a generation that is not the same, which goes to `old`."""
    if not same(Snapshot(generation), fresh):
        if generation.exists():
            generation.rename(old)
        fresh.path.rename(generation)


def canonicalise(quads: Iterable[Quad]) -> list[Quad]:
    """Return the quads, each once, with their blank nodes named after RDFC-1.0.

    The names follow from the quads that have blank nodes; the others, nearly all, are left as they
    are. https://www.w3.org/TR/rdf-canon/
    """
    named: list[Quad] = []
    nameless = Dataset()
    for quad in dict.fromkeys(quads):
        if may_have_blank_node(quad):
            nameless.add(quad)
        else:
            named.append(quad)
    nameless.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return [*named, *nameless]


def may_have_blank_node(quad: Quad) -> bool:
    """Return whether a quad names a blank node, or a triple, which may."""
    return (
        isinstance(quad.subject, BlankNode)
        or isinstance(quad.object, BlankNode | Triple)
        or isinstance(quad.graph_name, BlankNode)
    )


def n_quads(quads: Iterable[Quad]) -> bytes:
    """Return the quads as N-Quads, its lines sorted."""
    lines = serialize(quads, format=RdfFormat.N_QUADS) or b""
    return b"".join(sorted(lines.splitlines(keepends=True)))


def write_store(path: Path, quads: Iterable[Quad]) -> None:
    """Write a store with the quads and their union; sorted ones are written fastest."""
    store = Store(path)
    store.bulk_extend(with_union(quads))
    store.flush()


def same(old: Snapshot, new: Snapshot) -> bool:
    """Return whether two snapshots say the same, and the old one can still be opened."""
    try:
        old.open()
        return (
            old.quads_file.read_bytes() == new.quads_file.read_bytes()
            and old.manifest == new.manifest
            and contents(old.dumps) == contents(new.dumps)
        )
    except (OSError, ValueError):
        return False


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder by their names."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def point(builds: Path, generation: Path) -> None:
    """Make `current` point at a generation, in one step (rename(2) is atomic)."""
    link = builds / f".current-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(generation.name)
    link.replace(builds / "current")


def prune(builds: Path, kept: set[str]) -> None:
    """Remove the generations that are not kept, nor held."""
    for path in builds.iterdir():
        other = GENERATION.fullmatch(path.name) and path.name not in kept
        if other and not Snapshot(path).is_held:
            shutil.rmtree(path)
