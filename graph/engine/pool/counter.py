"""The counts that the engine keeps of itself, for its metrics."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(slots=True)
class Counters:
    """Totals since the start; changed only under the lock of the lanes."""

    requests: int = 0
    deadlines: int = 0
    deaths: int = 0
    out_of_memory: int = 0
    too_large: int = 0
    overloads: int = 0
    worker_starts: int = 0
    worker_ends: int = 0
    long_requests: int = 0
    parked_requests: int = 0
    writes: int = 0

    def values(self) -> dict[str, int]:
        """Return them by name."""
        return asdict(self)
