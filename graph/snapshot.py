"""A snapshot: the built graph on disk, never changed, and served until the next build.

~/.cache/cpec-graph/.../              or the folder of `--out`
├── current -> 0123456789abcdef      replaced in one step, so a reader sees the old or the new
├── 0123456789abcdef/                named after the SHA-256 of its graph.nq
│   ├── dumps/                       the graph as files for download
│   ├── graph.nq                     the named graphs, sorted: the same inputs, the same bytes
│   ├── store/                       a store with these quads, and their union as default graph
│   └── manifest.json                the counts, the inputs of the build, and the hash of each file
└── fedcba9876543210/                the previous generation, and any that a server holds
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from errno import EIO
from pathlib import Path
from typing import IO, Any, Final

from pyoxigraph import Quad, RdfFormat, Store, parse

from graph.dataset import memory_store
from graph.errors import MigrationError
from ontology.release import ONTOLOGY, current_version, find_version

REMEDY: Final = "copy the snapshot again, or build it again (`cpec build --data DATA --out OUT`)"
GENERATION: Final = re.compile(r"[0-9a-f]{16}")
REMOVAL: Final = "last-removal"
"""The file in the folder of the builds whose time is that of the last removal on request."""

INPUTS: Final = "built_from"
FILES: Final = "files"
OWN_HASH: Final = "own_sha256"
"""The members of a manifest that have the inputs of the build, the bytes and the SHA-256 of each
other file, and the SHA-256 of the manifest without this member."""

PACKAGED: Final = "packaged"
"""The name of the data that the package brings."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The inputs of a build: the folder of its data, and the SHA-256 of the data and of the code.

    The folder is an absolute path, or PACKAGED.
    """

    folder: str
    data: str
    code: str

    def __str__(self) -> str:
        """Return the folder with the start of the SHA-256 of its data."""
        return f"{self.folder} data {self.data[:16]}"

    def has_data_of(self, other: Origin) -> bool:
        """Return whether both are built from one folder or from equal data."""
        return self.folder == other.folder or self.data == other.data


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
        """Return the store on disk, whose default graph is the union of the named graphs."""
        return self.path / "store"

    @property
    def version(self) -> str:
        """Return the name of the contents: the start of the SHA-256 of the quads."""
        return str(self.manifest["sha256"])[:16]

    @property
    def dumps(self) -> Path:
        """Return the folder of the files for download."""
        return self.path / "dumps"

    @property
    def manifest_file(self) -> Path:
        """Return the file that describes the snapshot."""
        return self.path / "manifest.json"

    @property
    def manifest(self) -> dict[str, Any]:
        """Return the counts, edition, inputs and files, and the SHA-256 of the quads.

        Raises OSError unless it is the manifest that the build wrote.
        """
        try:
            content = self.manifest_file.read_bytes()
            manifest: dict[str, Any] = json.loads(content)
            del manifest[OWN_HASH]
            if encode_manifest(manifest) == content:
                return manifest
        except (KeyError, TypeError, ValueError):
            pass
        raise OSError(
            EIO, f"cut or changed, or of an older release; {REMEDY}", str(self.manifest_file)
        )

    @property
    def origin(self) -> Origin | None:
        """Return the inputs of the build, None if they are unknown."""
        inputs = self.manifest.get(INPUTS)
        return Origin(**inputs) if inputs else None

    def hold(self) -> IO[bytes]:
        """Return an open file; no build removes the snapshot before it is closed."""
        quads = self.quads_file.open("rb")
        with suppress(OSError):  # some network file systems have no locks
            fcntl.flock(quads, fcntl.LOCK_SH)
        return quads

    @property
    def is_held(self) -> bool:
        """Return whether some process holds the snapshot."""
        try:
            with self.quads_file.open("rb") as quads:
                fcntl.flock(quads, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:  # a snapshot without quads is damaged
            return False
        return False

    def require_intact(self) -> None:
        """Raise OSError with the name of a file unless each has its bytes and SHA-256.

        The sizes of all are compared first. Hashing takes a second for each gigabyte.
        """
        files = self.manifest[FILES]
        for name in files:
            self.require_size(name)
        for name, expected in files.items():
            actual = describe_file(self.path / name)["hash"]
            if actual != expected["hash"]:
                words = f"changed: SHA-256 {actual}, not {expected['hash']}; {REMEDY}"
                raise OSError(EIO, words, str(self.path / name))

    def require_size(self, name: str) -> str:
        """Return the SHA-256 of a file from the manifest; raises OSError unless it has its size.

        Raises KeyError if the manifest has no such file.
        """
        expected, path = self.manifest[FILES][name], self.path / name
        size = path.stat().st_size
        if size != expected["bytes"]:
            words = f"cut or changed: {size} bytes, not {expected['bytes']}; {REMEDY}"
            raise OSError(EIO, words, str(path))
        return str(expected["hash"])

    def require_vocabulary(self) -> None:
        """Raise MigrationError if it was built under another version of the vocabulary."""
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
        """Return the store on disk, read-only; raises OSError."""
        try:
            return Store.read_only(str(self.store))
        except RuntimeError as error:
            raise damage_error(self.store, error) from None

    def load(self) -> Store:
        """Return a store in memory, which answers three to ten times faster than on disk."""
        return memory_store(self.quads())

    def quads(self) -> list[Quad]:
        """Return the quads of all the named graphs, in the order of the file; raises OSError."""
        try:
            return list(parse(path=self.quads_file, format=RdfFormat.N_QUADS))
        except (SyntaxError, ValueError) as error:
            raise damage_error(self.quads_file, error) from None


def describe_file(path: Path) -> dict[str, Any]:
    """Return the bytes of a file, and their SHA-256."""
    with path.open("rb") as file:
        return {
            "bytes": path.stat().st_size,
            "hash": hashlib.file_digest(file, "sha256").hexdigest(),
        }


def damage_error(path: Path, error: Exception) -> OSError:
    """Return the error about an unreadable part of a snapshot, with the remedy."""
    return OSError(EIO, f"damaged; remove {path.parent} and build again ({error})", str(path))


def current_snapshot(builds: Path) -> Snapshot | None:
    """Return the snapshot to serve, or None if none was built or its manifest is damaged."""
    snapshot = Snapshot((builds / "current").resolve())
    try:
        return snapshot if snapshot.manifest else None
    except OSError:
        return None


def write_manifest(file: Path, manifest: Mapping[str, Any]) -> None:
    """Write a manifest with its own hash."""
    file.write_bytes(encode_manifest(manifest))


def encode_manifest(manifest: Mapping[str, Any]) -> bytes:
    """Return a manifest as JSON, with its own hash; equal manifests have equal bytes."""
    own_hash = hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()
    text = json.dumps({**manifest, OWN_HASH: own_hash}, indent=2, sort_keys=True)
    return f"{text}\n".encode()
