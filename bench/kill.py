"""Kills of workers, zygotes and writers under load: lost writes, and the seconds until it was back.

    python -m bench.kill [--times 100] [--size 100000]

`--size 0` is the shipped graph. At the end the whole server is killed, and opened again.
"""

import contextlib
import os
import random
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import mean
from typing import Final

from bench.endpoint import UNCACHED, Endpoint
from bench.graph import closed, write_as_snapshot
from bench.page import arguments, publish
from graph.current_snapshot import cache_folder
from server.engine.process_tree import Tree

PARTS: Final = ("worker", "zygote", "writer", "front")
CHANCE: Final = random.Random()  # noqa: S311 -- any process of a part
READERS: Final = 3
PATIENCE: Final = 60.0
PAUSE: Final = 0.05
POINT: Final = "SELECT ?o { ?s a <https://w3id.org/cpec-graph/ontology#Sentence> ; ?p ?o } LIMIT 3"
WRITE: Final = "INSERT DATA {{ GRAPH id:kill\\/s01 {{ id:kept_{0} cpec:partyTo id:Kept }} }}"
"""Each number is a party; that the undertaking has it follows, and is to be kept with it."""

STATED: Final = "?party cpec:partyTo id:Kept"
INFERRED: Final = "GRAPH graph:inferred { id:Kept cpec:hasParty ?party }"
NUMBERS: Final = 'SELECT (STRAFTER(STR(?party), "kept_") AS ?number) {{ {0} }}'


@dataclass(slots=True)
class Report:
    """The seconds until each part was back, and the numbers that were written and read."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    reads: Counter[int] = field(default_factory=Counter)
    writes: Counter[int] = field(default_factory=Counter)
    tried: set[int] = field(default_factory=set)
    acknowledged: set[int] = field(default_factory=set)
    present: set[int] = field(default_factory=set)
    followed: set[int] = field(default_factory=set)
    slowest: float = 0.0
    reopened: float = 0.0

    @property
    def lost_writes(self) -> set[int]:
        """The numbers that were acknowledged and are missing."""
        return self.acknowledged - self.present

    @property
    def invented_writes(self) -> set[int]:
        """The numbers that were never written and are present."""
        return self.present - self.tried

    @property
    def torn_writes(self) -> set[int]:
        """The numbers with only their written triple, or only their inferred one."""
        return self.present ^ self.followed

    def __str__(self) -> str:
        """Return the numbers, a line a part."""
        lines = [
            f"{part}: {len(times)} kills, back in {mean(times):.3f} s, at most {max(times):.3f} s"
            for part, times in self.seconds.items()
        ]
        return "\n".join(
            (
                *lines,
                f"reads {dict(self.reads)}, writes {dict(self.writes)} (0: no answer)",
                f"the slowest write {self.slowest:.3f} s",
                f"server killed and reopened: answers after {self.reopened:.3f} s",
                (
                    f"acknowledged {len(self.acknowledged)}, found {len(self.present)}, "
                    f"lost {len(self.lost_writes)}, invented {len(self.invented_writes)}, "
                    f"torn {len(self.torn_writes)}"
                ),
            )
        )


def run(home: Path, builds: Path, times: int) -> Report:
    """Kill each part so many times under load, then the server; return the report."""
    report = Report()
    where = ("--out", str(builds))
    endpoint = Endpoint.writable(home, *where, command=UNCACHED)
    try:
        with load(endpoint, report):
            for part in PARTS:
                report.seconds[part] = [kill(endpoint, part) for _ in range(times)]
                endpoint.writer.update(WRITE.format(-1))  # waits until all is loaded again
            endpoint.kill()
    finally:
        endpoint.kill()
    start = time.monotonic()
    with Endpoint.writable(home, *where, command=UNCACHED) as again:
        report.present, report.followed = numbers(again, STATED), numbers(again, INFERRED)
        report.reopened = time.monotonic() - start
    return report


def numbers(endpoint: Endpoint, pattern: str) -> set[int]:
    """Return the numbers of the parties that a pattern finds."""
    lines = endpoint.client.query(NUMBERS.format(pattern), format="csv").text.splitlines()
    return set(map(int, lines[1:]))


def builds_of(folder: Path, size: int) -> Path:
    """Return the snapshot of a generated graph, closed, or of the shipped one at 0."""
    if not size:
        return cache_folder()
    write_as_snapshot(folder / "build", closed(size))
    return folder / "build"


def kill(endpoint: Endpoint, part: str) -> float:
    """Kill one process; return the seconds until all is there again and answers."""
    pid = 0
    while not pid:
        with contextlib.suppress(ProcessLookupError):  # a write replaces the workers all the while
            pid = one_of(endpoint.tree, part, CHANCE)
            os.kill(pid, signal.SIGKILL)
    start = time.monotonic()
    end = start + PATIENCE
    while not is_back(endpoint, part, pid):
        if time.monotonic() > end:
            raise TimeoutError(f"{part} is not back after {PATIENCE} seconds")
        time.sleep(0.005)
    seconds = time.monotonic() - start
    time.sleep(PAUSE)
    return seconds


def one_of(tree: Tree, part: str, chance: random.Random) -> int:
    """Return a process of a part; raises ProcessLookupError if the part has no process now."""
    pids = {
        "worker": tree.workers,
        "zygote": tree.zygotes[:1],
        "writer": tuple(filter(None, (tree.writer,))),
        "front": tree.fronts,
    }[part]
    if not pids:
        raise ProcessLookupError(part)
    return chance.choice(pids)


def is_back(endpoint: Endpoint, part: str, killed: int) -> bool:
    """Return whether living processes answer a query, and a write after a writer or a front."""
    try:
        tree = endpoint.tree
        if killed in tree.all() or not tree.workers:
            return False
        if part in {"writer", "front"} and endpoint.writer.update(WRITE.format(-1)).status != 200:
            return False
        return endpoint.client.query(POINT).status == 200
    except OSError:
        return False


@contextlib.contextmanager
def load(endpoint: Endpoint, report: Report) -> Iterator[None]:
    """Ask and write while the block runs."""
    report.tried.add(-1)
    written = count()
    asking = [lambda: read(endpoint, report)] * READERS
    with repeating(*asking, lambda: write(endpoint, report, next(written))):
        yield


@contextlib.contextmanager
def repeating(*acts: Callable[[], None]) -> Iterator[None]:
    """Do each of these again and again, in a thread of its own."""
    over = threading.Event()

    def repeat(act: Callable[[], None]) -> None:
        while not over.is_set():
            act()

    threads = [threading.Thread(target=repeat, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def read(endpoint: Endpoint, report: Report) -> None:
    """Ask one question."""
    try:
        report.reads[endpoint.client.query(POINT).status] += 1
    except OSError:
        report.reads[0] += 1
        time.sleep(PAUSE)


def write(endpoint: Endpoint, report: Report, number: int) -> None:
    """Write one number, and note whether that was acknowledged."""
    report.tried.add(number)
    start = time.monotonic()
    try:
        status = endpoint.writer.update(WRITE.format(number)).status
    except OSError:
        status = 0
        time.sleep(PAUSE)
    report.writes[status] += 1
    report.slowest = max(report.slowest, time.monotonic() - start)
    if status == 200:
        report.acknowledged.add(number)


def main() -> None:
    """Print the report of kills, on the shipped graph or on a generated one."""
    parser = arguments(__doc__)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--size", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        builds = builds_of(Path(folder), given.size)
        name = f"{given.size} generated quads" if given.size else "the shipped graph"
        report = run(Path(folder) / "home", builds, given.times)
    lines = f"{name}, {given.times} kills each under load:\n{report}".replace("\n", "\n- ")
    publish("large kills" if given.size else "kills", lines, keep=given.keep)


if __name__ == "__main__":
    main()
