"""The log: one line of JSON on stderr for each request."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime


def log_request(**fields: str | int | float | None) -> None:
    """Write the line of one request; what stands in a field cannot break out of the line."""
    moment = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = json.dumps({"time": moment, **fields}, ensure_ascii=True)
    sys.stderr.write(line + "\n")  # line-buffered: it is written now
