"""Hostile clients beside a polite one: how long the polite one waits, and whether it is refused.

python -m bench.hostile [--addresses 1 2 64] [--rounds 120] [--kinds WORD...]

The polite client comes from an address of its own, and asks one thing after another: /health, then
a look-up that no cache answers. The hostile ones are a process of their own (bench/attack.py). The
status is 1 if the polite client was refused or waited longer than promised, on an idle machine.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from bench.attack import KINDS, attack
from bench.client import Client
from bench.endpoint import Endpoint
from bench.page import arguments, exit_with, publish

NOBODY: Final = "nobody"
POLITE: Final = "127.0.0.2"
"""The address of the polite client."""

PAUSE: Final = 0.05
"""The seconds between two rounds of the polite client."""

UNDER_WAY: Final = 1.0
"""The seconds after which an attack is under way."""


HEALTH_TIME: Final = 100.0
LOOKUP_TIME: Final = 250.0
"""The promised 99th percentiles of /health and of a look-up of a polite client, in milliseconds."""


@dataclass(slots=True)
class Waits:
    """The waits of a polite client in milliseconds, and how often it was refused.

    `promised` is the longest 99th percentile.
    """

    promised: float
    milliseconds: list[float] = field(default_factory=list)
    refused: int = 0

    def time(self, ask: Callable[[], int]) -> None:
        """Ask once; no answer is a refusal."""
        start = time.perf_counter()
        try:
            self.refused += ask() != 200
        except OSError:
            self.refused += 1
        self.milliseconds.append((time.perf_counter() - start) * 1000)

    @property
    def late(self) -> float:
        """The 99th percentile."""
        return sorted(self.milliseconds)[int(len(self.milliseconds) * 0.99)]

    @property
    def is_kept(self) -> bool:
        """Whether the promise holds."""
        return not self.refused and self.late < self.promised

    def __str__(self) -> str:
        """Return the cells of a table: refused, median, 99th percentile, worst."""
        every = self.milliseconds
        return f"{self.refused} | {median(every):.1f} | {self.late:.1f} | {max(every):.1f}"


def be_polite(client: Client, rounds: int) -> tuple[Waits, Waits]:
    """Return the waits for /health and for look-ups of a polite client."""
    client, health, lookup = replace(client, source=POLITE), Waits(HEALTH_TIME), Waits(LOOKUP_TIME)
    for number in range(rounds):
        text = f"SELECT ?p ?o {{ <x:s{number}> ?p ?o }} # {time.monotonic_ns()}"
        health.time(lambda: client.get("/health").status)
        lookup.time(lambda text=text: client.query(text).status)  # type: ignore[misc]
        time.sleep(PAUSE)
    return health, lookup


def load(endpoint: Endpoint, size: int) -> None:
    """Write so many triples, and wait until the polite client is answered."""
    lines = "".join(f"<x:s{n}> <x:p{n % 7}> {n % 50} .\n" for n in range(size))
    written = endpoint.writer.send("PUT", "/store/g", lines, Content_Type="text/turtle")
    if written.status != 201:
        raise ConnectionError(written.text)
    be_polite(endpoint.client, 3)


def measure(endpoint: Endpoint, kind: str, addresses: int, rounds: int) -> tuple[str, bool]:
    """Return the line of a kind of hostile clients, and whether the promises are kept beside it."""
    beside = kind != NOBODY
    with attack(endpoint.client.place, kind, addresses) if beside else nullcontext():
        time.sleep(UNDER_WAY)
        health, lookup = be_polite(endpoint.client, rounds)
        memory = endpoint.tree.memory() >> 20
    line = f"| {kind} | {addresses if beside else 0} | {health} | {lookup} | {memory} |"
    return line, health.is_kept and lookup.is_kept


def measure_attacks(
    kinds: list[str], addresses: list[int], size: int, rounds: int
) -> Iterator[tuple[str, bool]]:
    """Yield the lines of a table, and whether the promises are kept.

    A line has a kind from a number of addresses, on a new server.
    """
    names = "refused | median ms | p99 | worst"
    yield f"| beside | addresses | /health {names} | a look-up {names} | memory, MiB |", True
    yield f"|---|{'---:|' * 10}", True
    for kind in kinds:
        for number in addresses if kind != NOBODY else [0]:
            with (
                TemporaryDirectory(ignore_cleanup_errors=True) as name,
                Endpoint.writable(Path(name), "--empty") as endpoint,
            ):
                load(endpoint, size)
                yield measure(endpoint, kind, number, rounds)
                endpoint.kill()


def main() -> None:
    """Print the table."""
    parser = arguments(__doc__)
    parser.add_argument("--size", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=120)
    parser.add_argument("--addresses", type=int, nargs="+", default=[1, 2, 64])
    parser.add_argument("--kinds", nargs="+", help="words in the names of the kinds to measure")
    given = parser.parse_args()
    words = given.kinds or [""]
    kinds = [kind for kind in (NOBODY, *KINDS) if any(word in kind for word in words)]
    lines, broken = [], []
    for line, is_kept in measure_attacks(kinds, given.addresses, given.size, given.rounds):
        print(line, file=sys.stderr, flush=True)
        lines.append(line)
        broken += [] if is_kept else [line]
    publish("hostile", "\n".join(lines), keep=given.keep)
    exit_with(broken)


if __name__ == "__main__":
    main()
