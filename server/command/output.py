"""The output of a command: a file, whole or not at all, or standard output."""

from __future__ import annotations

import os
import sys
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
    from graph.curating.master_file import replace_file  # noqa: PLC0415 - its imports read --base

    try:
        is_device = target.exists() and not target.is_file()
        if not is_device and os.access(target.resolve().parent, os.W_OK):
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
