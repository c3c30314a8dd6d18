"""The counts of the calls of other endpoints, for the metrics."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from threading import Lock

from graph.errors import EndpointDeadlineError, EndpointError, EndpointLimitError


@dataclass(slots=True)
class ServiceCounters:
    """Totals since the start, shared by the threads that call.

    `asked` counts the calls, `narrowed` those with rows of this dataset as VALUES, `spared` those
    not made, as no row here could be joined with an answer. Failures are `late`, `too_large` or
    `failed`, with SILENT or without.
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
        """Add to the total of that name."""
        with self._lock:
            setattr(self, name, getattr(self, name) + more)

    def values(self) -> dict[str, int]:
        """Return the totals by their names."""
        with self._lock:
            return {total.name: getattr(self, total.name) for total in fields(self) if total.init}


def name_failure(error: EndpointError) -> str:
    """Return the name of the total that counts a failure."""
    if isinstance(error, EndpointDeadlineError):
        return "late"
    return "too_large" if isinstance(error, EndpointLimitError) else "failed"
