"""Standard output, which may be full, closed, or of an encoding that cannot say everything."""

from __future__ import annotations

import os
import sys
from errno import EBADF
from io import BufferedWriter, FileIO, TextIOWrapper
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

NAME: Final = "standard output"


class Output(FileIO):
    """The file behind standard output, whose errors name it."""

    def write(self, data: ReadableBuffer, /) -> int:
        """Write some of the bytes and return how many; raises OSError."""
        try:
            return super().write(data)
        except OSError as error:
            raise named(error) from None


def named(error: OSError) -> OSError:
    """Return the error as one of standard output."""
    return OSError(error.errno, error.strerror, NAME)


def open_output() -> None:
    """Have errors of standard output name it, and signs that its encoding lacks escaped."""
    stream = sys.stdout
    if stream is not None:  # closed by whoever started the command
        sys.stdout = TextIOWrapper(
            BufferedWriter(Output(stream.fileno(), "wb", closefd=False)),
            encoding=stream.encoding,
            errors="backslashreplace",
            line_buffering=stream.isatty(),
        )


def write(body: bytes) -> None:
    """Write bytes to standard output; raises OSError."""
    if sys.stdout is None:
        raise OSError(EBADF, os.strerror(EBADF), NAME)
    sys.stdout.buffer.write(body)
    sys.stdout.buffer.flush()


def discard_output() -> None:
    """Drop what cannot be written, which Python would try again, and complain of, at its end."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
