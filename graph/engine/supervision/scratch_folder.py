"""A scratch folder: the temporary files of one server, which it removes when it ends.

The folder of a killed server stays, without a lock: the next server removes it.
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
    """A new folder, locked until it is removed; making one removes the abandoned folders."""

    def __init__(self) -> None:
        for abandoned in Path(gettempdir()).glob(f"{PREFIX}*"):
            with suppress(OSError):  # another server or user has it
                lock = lock_folder(abandoned, fcntl.LOCK_NB)
                shutil.rmtree(abandoned, ignore_errors=True)
                os.close(lock)
        while True:
            self._folder = TemporaryDirectory(prefix=PREFIX)
            with suppress(FileNotFoundError):  # another server took it for abandoned
                self._lock = lock_folder(self.path)
                break

    @property
    def path(self) -> Path:
        """The path of the folder."""
        return Path(self._folder.name)

    def remove(self) -> None:
        """Remove the folder with its contents."""
        self._folder.cleanup()
        os.close(self._lock)


def lock_folder(folder: Path, flags: int = 0) -> int:
    """Return a descriptor that locks a folder; raises OSError if it is gone, or locked."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | flags)
        folder.stat()
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
