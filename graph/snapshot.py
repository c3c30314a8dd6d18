"""A snapshot: everything that is known, written down once and served until the next one.

~/.cache/cpec-graph/.../              or where `--out` says
├── current -> 0123456789abcdef      replaced in one step, so a reader finds the old or the new
├── 0123456789abcdef/                named after the SHA-256 of its graph.nq
│   ├── dumps/                       the graph as files for download
│   ├── graph.nq                     the named graphs, sorted: the same inputs, the same bytes
│   ├── store/                       the same for SPARQL, with their union as the default graph
│   ├── inputs                       the digest of the files and the code that it was built from
│   └── manifest.json                the counts, and the SHA-256 of graph.nq
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
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from errno import EIO
from pathlib import Path
from types import MappingProxyType
from typing import IO, Final

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
from graph.errors import MigrationError
from ontology.release import ONTOLOGY, current_version, find_version

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
        """Return the counts, the edition of the data, and the SHA-256 of the quads."""
        manifest: dict[str, str | int] = json.loads((self.path / "manifest.json").read_bytes())
        return manifest

    @property
    def inputs(self) -> str | None:
        """Return the digest of what it was built from, None where that is not known."""
        try:
            return (self.path / "inputs").read_text("utf-8")
        except OSError:
            return None

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

    def require_vocabulary(self) -> None:
        """Raise MigrationError where it was built under another version of the vocabulary."""
        subject = f"<{ONTOLOGY}> ".encode()
        with self.quads_file.open("rb") as file:
            lines = b"".join(line for line in file if line.startswith(subject))
        version, now = find_version(parse(lines, RdfFormat.N_QUADS)), current_version()
        if version not in {None, now}:
            raise MigrationError(
                f"{self.path} was built under version {version} of the vocabulary, and this "
                f"release has {now}: build it again, or serve it with the release that has "
                f"{version}"
            )

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
        return snapshot if "sha256" in snapshot.manifest else None
    except (OSError, TypeError, ValueError):
        return None


@contextmanager
def draft(builds: Path) -> Iterator[Snapshot]:
    """Open a folder for a snapshot that is being written; of one not published nothing is left.

    Raises OSError that names the folder of the builds, as where the disk is full.
    """
    builds.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=builds) as scratch:
        fresh = Snapshot(Path(scratch) / "snapshot")
        fresh.dumps.mkdir(parents=True)
        try:
            yield fresh
        except OSError as error:
            words = f"no snapshot was written: {error.strerror or error}"
            raise OSError(error.errno or EIO, words, str(builds)) from None


def write_snapshot(
    builds: Path,
    quads: Iterable[Quad],
    manifest: Mapping[str, str | int] = MappingProxyType({}),
    inputs: str = "",
) -> Snapshot:
    """Write the quads as the current snapshot, and return it."""
    with draft(builds) as fresh:
        return publish(fresh, builds, n_quad_lines(canonicalise(quads)), manifest, inputs)


def publish(
    fresh: Snapshot,
    builds: Path,
    lines: Iterable[bytes],
    manifest: Mapping[str, str | int],
    inputs: str,
) -> Snapshot:
    """Write sorted N-Quads beside the dumps of a draft, make it the current snapshot, return it.

    It is named after the SHA-256 of its quads. Until everything is written, `current` stays.
    """
    with fresh.quads_file.open("wb") as file:
        file.writelines(lines)
    with fresh.quads_file.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    write_store(fresh.store, fresh.quads_file)
    text = json.dumps({**manifest, "sha256": sha256}, indent=2, sort_keys=True) + "\n"
    (fresh.path / "manifest.json").write_text(text, "utf-8")
    (fresh.path / "inputs").write_text(inputs, "utf-8")
    generation = builds / sha256[:16]
    with alone(builds):
        replace(generation, fresh)
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


def replace(generation: Path, fresh: Snapshot) -> None:
    """Put a snapshot in the place of a generation, unless that is the same and whole.

    A server may hold that one, so it stays, and is said to be built from the newer inputs.
    """
    if same(Snapshot(generation), fresh):
        (fresh.path / "inputs").replace(generation / "inputs")
        return
    if generation.exists():
        generation.rename(fresh.path.with_name("replaced"))
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
    return b"".join(n_quad_lines(quads))


def n_quad_lines(quads: Iterable[Quad]) -> list[bytes]:
    """Return the lines of the quads as N-Quads, sorted."""
    lines = (serialize(quads, format=RdfFormat.N_QUADS) or b"").splitlines(keepends=True)
    lines.sort()
    return lines


def write_store(path: Path, quads_file: Path) -> None:
    """Write a store with the quads of a file and their union; sorted ones are written fastest."""
    store = Store(path)
    store.bulk_extend(with_union(parse(path=quads_file, format=RdfFormat.N_QUADS)))
    store.flush()


def same(old: Snapshot, new: Snapshot) -> bool:
    """Return whether two snapshots say the same, and the old one is whole and can be opened."""
    try:
        old.open()
        old.require_whole()
        return old.manifest == new.manifest and sizes(old.dumps) == sizes(new.dumps)
    except (OSError, ValueError):
        return False


def sizes(folder: Path) -> dict[str, int]:
    """Return the sizes of the files of a folder by their names."""
    return {path.name: path.stat().st_size for path in folder.iterdir()}


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
