"""The snapshot that a command or a notebook reads: the current one of a folder, or a new build."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from graph.cache_folder import cache_folder
from graph.curating.master import DATA, Inputs, is_fresh
from graph.snapshot import PACKAGED, Snapshot, current_snapshot


def choose_snapshot(
    builds: Path | None, data: Path | None, begin_build: Callable[[Path], None]
) -> Snapshot:
    """Return the current snapshot of a folder of builds; a missing or old one is built first.

    Without a folder, the user's cache has one for each folder of data. Without `data`, a snapshot
    of other data than the packaged is returned as it is. `begin_build` gets the folder before a
    build. Raises DataError, OtherDataError if the folder has a snapshot of other data,
    MigrationError and NoCacheError.
    """
    inputs = Inputs(data or DATA)
    folder = builds or cache_folder(inputs.own_data)
    snapshot = current_snapshot(folder)
    if snapshot is not None and is_fresh(snapshot, inputs):
        return snapshot
    if snapshot is not None and data is None and not is_packaged(snapshot):
        snapshot.require_vocabulary()
        return snapshot
    begin_build(folder)
    from graph.build import build  # noqa: PLC0415 - slow to import, and rarely needed

    return build(inputs, folder, replace=False).snapshot


def is_packaged(snapshot: Snapshot) -> bool:
    """Return whether a snapshot is built from the packaged data, of this release or another."""
    return snapshot.origin is not None and snapshot.origin.folder == PACKAGED
