"""The metrics of the server in the text format of Prometheus.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS: Final = (0.001, 0.005, 0.02, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""The upper bounds of the histogram of durations, in seconds."""


@dataclass(slots=True)
class Metrics:
    """What is counted of the requests, shared by the threads."""

    requests: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    seconds: float = 0.0
    sent: int = 0
    _lock: Lock = field(default_factory=Lock)

    def count(self, route: str, method: str, status: int, seconds: float, sent: int) -> None:
        """Count one request that has been answered."""
        with self._lock:
            self.requests[route, method, status] += 1
            self.buckets[bisect_left(BUCKETS, seconds)] += 1
            self.seconds += seconds
            self.sent += sent

    def text(self, others: Mapping[str, int | float]) -> str:
        """Return the exposition; `others` are numbers that other parts of the server keep."""
        with self._lock:
            lines = [*self._counted(), *self._histogram()]
        for name, value in sorted(others.items()):
            kind = "counter" if name.endswith("_total") else "gauge"
            lines += [f"# TYPE cpec_{name} {kind}", f"cpec_{name} {value}"]
        return "\n".join(lines) + "\n"

    def _counted(self) -> Iterator[str]:
        """Yield the lines of the counters."""
        yield "# HELP cpec_requests_total Requests answered."
        yield "# TYPE cpec_requests_total counter"
        for (route, method, status), count in sorted(self.requests.items()):
            labels = f'route="{escaped(route)}",method="{escaped(method)}",status="{status}"'
            yield f"cpec_requests_total{{{labels}}} {count}"
        yield "# TYPE cpec_response_bytes_total counter"
        yield f"cpec_response_bytes_total {self.sent}"

    def _histogram(self) -> Iterator[str]:
        """Yield the lines of the histogram of durations."""
        yield "# HELP cpec_request_seconds How long requests took."
        yield "# TYPE cpec_request_seconds histogram"
        total = 0
        for bound, count in zip((*map(str, BUCKETS), "+Inf"), self.buckets, strict=True):
            total += count
            yield f'cpec_request_seconds_bucket{{le="{bound}"}} {total}'
        yield f"cpec_request_seconds_sum {self.seconds}"
        yield f"cpec_request_seconds_count {total}"


def escaped(value: str) -> str:
    """Return the value of a label as the format writes it."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
