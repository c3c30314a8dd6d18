"""A scratch folder: the temporary files of one server, gone when it ends.

That of a server that was killed stays, and nobody holds its lock then: the next server removes it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Final

PREFIX: Final = "cpec-store-"


class ScratchFolder:
    """A new folder, which is held until it is removed; those that nobody holds are removed."""

    def __init__(self) -> None:
        for abandoned in Path(gettempdir()).glob(f"{PREFIX}*"):
            with suppress(OSError):  # it is held, or that of another user
                lock = hold(abandoned, fcntl.LOCK_NB)
                shutil.rmtree(abandoned, ignore_errors=True)
                os.close(lock)
        while True:
            self._folder = TemporaryDirectory(prefix=PREFIX)
            with suppress(FileNotFoundError):  # another server took it for abandoned
                self._lock = hold(self.path)
                break

    @property
    def path(self) -> Path:
        """Where it stands."""
        return Path(self._folder.name)

    def remove(self) -> None:
        """Remove the folder with all that is in it."""
        self._folder.cleanup()
        os.close(self._lock)


def hold(folder: Path, how: int = 0) -> int:
    """Return the descriptor that holds a folder; raises OSError where that is gone, or held."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | how)
        folder.stat()
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
