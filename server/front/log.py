"""The log: one line of JSON on stderr for each request."""

from __future__ import annotations

import io
import json
import os
import select
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import TextIO


def log_request(**fields: str | int | float | None) -> None:
    """Write the line of one request; what stands in a field cannot break out of the line.

    A line that cannot be written, for the disk is full or nobody reads, is lost: its request is
    answered all the same.
    """
    moment = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = json.dumps({"time": moment, **fields}, ensure_ascii=True)
    if sys.stderr is not None:  # as in a process that was started without one
        with suppress(OSError):
            sys.stderr.write(line + "\n")  # line-buffered: it is written now


class Unwaited(io.TextIOBase):
    """A stream for text that may be lost: what its reader has no room for is dropped.

    A pipe that nobody reads is full after 64 KiB, and whoever writes to it then waits for ever. One
    that can be written to takes PIPE_BUF bytes at once (pipe(7)).
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._descriptor = stream.fileno()

    def fileno(self) -> int:
        """Return the descriptor that is written to."""
        return self._descriptor

    def write(self, text: str) -> int:
        """Write a text, as much of it as there is room for."""
        data = text.encode("utf-8", "backslashreplace")
        for start in range(0, len(data), select.PIPE_BUF):
            if not self._has_room():
                break
            with suppress(OSError):
                os.write(self._descriptor, data[start : start + select.PIPE_BUF])
        return len(text)

    def _has_room(self) -> bool:
        """Return whether something is taken without waiting."""
        poll = select.poll()
        poll.register(self._descriptor, select.POLLOUT)
        return bool(poll.poll(0))
