"""Random histories of reads and writes over several fronts, with kills, and the law that they keep.

    python -m bench.histories [--number 1000] [--seed 1]

The dataset of a server is one atomic register whose value is its version (Herlihy and Wing,
Linearizability, 1990). Each write adds a value to a thing, and a read sees some values of it. Since
no value is ever removed, a history is legal if and only if `find_violations` finds nothing.
"""

import os
import random
import re
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, count
from math import inf
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from bench.endpoint import Endpoint
from bench.kill import one_of
from bench.page import arguments, exit_with, publish
from ontology.namespace import ID

PARTS: Final = ("worker", "zygote", "writer", "front", "stopped front", "server")
FRONTS: Final = "2"
CLIENTS: Final = (2, 4)
STEPS: Final = (3, 7)
"""The bounds of the random numbers of clients in a history, and of steps of a client."""

LONG: Final = "long query"
LONG_SHARE: Final = 0.5
WRITE_SHARE: Final = 0.3
KILL_SHARE: Final = 0.3
CONDITIONAL_SHARE: Final = 0.5
"""The shares: of long queries among reads, of writes among steps, of histories with a kill, of
reads with an entity tag."""

PAUSE: Final = 0.05
BUSY: Final = frozenset({503, 504})

PREFIXES: Final = (
    "PREFIX id: <https://w3id.org/cpec-graph/id/> "
    "PREFIX cpec: <https://w3id.org/cpec-graph/ontology#> "
    "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
)
WRITE: Final = (
    PREFIXES + "INSERT DATA {{ GRAPH id:history_{0} {{ id:kept_{0}_{1} cpec:partyTo id:Kept_{0} ; "
    'rdfs:label "kept {0} {1}"@en }} }}'
)
QUERY: Final = PREFIXES + "SELECT ?party {{ ?party cpec:partyTo id:Kept_{0} }}"
SLOW: Final = (
    PREFIXES
    + "SELECT ?party (COUNT(*) AS ?number) {{ ?party cpec:partyTo id:Kept_{0} . "
    + " ".join(f"VALUES ?{name} {{{{ {' '.join(map(str, range(60)))} }}}}" for name in "abc")
    + " }} GROUP BY ?party"
)
"""A query that takes so long that clients share its evaluation, and writes come meanwhile."""


@dataclass(frozen=True, slots=True)
class Write:
    """A write of a value, from the request to the answer; `end` is inf if no answer came."""

    value: int
    begin: float
    end: float = inf


@dataclass(frozen=True, slots=True)
class Read:
    """A read, the values that it saw, and the values that it asked for and did not see."""

    kind: str
    begin: float
    end: float
    present: frozenset[int]
    absent: frozenset[int]


@dataclass(slots=True)
class History:
    """The reads and writes of one thing."""

    writes: list[Write] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)


def find_violations(history: History) -> Iterator[str]:
    """Yield the violations of the law of one register."""
    begins = {write.value: write.begin for write in history.writes}
    ends = {write.value: write.end for write in history.writes}
    for read in history.reads:
        due = {value for value, end in ends.items() if end < read.begin}
        if lost := due & read.absent:
            yield f"{read.kind}: {sorted(lost)} acknowledged before the read, and not seen"
        for other in history.reads:
            if other.end < read.begin and (gone := other.present & read.absent):
                yield f"{read.kind}: {sorted(gone)} seen by {other.kind} before, and not seen"
        if early := {value for value in read.present if begins.get(value, inf) > read.end}:
            yield f"{read.kind}: {sorted(early)} seen before the write"
        for value in read.present:
            if skipped := {v for v in read.absent if ends[v] < begins.get(value, inf)}:
                yield f"{read.kind}: {value} seen, and not {sorted(skipped)} from before it"
    for read, other in combinations(history.reads, 2):
        if read.present & other.absent and other.present & read.absent:
            yield f"{read.kind} and {other.kind} saw two orders of the same writes"


@dataclass(frozen=True, slots=True)
class Reading:
    """A kind of read: the address for a history and a value, and whether it shows all values."""

    address: Callable[[int, int], str]
    accept: str = "*/*"
    is_whole: bool = True


def write_address(path: str, **parameters: str) -> str:
    """Return an address with parameters."""
    return f"{path}?{urlencode(parameters)}"


READINGS: Final = {
    "query": Reading(lambda n, _: write_address("/sparql", query=QUERY.format(n)), "text/csv"),
    LONG: Reading(lambda n, _: write_address("/sparql", query=SLOW.format(n)), "text/csv"),
    "graph store": Reading(lambda n, _: write_address("/store", graph=f"{ID}history_{n}")),
    "page": Reading(lambda n, _: f"/page/Kept_{n}", "text/html"),
    "data": Reading(lambda n, _: f"/data/Kept_{n}.nt"),
    "table": Reading(lambda n, _: f"/data/Kept_{n}.csv"),
    "id": Reading(lambda n, value: f"/id/kept_{n}_{value}", is_whole=False),
    "explain": Reading(
        lambda n, value: write_address(
            "/explain", s=f"kept_{n}_{value}", p="partyTo", o=f"Kept_{n}"
        ),
        is_whole=False,
    ),
    "search": Reading(
        lambda n, value: write_address("/search", q=f"kept {n} {value}"),
        "application/json",
        is_whole=False,
    ),
}


@dataclass(slots=True)
class Tally:
    """The figures of all histories."""

    writes: Counter[str] = field(default_factory=Counter)
    reads: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def __str__(self) -> str:
        """Return the figures, a line a part."""
        lines = (
            f"writes {dict(self.writes)}, the slowest answer {self.slowest:.1f} s",
            f"reads {dict(self.reads)}",
            f"kills {dict(self.kills)}",
            f"unanswered {dict(self.failures)}",
            f"violations {len(self.violations)}",
        )
        return "\n".join((*lines, *self.violations[:20]))


class Server:
    """A server with a data directory, which is killed and opened again."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self.endpoint = self._open()

    def _open(self) -> Endpoint:
        """Return the opened server."""
        return Endpoint.writable(self._home, "--empty", "--processes", FRONTS)

    def kill(self, part: str, chance: random.Random) -> None:
        """Kill a process of a part, or stop a front."""
        if part == "server":
            self.endpoint.kill()
            self.endpoint = self._open()
            return
        pid = one_of(self.endpoint.tree, part.removeprefix("stopped "), chance)
        os.kill(pid, signal.SIGSTOP if part.startswith("stopped") else signal.SIGKILL)


class Play:
    """One random history on a server."""

    def __init__(self, server: Server, number: int, seed: int, tally: Tally) -> None:
        self.history = History()
        self._server = server
        self._number = number
        self._chance = random.Random(f"{seed} {number}")  # noqa: S311 -- a test, no secret
        self._values = count()
        self._tagged: dict[str, tuple[str, frozenset[int]]] = {}
        """The entity tag and the values of the last answer, by address."""
        self._tally = tally

    def run(self) -> History:
        """Play the history, and return it."""
        steps = [self._chance.randint(*STEPS) for _ in range(self._chance.randint(*CLIENTS))]
        seeds = [self._chance.random() for _ in steps]
        threads = [
            threading.Thread(target=self._act, args=(random.Random(seed), number))  # noqa: S311
            for seed, number in zip(seeds, steps, strict=True)
        ]
        for thread in threads:
            thread.start()
        if self._chance.random() < KILL_SHARE:
            self._kill(self._chance.choice(PARTS))
        for thread in threads:
            thread.join()
        return self._whole()

    def _kill(self, part: str) -> None:
        """Kill a part after a random pause."""
        time.sleep(self._chance.random())
        try:
            self._server.kill(part, self._chance)
        except ProcessLookupError:  # it is being replaced
            return
        self._tally.kills[part] += 1

    def _act(self, chance: random.Random, steps: int) -> None:
        """Read and write so many times."""
        for _ in range(steps):
            begin = time.monotonic()
            try:
                if chance.random() < WRITE_SHARE:
                    self._write(next(self._values))
                    self._read(LONG, chance)  # others may be asking it
                else:
                    is_long = chance.random() < LONG_SHARE
                    self._read(LONG if is_long else chance.choice(sorted(READINGS)), chance)
            except OSError:
                self._tally.failures["cut"] += 1
                time.sleep(PAUSE)
            self._tally.slowest = max(self._tally.slowest, time.monotonic() - begin)

    def _write(self, value: int) -> None:
        """Write a value; without an acknowledgement it may take effect at any time."""
        begin = time.monotonic()
        self.history.writes.append(Write(value, begin))
        reply = self._server.endpoint.writer.update(WRITE.format(self._number, value))
        self._tally.writes[str(reply.status)] += 1
        if reply.status == 200:
            self.history.writes.append(Write(value, begin, time.monotonic()))

    def _read(self, kind: str, chance: random.Random) -> None:
        """Read in one way, half the time with the last entity tag of the same request."""
        reading = READINGS[kind]
        asked = chance.randrange(1 + max((w.value for w in self.history.writes), default=0))
        address = reading.address(self._number, asked)
        tag, values = self._tagged.get(address, ("", frozenset()))
        named = {"If_None_Match": tag} if tag and chance.random() < CONDITIONAL_SHARE else {}
        begin = time.monotonic()
        reply = self._server.endpoint.client.get(address, Accept=reading.accept, **named)
        end = time.monotonic()
        self._tally.reads[f"{kind} {reply.status}"] += 1
        if reply.status not in {200, 303, 304, 404}:
            if reply.status not in BUSY:
                self._tally.violations.append(f"{kind}: {reply.status} {reply.text[:500]}")
            return
        if reply.status != 304:
            values = self._find_values(reply.text) if reply.status == 200 else frozenset()
            values |= {asked} if reply.status == 303 else values
            self._tagged[address] = reply.headers["ETag"] or "", values
        absent = frozenset[int]() if reading.is_whole or asked in values else frozenset({asked})
        present = values if reading.is_whole else values & {asked}
        self.history.reads.append(Read(kind, begin, end, present, absent))

    def _find_values(self, text: str) -> frozenset[int]:
        """Return the values of the history that a text names by their IRIs."""
        return frozenset(map(int, re.findall(rf"\bkept_{self._number}_(\d+)", text)))

    def _whole(self) -> History:
        """Return the history with one record a write; whole reads list absent values."""
        writes = {write.value: write for write in self.history.writes}  # the answered one is last
        values = frozenset(writes)
        reads = [
            Read(read.kind, read.begin, read.end, read.present, values - read.present)
            if READINGS[read.kind].is_whole
            else read
            for read in self.history.reads
        ]
        return History(list(writes.values()), reads)


def run(home: Path, numbers: Sequence[int], seed: int) -> Tally:
    """Play histories on one server, and return their figures."""
    tally = Tally()
    server = Server(home)
    try:
        for number in numbers:
            history = Play(server, number, seed, tally).run()
            found = [f"history {number}: {fault}" for fault in find_violations(history)]
            tally.violations += found
    finally:
        server.endpoint.stop()
    return tally


def main() -> None:
    """Print the figures of so many random histories."""
    parser = arguments(__doc__)
    parser.add_argument("--number", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tally = run(Path(folder), range(given.number), given.seed)
    lines = f"{given.number} histories, seed {given.seed}:\n{tally}".replace("\n", "\n- ")
    publish("histories", lines, keep=given.keep)
    exit_with(tally.violations)


if __name__ == "__main__":
    main()
