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
    """Write the line of one request; JSON escapes line ends in its fields.

    A line that cannot be written, on a full disk or to a closed pipe, is lost; the request is not.
    """
    moment = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = json.dumps({"time": moment, **fields}, ensure_ascii=True)
    if sys.stderr is not None:  # None if the parent process closed it
        with suppress(OSError):
            sys.stderr.write(line + "\n")  # line-buffered: it is written now


class Unwaited(io.TextIOBase):
    """A text stream that never blocks: it drops text if its pipe is full.

    A pipe without a reader is full after 64 KiB, and a write to it then blocks for ever. A writable
    pipe takes PIPE_BUF bytes at once (pipe(7)).
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._descriptor = stream.fileno()

    def fileno(self) -> int:
        """Return the descriptor of the stream."""
        return self._descriptor

    def write(self, text: str) -> int:
        """Write as much of a text as fits, and return the length of the text."""
        data = text.encode("utf-8", "backslashreplace")
        for start in range(0, len(data), select.PIPE_BUF):
            if not self._has_room():
                break
            with suppress(OSError):
                os.write(self._descriptor, data[start : start + select.PIPE_BUF])
        return len(text)

    def _has_room(self) -> bool:
        """Return whether a write would not block."""
        poll = select.poll()
        poll.register(self._descriptor, select.POLLOUT)
        return bool(poll.poll(0))
