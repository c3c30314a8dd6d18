"""The output of a command: a file, whole or not at all, or standard output."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import suppress
from errno import EBADF
from io import BufferedWriter, FileIO, TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

STDOUT: Final = Path("-")
STDOUT_NAME: Final = "standard output"


class Output(FileIO):
    """The file behind standard output, whose errors name it."""

    def write(self, data: ReadableBuffer, /) -> int:
        """Write some of the bytes and return how many; raises OSError."""
        try:
            return super().write(data)
        except OSError as error:
            raise OSError(error.errno, error.strerror, STDOUT_NAME) from None


def open_output() -> None:
    """Wrap standard output: its errors name it, and it escapes characters its encoding lacks."""
    stream = sys.stdout
    if stream is not None:  # None if the parent process closed it
        sys.stdout = TextIOWrapper(
            BufferedWriter(Output(stream.fileno(), "wb", closefd=False)),
            encoding=stream.encoding,
            errors="backslashreplace",
            line_buffering=stream.isatty(),
        )


def discard_output() -> None:
    """Redirect standard output to /dev/null, else Python retries a failed write at exit."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_output(target: Path, body: bytes) -> None:
    """Write bytes to a file or to STDOUT; raises OSError, which names the target."""
    if target == STDOUT:
        write_stdout(body)
        return
    try:
        if is_replaceable(target):
            replace_file(target.resolve(), body)
        else:
            target.write_bytes(body)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from None


def write_stdout(body: bytes) -> None:
    """Write bytes to standard output; raises OSError."""
    if sys.stdout is None:
        raise OSError(EBADF, os.strerror(EBADF), STDOUT_NAME)
    sys.stdout.buffer.write(body)
    sys.stdout.buffer.flush()


def is_replaceable(target: Path) -> bool:
    """Return whether a new file can replace the target: no device, and in a writable folder."""
    return (target.is_file() or not target.exists()) and os.access(target.resolve().parent, os.W_OK)


def replace_file(target: Path, body: bytes) -> None:
    """Replace a file atomically, and keep its mode."""
    fresh = target.with_name(f".{target.name}-{os.getpid()}")
    try:
        fresh.write_bytes(body)
        with suppress(FileNotFoundError):
            shutil.copymode(target, fresh)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
