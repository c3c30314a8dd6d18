"""The folder of the snapshots: a new one takes the place of the current one in one step."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from errno import EIO
from itertools import islice
from pathlib import Path
from typing import Any, Final

from pyoxigraph import RdfFormat, Store, parse

from graph.dataset import with_union
from graph.errors import OtherDataError
from graph.snapshot import (
    FILES,
    GENERATION,
    INPUTS,
    REMOVAL,
    Origin,
    Snapshot,
    current_snapshot,
    describe_file,
    write_manifest,
)

LOADED: Final = 100_000
"""The quads of a load of a store."""


@contextmanager
def open_draft(builds: Path) -> Iterator[Snapshot]:
    """Open a folder for a new snapshot; it is removed unless it was published.

    Raises OSError, such as of a full disk, with the folder of the builds in its message.
    """
    builds.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=builds) as scratch:
        fresh = Snapshot(Path(scratch) / "snapshot")
        fresh.path.mkdir(mode=0o700)
        fresh.dumps.mkdir()
        try:
            yield fresh
        except OSError as error:
            words = f"no snapshot was written: {error.strerror or error}"
            raise OSError(error.errno or EIO, words, str(builds)) from None


def publish(
    fresh: Snapshot,
    builds: Path,
    lines: Iterable[bytes],
    manifest: Mapping[str, str | int],
    origin: Origin | None,
    *,
    replace: bool = True,
) -> Snapshot:
    """Write sorted N-Quads beside the dumps of a draft, make it the current snapshot, return it.

    It is named after the SHA-256 of its quads. Until everything is written, `current` stays. Unless
    it may `replace` a snapshot of other data, OtherDataError is raised for one.
    """
    with fresh.quads_file.open("wb") as file:
        file.writelines(lines)
    write_store(fresh.store, fresh.quads_file)
    paths = sorted(path for path in fresh.path.rglob("*") if path.is_file())
    files = {str(path.relative_to(fresh.path)): describe_file(path) for path in paths}
    sha256: str = files[fresh.quads_file.name]["hash"]
    facts = {**manifest, INPUTS: origin and asdict(origin), "sha256": sha256, FILES: files}
    write_manifest(fresh.manifest_file, facts)
    generation = builds / sha256[:16]
    with lock_folder(builds):
        if not replace:
            require_data(builds, origin)
        previous = current_snapshot(builds)
        replace_generation(generation, fresh)
        point_current(builds, generation)
        prune(builds, {generation.name, previous.path.name if previous else ""})
    return Snapshot(generation.resolve())


def require_data(builds: Path, origin: Origin | None) -> None:
    """Raise OtherDataError unless the current snapshot, if there is one, is built from the data."""
    snapshot = current_snapshot(builds)
    if snapshot is None:
        return
    previous = snapshot.origin
    if previous is None or origin is None or not previous.has_data_of(origin):
        built = f"is built from {previous}" if previous else "does not say what it is built from"
        raise OtherDataError(
            f"{builds / 'current'} {built}, so it is not replaced by a build from "
            f"{origin or 'unknown data'}; `cpec build --data DATA --out OUT` replaces it"
        )


@contextmanager
def lock_folder(path: Path) -> Iterator[None]:
    """Lock a folder of builds or of data for the block: another process waits at its own lock."""
    folder = os.open(path, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems have no locks
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def replace_generation(generation: Path, fresh: Snapshot) -> None:
    """Put a snapshot in the place of a generation, unless they are equal.

    A server may hold an equal generation, so it stays, and its manifest has the newer inputs.
    """
    old = Snapshot(generation)
    if is_same(old, fresh):
        write_manifest(fresh.manifest_file, old.manifest | {INPUTS: fresh.manifest.get(INPUTS)})
        fresh.manifest_file.replace(old.manifest_file)
        return
    if generation.exists():
        generation.rename(fresh.path.with_name("replaced"))
    fresh.path.rename(generation)


def write_store(path: Path, quads_file: Path) -> None:
    """Write a store with the quads of a file and their union; sorted quads are written fastest.

    A load keeps its quads in memory until its end: 300,000 take 789 MB, and 275 MB in three loads.
    """
    store = Store(path)
    quads = parse(path=quads_file, format=RdfFormat.N_QUADS)
    while some := list(islice(quads, LOADED)):
        store.bulk_extend(with_union(some))
    store.optimize()
    store.flush()


def is_same(old: Snapshot, new: Snapshot) -> bool:
    """Return whether two snapshots are equal, and the old one is intact and can be opened."""
    try:
        old.open()
        old.require_intact()
        return describe_contents(old) == describe_contents(new)
    except OSError:
        return False


def describe_contents(snapshot: Snapshot) -> dict[str, Any]:
    """Return the manifest without the inputs, and without the files of the store.

    RocksDB writes other bytes each time.
    """
    manifest = snapshot.manifest
    files = {name: file for name, file in manifest[FILES].items() if not name.startswith("store/")}
    return manifest | {INPUTS: None, FILES: files}


def point_current(builds: Path, generation: Path) -> None:
    """Link `current` to a generation, in one step (rename(2) is atomic)."""
    link = builds / f".current-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(generation.name)
    link.replace(builds / "current")


def keep_current(builds: Path) -> None:
    """Remove all generations but the current one; one that a server holds stays until it ends.

    The feed of changes does not compare with it any more.
    """
    with lock_folder(builds):
        current = current_snapshot(builds)
        prune(builds, {current.path.name if current else ""})
        (builds / REMOVAL).touch()


def prune(builds: Path, kept: set[str]) -> None:
    """Remove the generations that are neither kept nor held."""
    for path in builds.iterdir():
        other = GENERATION.fullmatch(path.name) and path.name not in kept
        if other and not Snapshot(path).is_held:
            shutil.rmtree(path)
