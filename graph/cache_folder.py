"""The folder in which snapshots stand unless another is named: in a cache of the user's.

    ~/.cache/cpec-graph/0123456789abcdef/current

It may be removed at any time, and is made again when it is needed.
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
"""Where a user's caches are; a relative path is passed over.

https://specifications.freedesktop.org/basedir-spec/latest/#variables
"""


def cache_folder() -> Path:
    """Return the folder for the snapshots of this copy of the code and this base.

    Others have folders of their own, so that none finds its snapshot replaced by another's.
    Raises NoCacheError.
    """
    copy = hashlib.sha256(f"{PACKAGE}\n{BASE}".encode()).hexdigest()[:16]
    return user_cache() / "cpec-graph" / copy


def user_cache() -> Path:
    """Return the folder of the user's caches; raises NoCacheError where the user has no home."""
    for text in CACHES:
        with suppress(RuntimeError):  # no home
            path = Path(os.path.expandvars(text)).expanduser()
            if path.is_absolute():
                return path
    raise NoCacheError(
        "there is no folder for the snapshot: the user has no home directory; "
        "set HOME or XDG_CACHE_HOME to an absolute path, or name a folder with --out"
    )
