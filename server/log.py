"""The log: one line of JSON on stderr for each request."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from datetime import UTC, datetime


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
