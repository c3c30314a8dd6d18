"""The metrics of the server in the text format of Prometheus.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from graph.engine.supervision.front_peer import PRESENT

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS: Final = (0.001, 0.005, 0.02, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""The upper bounds of the histogram of durations, in seconds."""

BOUNDS: Final = (*map(str, BUCKETS), "+Inf")

PREFIXES: Final = {"site": "", "engine": "engine_", "service": "service_"}
"""The beginning of the names of metrics by the part of the server that counts."""

HELP: Final = {
    "build_info": "The version of the software.",
    "dataset_info": "The served version of the dataset, and where it is: memory, disk or remote.",
    "ready": "Whether this server takes queries: 1, or 0.",
    "load_ratio": "The largest share in use of places for requests and of memory, 0 to 1.",
    "snapshot_timestamp_seconds": "When the served snapshot was built, in Unix time.",
    "requests_total": "Answered requests.",
    "refusals_total": "Requests that were refused or given up, by the reason.",
    "response_bytes_total": "Bytes of bodies of answers.",
    "connections_crowded_out_total": "Connections that were closed for lack of room.",
    "request_seconds": "Durations of requests.",
    "processes": "Living processes of the server, by part.",
    "proportional_memory_bytes": "Memory by part, shared pages by their share.",
    "private_memory_bytes": "Memory that a process shares with no other, summed by part.",
    "cache_bytes": "Bytes of the cache of answers.",
    "cache_hits_total": "Answers from the cache.",
    "cache_misses_total": "Answers that were not in the cache.",
    "evaluations_shared_total": "Queries that had the answer of an equal one under way.",
    "engine_requests_total": "Requests that a worker began.",
    "engine_deadlines_total": "Requests that ran beyond their deadline.",
    "engine_deaths_total": "Requests whose worker crashed.",
    "engine_out_of_memory_total": "Requests that needed too much memory.",
    "engine_too_large_total": "Requests whose answer was too large.",
    "engine_overloads_total": "Requests for which no worker was free in time.",
    "engine_given_up_total": "Requests whose client went before the answer.",
    "engine_worker_starts_total": "Started workers.",
    "engine_worker_ends_total": "Ended workers.",
    "engine_zygote_starts_total": "Started zygotes: the first, and one after each death or load.",
    "engine_writer_starts_total": "Started writers.",
    "engine_long_requests_total": "Requests that became long.",
    "engine_parked_requests_total": "Long requests that had to wait for a place.",
    "engine_writes_total": "Writes.",
    **{
        f"engine_writes_{stage}_seconds_total": f"Seconds in which {work}."
        for stage, work in (
            ("found", "workers evaluated the delta of writes"),
            ("kept", "the writer put writes on disk"),
            ("followed", "the zygote applied writes"),
        )
    },
    "service_asked_total": "Calls of SERVICE.",
    "service_narrowed_total": "Calls of SERVICE with rows of this dataset.",
    "service_spared_total": "Calls of SERVICE that were not made: no row could be joined.",
    "service_failed_total": "Calls of SERVICE that failed.",
    "service_late_total": "Calls of SERVICE that were not answered in time.",
    "service_too_large_total": "Calls of SERVICE with too large an answer.",
    "service_bytes_total": "Bytes of answers to SERVICE.",
    "engine_idle": "Workers without a request.",
    "engine_queue": "Requests that wait for a worker.",
    "engine_quick": "Requests that have a worker and are not long.",
    "engine_long": "Long requests that run.",
    "engine_parked": "Long requests that are stopped until a place is free.",
}
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
