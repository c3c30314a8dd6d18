"""Where an export is written: a file, whole or not at all, or standard output."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

from server.command import stream

STDOUT: Final = Path("-")


def write(target: Path, body: bytes) -> None:
    """Write the bytes; raises OSError, which names the target."""
    if target == STDOUT:
        stream.write(body)
        return
    try:
        if is_replaceable(target):
            replace(target.resolve(), body)
        else:
            target.write_bytes(body)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from None


def is_replaceable(target: Path) -> bool:
    """Return whether a new file can take the place: not that of a device, or in a closed folder."""
    return (target.is_file() or not target.exists()) and os.access(target.resolve().parent, os.W_OK)


def replace(target: Path, body: bytes) -> None:
    """Put a new file in the place of what stands there, which stays until all is written."""
    fresh = target.with_name(f".{target.name}-{os.getpid()}")
    try:
        fresh.write_bytes(body)
        with suppress(FileNotFoundError):
            shutil.copymode(target, fresh)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
