"""The snapshot that a command or a notebook reads: the current one of a folder, or a new build."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from graph.cache_folder import cache_folder
from graph.curating.master import DATA, Inputs, is_fresh
from graph.snapshot import PACKAGED, Snapshot


def choose_snapshot(
    builds: Path | None, data: Path | None, begin_build: Callable[[Path], None]
) -> Snapshot:
    """Return the current snapshot of a folder of builds; a missing or old one is built first.

    Without a folder, the user's cache has one for each folder of data. Without `data`, a snapshot
    of other data than the packaged is returned as it is. `begin_build` gets the folder before a
    build. Raises DataError, OtherDataError if the folder has a snapshot of other data, OSError if
    it has a damaged one, MigrationError and NoCacheError.
    """
    inputs = Inputs(data or DATA)
    folder = builds or cache_folder(inputs.own_data)
    snapshot = find_snapshot(folder, is_cache=builds is None)
    if snapshot is not None and is_fresh(snapshot, inputs):
        return snapshot
    if snapshot is not None and data is None and not is_packaged(snapshot):
        snapshot.require_vocabulary()
        return snapshot
    begin_build(folder)
    from graph.build import build  # noqa: PLC0415 - slow to import, and rarely needed

    return build(inputs, folder, replace=False).snapshot


def find_snapshot(folder: Path, *, is_cache: bool) -> Snapshot | None:
    """Return the current snapshot of a folder, None if there is none, or a damaged one in a cache.

    Raises OSError with the name of the damaged file.
    """
    link = folder / "current"
    if not os.path.lexists(link):
        return None
    snapshot = Snapshot(link.resolve())
    try:
        snapshot.require_intact()
    except OSError:
        if not is_cache:
            raise
        return None
    return snapshot


def is_packaged(snapshot: Snapshot) -> bool:
    """Return whether a snapshot is built from the packaged data, of this release or another."""
    return snapshot.origin is not None and snapshot.origin.folder == PACKAGED
