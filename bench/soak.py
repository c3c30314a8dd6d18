"""Mixed load for a while: the memory of all processes, sampled and compared.

    python -m bench.soak [--minutes 10] [--size 0]

Queries, runaway queries, refused requests and writes that undo one another, so that the dataset
keeps its size. The memory is the sum of the resident memory of every process of the server, shared
pages by their share (PSS).
"""

import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

from bench.crowd import RUNAWAY
from bench.endpoint import Endpoint, tune
from bench.graph import snapshots
from bench.kill import repeating
from bench.page import arguments, publish
from bench.peer import count_resident
from server.engine.process_tree import Tree

CLIENTS: Final = 6
SAMPLES: Final = 300
MEBIBYTE: Final = 1 << 20
LIGHT: Final = (
    "SELECT ?o {{ id:Pakistan ?p ?o }} OFFSET {0}",
    "SELECT ?s ?g {{ GRAPH ?g {{ ?s cpec:cooperatesIn ?o }} }} LIMIT 50 OFFSET {0}",
    "SELECT ?p (COUNT(*) AS ?n) {{ ?s ?p ?o FILTER(?p != <x:{0}>) }} GROUP BY ?p",
    "DESCRIBE id:China # {0}",
    "SELECT * {{ ?s rdfs:label ?l . ?s a ?t }} ORDER BY ?l LIMIT 100 OFFSET {0}",
    "SELECT ?a ?b {{ ?a (cpec:broader|cpec:within)+ ?b }} OFFSET {0}",
    "SELECT {{ # not a query {0}",
)
PUT: Final = "INSERT DATA {{ GRAPH <x:soak> {{ <x:s> <x:p> {0} }} }}"
TAKE: Final = "DELETE DATA {{ GRAPH <x:soak> {{ <x:s> <x:p> {0} }} }}"


class Sample(NamedTuple):
    """A moment: the bytes of all processes and of the server itself, and their number."""

    seconds: float
    size: int
    server: int
    processes: int


@dataclass(slots=True)
class Soak:
    """The statuses of the answers, and the bytes at each moment."""

    statuses: Counter[int] = field(default_factory=Counter)
    samples: list[Sample] = field(default_factory=list)

    def change(self) -> float:
        """Return how the last quarter differs from the second, as a share (the first warms up)."""
        quarter = len(self.samples) // 4
        sizes = [sample.size for sample in self.samples]
        return median(sizes[-quarter:]) / median(sizes[quarter : 2 * quarter]) - 1

    def table(self) -> Iterator[str]:
        """Yield a line for each tenth of the time."""
        yield "seconds   MiB (PSS)   of the server   processes"
        for seconds, size, server, processes in self.samples[:: max(1, len(self.samples) // 12)]:
            sizes = f"{size / MEBIBYTE:9.1f}   {server / MEBIBYTE:13.1f}"
            yield f"{seconds:7.0f}   {sizes}   {processes:9}"
        yield f"answers {dict(sorted(self.statuses.items()))} (0: none)"
        yield f"the last quarter against the second: {self.change():+.1%}"


def run(endpoint: Endpoint, seconds: float) -> Soak:
    """Load the server for so many seconds; return statuses and memory."""
    soak = Soak()
    asking = [lambda: ask(endpoint, soak, random.random())] * CLIENTS  # noqa: S311 -- anything
    with repeating(*asking, lambda: write(endpoint, soak)):
        start = time.monotonic()
        while (passed := time.monotonic() - start) < seconds:
            soak.samples.append(sample(passed, endpoint.tree))
            time.sleep(seconds / SAMPLES)
    return soak


def sample(seconds: float, tree: Tree) -> Sample:
    """Return the memory of the processes of a server at a moment."""
    processes = tree.all()
    return Sample(seconds, count_resident(processes), count_resident([tree.serve]), len(processes))


def ask(endpoint: Endpoint, soak: Soak, dice: float) -> None:
    """Ask something, one time in a hundred something without an end."""
    light = LIGHT[int(dice * 7919) % len(LIGHT)].format(int(dice * 1e6))
    text = RUNAWAY if dice < 0.01 else light
    soak.statuses[status(endpoint, text, update=False)] += 1


def write(endpoint: Endpoint, soak: Soak) -> None:
    """Write something, and take it back."""
    number = random.randrange(1000)  # noqa: S311 -- any number
    for text in (PUT, TAKE):
        soak.statuses[status(endpoint, text.format(number), update=True)] += 1
        time.sleep(0.5)


def status(endpoint: Endpoint, text: str, *, update: bool) -> int:
    """Return the status of an answer, 0 for none."""
    try:
        return (endpoint.writer.update(text) if update else endpoint.client.query(text)).status
    except OSError:
        return 0


def main() -> None:
    """Print the table."""
    parser = arguments(__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--size", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        builds = snapshots(Path(folder), given.size)
        options = ("--out", str(builds), "--deadline", "2")
        command = tune(cache=4 << 20)
        with Endpoint.writable(Path(folder) / "home", *options, command=command) as endpoint:
            soak = run(endpoint, given.minutes * 60)
    publish("soak", "\n".join(("```", *soak.table(), "```")), keep=given.keep)


if __name__ == "__main__":
    main()
