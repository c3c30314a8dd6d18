"""The clock of a dataset: when what is served became what it is, for Last-Modified."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Lock

from werkzeug.http import http_date


@dataclass(slots=True)
class Clock:
    """When the dataset that is served became what it is, in seconds since 1970."""

    version: str
    seconds: float = field(default_factory=time.time)
    _lock: Lock = field(default_factory=Lock)

    def of(self, version: str) -> str:
        """Return when that version was first seen, as HTTP writes it (RFC 9110, section 5.6.7).

        It is never later than now, as of a clock that was set back (RFC 9110, section 8.8.2.1).
        """
        now = time.time()
        with self._lock:
            if version != self.version:
                self.version, self.seconds = version, now
            self.seconds = min(self.seconds, now)
            return http_date(self.seconds)
