"""The log: one line on stderr for each request, for a person or for a program."""

from __future__ import annotations

import io
import json
import os
import select
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final, Literal, TextIO

LogFormat = Literal["text", "json"]
"""How the log is written: for a person, or for a program."""

Line = dict[str, str | int | float | None]
"""A line of the log: names and values."""

SHOWN: Final = 100
"""The characters of a path that a line for a person has, at most."""


def log_request(log_format: LogFormat, line: Line) -> None:
    """Write the line of one request on stderr.

    A line that cannot be written, on a full disk or to a closed pipe, is lost; the request is not.
    """
    moment = datetime.now(UTC)
    text = write_json(moment, line) if log_format == "json" else write_text(moment, line)
    if sys.stderr is not None:  # None if the parent process closed it
        with suppress(OSError):
            sys.stderr.write(text + "\n")  # line-buffered: it is written now


def write_json(moment: datetime, line: Line) -> str:
    """Return a line for a program; JSON escapes line ends in its fields."""
    record = {"time": moment.isoformat(timespec="milliseconds"), **line}
    return json.dumps(record, ensure_ascii=True)


def write_text(moment: datetime, line: Line) -> str:
    """Return a line for a person: local time, address, method, path, status, duration, length.

    >>> line = {"client": "192.0.2.7", "method": "GET", "path": "/page/HEC", "status": 200}
    >>> write_text(datetime(2026, 5, 1, 9, 30), {**line, "milliseconds": 12.4, "bytes": 5120})
    '09:30:00 192.0.2.7 GET /page/HEC 200 12 ms 5120 bytes'
    """
    names = "client", "method", "path", "status"
    parts = [escape_controls(str(line[name] or "-")) for name in names]
    if "milliseconds" in line:
        parts.append(f"{line['milliseconds']:.0f} ms {line['bytes']} bytes")
    return " ".join([moment.astimezone().strftime("%H:%M:%S"), *parts])


def escape_controls(text: str) -> str:
    r"""Return the beginning of a text on one line; its characters cannot command a terminal.

    >>> print(escape_controls("/a\x1b[31m\n" + "b" * 200)[:16])
    /a\x1b[31m\nbbbb
    """
    shown = text if len(text) <= SHOWN else text[:SHOWN] + "…"
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in shown)


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
