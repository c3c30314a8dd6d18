"""The snapshot that a command or a notebook reads: the current one of a folder, or a new build.

The default folder is in the user's cache::

    ~/.cache/cpec-graph/0123456789abcdef/current

A user may remove it at any time; the next command that needs a snapshot makes it again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from graph.curating.master import DATA, Inputs, is_fresh
from graph.errors import NoCacheError
from graph.snapshot import PACKAGED, Snapshot
from ontology.namespace import BASE

PACKAGE: Final = Path(__file__).parent

CACHES: Final = ("$XDG_CACHE_HOME", "~/.cache")
"""The places of a user's cache, the first first; a relative path is ignored.

https://specifications.freedesktop.org/basedir-spec/latest/#variables
"""


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
    is_packaged = snapshot and snapshot.origin and snapshot.origin.folder == PACKAGED
    if snapshot is not None and data is None and not is_packaged:
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


def cache_folder(data: Path | None = None) -> Path:
    """Return the folder for the snapshots of the packaged data, or of the data in a folder.

    Each folder of data, each copy of the code and each base has its own, so that none replaces the
    snapshot of another. Raises NoCacheError.
    """
    own = f"\n{data.resolve()}" if data else ""
    copy = hashlib.sha256(os.fsencode(f"{PACKAGE}\n{BASE}{own}")).hexdigest()[:16]
    return user_cache() / "cpec-graph" / copy


def user_cache() -> Path:
    """Return the folder of the user's caches; raises NoCacheError if the user has no home."""
    for text in CACHES:
        with suppress(RuntimeError):  # no home
            path = Path(os.path.expandvars(text)).expanduser()
            if path.is_absolute():
                return path
    raise NoCacheError(
        "there is no folder for the snapshot: the user has no home directory; "
        "set HOME or XDG_CACHE_HOME to an absolute path, or name a folder with --out"
    )
