"""Hostile clients beside a polite one: how long the polite one waits, and whether it is refused.

python -m bench.hostile [--addresses 1 2 64] [--rounds 120] [--kinds WORD...] [--peer]

The polite client comes from an address of its own, and asks one thing after another: /health, then
a look-up that no cache answers. The hostile ones are a process of their own (bench/attack.py). The
status is 1 if the polite client was refused or waited longer than promised, on an idle machine.
With --peer, `oxigraph serve --union-default-graph` is tried too; its page stands for /health.
"""

import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from bench.attack import KINDS, OURS, attack
from bench.client import Client
from bench.endpoint import Endpoint
from bench.page import arguments, exit_with, publish
from bench.peer import count_resident, serve_peer
from bench.server import OXIGRAPH
from bench.wire import Reply

NOBODY: Final = "nobody"
POLITE: Final = "127.0.0.2"
"""The address of the polite client."""

PAUSE: Final = 0.05
"""The seconds between two rounds of the polite client."""

UNDER_WAY: Final = 1.0
"""The seconds after which an attack is under way."""

PEER_TIME: Final = 20.0
"""The seconds after which a peer is asked no more: it may take many for one answer."""


HEALTH_TIME: Final = 100.0
LOOKUP_TIME: Final = 250.0
"""The promised 99th percentiles of /health and of a look-up of a polite client, in milliseconds."""


@dataclass(slots=True)
class Waits:
    """The waits of a polite client in milliseconds, and what it was told when refused.

    `promised` is the longest 99th percentile.
    """

    promised: float
    milliseconds: list[float] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    def time(self, ask: Callable[[], Reply]) -> None:
        """Ask once; no answer is a refusal."""
        start = time.perf_counter()
        try:
            reply = ask()
            if reply.status != 200:
                self.refusals.append(f"{reply.status}: {reply.text}")
        except OSError as error:
            self.refusals.append(repr(error))
        self.milliseconds.append((time.perf_counter() - start) * 1000)

    @property
    def late(self) -> float:
        """The 99th percentile."""
        return sorted(self.milliseconds)[int(len(self.milliseconds) * 0.99)]

    @property
    def is_kept(self) -> bool:
        """Whether the promise holds."""
        return not self.refusals and self.late < self.promised

    def __str__(self) -> str:
        """Return the cells of a table: refused, median, 99th percentile, worst."""
        every = self.milliseconds
        return f"{len(self.refusals)} | {median(every):.1f} | {self.late:.1f} | {max(every):.1f}"


def be_polite(
    client: Client, rounds: int, alive: str = "/health", seconds: float = math.inf
) -> tuple[Waits, Waits]:
    """Return the waits of a polite client for what says that a server lives, and for look-ups.

    No round begins after so many seconds.
    """
    client, health, lookup = replace(client, source=POLITE), Waits(HEALTH_TIME), Waits(LOOKUP_TIME)
    end = time.monotonic() + seconds
    for number in range(rounds):
        if time.monotonic() > end:
            break
        text = f"SELECT ?p ?o {{ <x:s{number}> ?p ?o }} # {time.monotonic_ns()}"
        health.time(lambda: client.get(alive))
        lookup.time(lambda text=text: client.query(text))  # type: ignore[misc]
        time.sleep(PAUSE)
    return health, lookup


def lines(size: int) -> str:
    """Return so many triples as Turtle."""
    return "".join(f"<x:s{n}> <x:p{n % 7}> {n % 50} .\n" for n in range(size))


def write(client: Client, path: str, size: int) -> None:
    """Write so many triples."""
    written = client.send("PUT", path, lines(size), Content_Type="text/turtle")
    if written.status not in (201, 204):
        raise ConnectionError(written.text)


def measure_ours(kind: str, addresses: int, size: int, rounds: int) -> tuple[str, bool]:
    """Return the line of hostile clients on a new server, and whether the promises are kept."""
    with (
        TemporaryDirectory(ignore_cleanup_errors=True) as name,
        Endpoint.writable(Path(name), "--empty") as endpoint,
    ):
        write(endpoint.writer, "/store/g", size)
        be_polite(endpoint.client, 3)
        with attack(endpoint.client.place, kind, addresses) if addresses else nullcontext():
            time.sleep(UNDER_WAY)
            health, lookup = be_polite(endpoint.client, rounds)
            memory = count_resident(endpoint.tree.all()) >> 20
        endpoint.kill()
    line = f"| {kind} | {addresses} | cpec | {health} | {lookup} | {memory} |"
    return line, health.is_kept and lookup.is_kept


def measure_peer(kind: str, addresses: int, size: int, rounds: int) -> str:
    """Return the line of Oxigraph, with the deadline of ours."""
    command = [*OXIGRAPH, "--union-default-graph", "--timeout-s", "10"]
    with serve_peer(command, "--bind", "/query") as peer:
        host, port = peer.address
        client = Client(f"http://{host}:{port}", path=peer.path)
        write(client, "/store?graph=x:g", size)
        beside = attack(peer.address, kind, addresses, peer.path) if addresses else nullcontext()
        with beside:
            time.sleep(UNDER_WAY)
            alive, lookup = be_polite(client, rounds, "/", PEER_TIME)
            memory = peer.memory() >> 20
    return f"| {kind} | {addresses} | oxigraph | {alive} | {lookup} | {memory} |"


def measure_attacks(
    kinds: list[str], addresses: list[int], size: int, rounds: int, *, peer: bool
) -> Iterator[tuple[str, bool]]:
    """Yield the lines of a table, and whether the promises are kept.

    A line has a kind from a number of addresses, on a new server.
    """
    names = "refused | median ms | p99 | worst"
    yield (
        f"| beside | addresses | server | /health {names} | a look-up {names} | memory, MiB |",
        True,
    )
    yield f"|---|---:|---|{'---:|' * 9}", True
    for kind in kinds:
        for number in addresses if kind != NOBODY else [0]:
            yield measure_ours(kind, number, size, rounds)
            if peer and kind not in OURS:
                yield measure_peer(kind, number, size, rounds), True


def main() -> None:
    """Print the table."""
    parser = arguments(__doc__)
    parser.add_argument("--size", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=120)
    parser.add_argument("--addresses", type=int, nargs="+", default=[1, 2, 64])
    parser.add_argument("--kinds", nargs="+", help="words in the names of the kinds to measure")
    parser.add_argument("--peer", action="store_true", help="measure Oxigraph too (.venv-bench)")
    given = parser.parse_args()
    words = given.kinds or [""]
    kinds = [kind for kind in (NOBODY, *KINDS) if any(word in kind for word in words)]
    table, broken = [], []
    attacks = measure_attacks(kinds, given.addresses, given.size, given.rounds, peer=given.peer)
    for line, is_kept in attacks:
        print(line, file=sys.stderr, flush=True)
        table.append(line)
        broken += [] if is_kept else [line]
    publish("hostile", "\n".join(table), keep=given.keep)
    exit_with(broken)


if __name__ == "__main__":
    main()
