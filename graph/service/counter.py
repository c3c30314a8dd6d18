"""The counts of what other endpoints are asked, for the metrics."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from threading import Lock

from graph.errors import EndpointDeadlineError, EndpointError, EndpointLimitError


@dataclass(slots=True)
class ServiceCounters:
    """Totals since the start, shared by the threads that ask.

    `narrowed` of those `asked` had rows of this dataset sent along; `spared` were not asked, since
    there was no row here that an answer could be joined with. Those that failed are `late`,
    `too_large` or `failed`, SILENT or not.
    """

    asked: int = 0
    narrowed: int = 0
    spared: int = 0
    failed: int = 0
    late: int = 0
    too_large: int = 0
    bytes: int = 0
    _lock: Lock = field(default_factory=Lock, init=False)

    def count(self, name: str, more: int = 1) -> None:
        """Count one more of that name, or so many."""
        with self._lock:
            setattr(self, name, getattr(self, name) + more)

    def values(self) -> dict[str, int]:
        """Return them by name."""
        with self._lock:
            return {one.name: getattr(self, one.name) for one in fields(self) if one.init}


def kind_of(error: EndpointError) -> str:
    """Return the name of the count to which a failure belongs."""
    if isinstance(error, EndpointDeadlineError):
        return "late"
    return "too_large" if isinstance(error, EndpointLimitError) else "failed"
