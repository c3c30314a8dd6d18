"""The metrics of the server in the text format of Prometheus.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import yaml

from server.engine.supervision.channel import PRESENT

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS: Final = (0.001, 0.005, 0.02, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""The upper bounds of the histogram of durations, in seconds."""

BOUNDS: Final = (*map(str, BUCKETS), "+Inf")

PREFIXES: Final = {"site": "", "engine": "engine_", "service": "service_"}
"""The beginning of the names of metrics by the part of the server that counts."""

HELP: Final[Mapping[str, str]] = yaml.safe_load(
    Path(__file__).with_suffix(".yaml").read_text("utf-8")
)
"""The help of each metric, by its name."""

Counts = Mapping[str, Mapping[str, float]]
"""Counters by the part of the server that counts them."""


@dataclass(slots=True)
class Metrics:
    """The counters of one front's requests, in its loop."""

    requests: Counter[str] = field(default_factory=Counter)
    """The number of requests by Prometheus labels."""
    buckets: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    """The number of refused requests by reason."""
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
        return {
            "requests": dict(self.requests),
            "refusals": dict(self.refusals),
            "durations": dict(self.buckets),
            "sums": sums,
        }


def write_metrics(counts: Counts) -> str:
    """Return the counters of all fronts, and the states of the server, in the text format."""
    sums, durations = counts["sums"], counts["durations"]
    families = [
        write_family("requests_total", counts["requests"]),
        write_family("refusals_total", label("reason", counts["refusals"])),
        write_family("response_bytes_total", {"": sums["sent"]}),
        write_family("connections_crowded_out_total", {"": sums["crowded"]}),
        write_histogram("request_seconds", durations, sums["seconds"]),
        write_family("processes", label("part", counts["processes"])),
        write_family("proportional_memory_bytes", label("part", counts["proportional"])),
        write_family("private_memory_bytes", label("part", counts["private"])),
    ]
    for part, prefix in PREFIXES.items():
        for name, value in sorted(counts[part].items()):
            suffix = "" if name in PRESENT else "_total"
            families.append(write_family(f"{prefix}{name}{suffix}", {"": value}))
    return "".join(f"{line}\n" for family in families for line in family)


def write_family(name: str, samples: Mapping[str, float]) -> Iterator[str]:
    """Yield the lines of a metric, whose samples are given by their labels."""
    yield from write_head(name, "counter" if name.endswith("_total") else "gauge")
    for labels, value in sorted(samples.items()):
        yield f"cpec_{name}{f'{{{labels}}}' if labels else ''} {value}"


def write_histogram(name: str, counts: Mapping[str, float], seconds: float) -> Iterator[str]:
    """Yield the lines of a histogram of durations, counted by bounds."""
    yield from write_head(name, "histogram")
    total = 0.0
    for bound in BOUNDS:
        total += counts.get(bound, 0)
        yield f'cpec_{name}_bucket{{le="{bound}"}} {total:.0f}'
    yield f"cpec_{name}_sum {seconds}"
    yield f"cpec_{name}_count {total:.0f}"


def write_head(name: str, kind: str) -> Iterator[str]:
    """Yield the help of a metric, if there is any, and its type."""
    if name in HELP:
        yield f"# HELP cpec_{name} {HELP[name]}"
    yield f"# TYPE cpec_{name} {kind}"


def label(name: str, values: Mapping[str, float]) -> dict[str, float]:
    """Return samples by the label of that name."""
    return {f'{name}="{escape_label(key)}"': value for key, value in values.items()}


def escape_label(value: str) -> str:
    """Return a label value with the escapes of the format."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
