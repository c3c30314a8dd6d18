"""The metrics of the server in the text format of Prometheus.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS: Final = (0.001, 0.005, 0.02, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""The upper bounds of the histogram of durations, in seconds."""

BOUNDS: Final = (*map(str, BUCKETS), "+Inf")

Counts = Mapping[str, Mapping[str, float]]
"""Counters by the part of the server that counts them."""


@dataclass(slots=True)
class Metrics:
    """The counters of one front's requests, in its loop."""

    requests: Counter[str] = field(default_factory=Counter)
    """The number of requests by Prometheus labels."""
    buckets: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    sent: int = 0
    crowded_out: int = 0
    """The connections that were closed for lack of room."""

    def count(self, route: str, method: str, status: int, seconds: float, sent: int) -> None:
        """Count one answered request."""
        self.requests[
            f'route="{escape_label(route)}",method="{escape_label(method)}",status="{status}"'
        ] += 1
        self.buckets[BOUNDS[bisect_left(BUCKETS, seconds)]] += 1
        self.seconds += seconds
        self.sent += sent

    def counts(self) -> Counts:
        """Return a copy of the counters."""
        sums = {"seconds": self.seconds, "sent": self.sent, "crowded": self.crowded_out}
        return {"requests": dict(self.requests), "durations": dict(self.buckets), "sums": sums}


def write_metrics(counts: Counts) -> str:
    """Return the counters of all fronts in the text format."""
    lines = [*write_counters(counts), *write_histogram(counts)]
    for part in ("site", "engine", "service"):
        for name, value in sorted(counts[part].items()):
            full = {"site": name, "engine": f"engine_{name}", "service": f"service_{name}_total"}
            kind = "counter" if full[part].endswith("_total") else "gauge"
            lines += [f"# TYPE cpec_{full[part]} {kind}", f"cpec_{full[part]} {value}"]
    return "\n".join(lines) + "\n"


def write_counters(counts: Counts) -> Iterator[str]:
    """Yield the lines of the counters of requests."""
    yield "# HELP cpec_requests_total Requests answered."
    yield "# TYPE cpec_requests_total counter"
    for labels, count in sorted(counts["requests"].items()):
        yield f"cpec_requests_total{{{labels}}} {count}"
    yield "# TYPE cpec_response_bytes_total counter"
    yield f"cpec_response_bytes_total {counts['sums']['sent']}"
    yield "# HELP cpec_connections_crowded_out_total Connections ended for want of room."
    yield "# TYPE cpec_connections_crowded_out_total counter"
    yield f"cpec_connections_crowded_out_total {counts['sums']['crowded']}"


def write_histogram(counts: Counts) -> Iterator[str]:
    """Yield the lines of the histogram of durations."""
    yield "# HELP cpec_request_seconds How long requests took."
    yield "# TYPE cpec_request_seconds histogram"
    total = 0.0
    for bound in BOUNDS:
        total += counts["durations"].get(bound, 0)
        yield f'cpec_request_seconds_bucket{{le="{bound}"}} {total:.0f}'
    yield f"cpec_request_seconds_sum {counts['sums']['seconds']}"
    yield f"cpec_request_seconds_count {total:.0f}"


def escape_label(value: str) -> str:
    """Return a label value with the escapes of the format."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
