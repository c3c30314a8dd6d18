"""The clock of a dataset: when what is served became what it is, for Last-Modified."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock

from werkzeug.http import http_date


@dataclass(slots=True)
class Clock:
    """When the dataset that is served became what it is."""

    version: str
    moment: str
    _lock: Lock = field(default_factory=Lock)

    def of(self, version: str) -> str:
        """Return when that version was first seen, as HTTP writes it."""
        with self._lock:
            if version != self.version:
                self.version, self.moment = version, now()
            return self.moment


def now() -> str:
    """Return the time as HTTP writes it (RFC 9110, section 5.6.7)."""
    return http_date(datetime.now(UTC))
