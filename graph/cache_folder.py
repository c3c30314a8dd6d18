"""The default folder of the snapshots, in the user's cache.

    ~/.cache/cpec-graph/0123456789abcdef/current

A user may remove it at any time; the next command that needs a snapshot makes it again.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from graph.errors import NoCacheError
from ontology.namespace import BASE

PACKAGE: Final = Path(__file__).parent

CACHES: Final = ("$XDG_CACHE_HOME", "~/.cache")
"""The places of a user's cache, the first first; a relative path is ignored.

https://specifications.freedesktop.org/basedir-spec/latest/#variables
"""


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
