"""How long a build takes, and how much memory: from files to a snapshot, stage by stage.

python -m bench.build [--size 10000 100000 1000000] [--keep]
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from dataclasses import dataclass
from math import log
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from bench.articles import QUADS, write_articles
from bench.page import PAGE, arguments, publish
from graph.build import Summary, build
from graph.curating.master import Inputs
from graph.engine.process_tree import descendants, proportional

SIZING: Final = PAGE.with_name("sizing.md")
SIZES: Final = (10_000, 100_000, 1_000_000)
EVERY: Final = 0.2
"""The seconds from one look at the memory to the next."""

MACHINES: Final = (4, 16, 64)
"""The memory of some machines, GB."""


def main() -> None:
    """Print the table."""
    parser = arguments(__doc__)
    parser.add_argument("--size", type=int, nargs="+", default=SIZES)
    given = parser.parse_args()
    measured = [measure(size) for size in sorted(given.size)]
    publish("build", "\n".join(table(measured)), keep=given.keep, page=SIZING)


@dataclass(frozen=True, slots=True)
class Measured:
    """The quads of a graph, its build, and the peak of the memory of the build and its forks."""

    quads: int
    summary: Summary
    memory: int

    @property
    def busy(self) -> float:
        """Return the seconds for which processors were busy."""
        return sum(stage.busy for stage in self.summary.stages)


def measure(size: int) -> Measured:
    """Build a graph of nearly that many quads in a process of its own; return time and memory."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_articles(folder / "data", max(1, size // QUADS))
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            inputs, builds = Inputs(folder / "data"), folder / "build"
            future = pool.submit(build, inputs, builds, folder / "no-texts")
            peak = 0
            while not wait([future], EVERY).done:
                peak = max(peak, sum(map(proportional, descendants(os.getpid())[1:])))
        with future.result().snapshot.quads_file.open("rb") as file:
            return Measured(sum(1 for _ in file), future.result(), peak)


def table(measured: Sequence[Measured]) -> Iterator[str]:
    """Yield a table in Markdown: seconds and the peak of memory, a line a stage."""
    yield f"| stage | {' | '.join(f'{graph.quads:,} quads' for graph in measured)} |"
    yield "|---|" + "---:|" * len(measured)
    for stages in zip(*(graph.summary.stages for graph in measured), strict=True):
        cells = [f"{stage.seconds:,.1f} s, {stage.peak / 1e9:,.2f} GB" for stage in stages]
        yield f"| {stages[0].name} | {' | '.join(cells)} |"
    cells = [f"{graph.summary.seconds:,.1f} s, {graph.memory / 1e9:,.2f} GB" for graph in measured]
    yield f"| all, with forks | {' | '.join(cells)} |"
    cells = [f"{graph.busy:,.1f} s" for graph in measured]
    yield f"| for which processors were busy | {' | '.join(cells)} |"
    yield ""
    yield "The memory of all is the peak of the build and its forks together."
    yield ""
    if len(measured) > 1:
        yield from extrapolate_limits(measured)


def extrapolate_limits(measured: Sequence[Measured]) -> Iterator[str]:
    """Yield the exponent between the two largest graphs, and where some machines end."""
    small, large = measured[-2:]
    exponent = log(large.busy / small.busy) / log(large.quads / small.quads)
    each = (large.memory - small.memory) / (large.quads - small.quads)
    yield (
        f"The processor's time grows as quads to the power of {exponent:.2f}, "
        f"memory by {each:,.0f} bytes a quad."
    )
    yield ""
    yield "| memory of a machine | where it ends | the processor's time then |"
    yield "|---:|---:|---:|"
    for memory in MACHINES:
        end = large.quads + (memory * 1e9 - large.memory) / each
        minutes = large.busy * end / large.quads / 60
        yield f"| {memory} GB | {end / 1e6:,.1f} million quads | {minutes:,.0f} minutes |"


if __name__ == "__main__":
    main()
