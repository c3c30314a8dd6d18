"""How long a build takes, and how much memory: from files to a snapshot, stage by stage.

python -m bench.build [--size 10000 100000 1000000] [--keep]
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from math import log
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from bench.articles import QUADS, write_articles
from bench.page import PAGE, arguments, publish
from graph.build import Summary, build
from graph.curating.master import Inputs

SIZING: Final = PAGE.with_name("sizing.md")
SIZES: Final = (10_000, 100_000, 1_000_000)
MACHINES: Final = (4, 16, 64)
"""The memory of some machines, GB."""


def main() -> None:
    """Print the table."""
    parser = arguments(__doc__)
    parser.add_argument("--size", type=int, nargs="+", default=SIZES)
    given = parser.parse_args()
    measured = [measure(size) for size in sorted(given.size)]
    publish("build", "\n".join(table(measured)), keep=given.keep, page=SIZING)


def measure(size: int) -> tuple[int, Summary]:
    """Return the quads of a graph of nearly such a size, and its build in a process of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_articles(folder / "data", max(1, size // QUADS))
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            inputs, builds = Inputs(folder / "data"), folder / "build"
            summary = pool.submit(build, inputs, builds, folder / "no-texts").result()
        with summary.snapshot.quads_file.open("rb") as file:
            return sum(1 for _ in file), summary


def table(measured: Sequence[tuple[int, Summary]]) -> Iterator[str]:
    """Yield a table in Markdown: seconds and the peak of memory, a line a stage."""
    yield f"| stage | {' | '.join(f'{quads:,} quads' for quads, _ in measured)} |"
    yield "|---|" + "---:|" * len(measured)
    for stages in zip(*(summary.stages for _, summary in measured), strict=True):
        cells = [f"{one.seconds:,.1f} s, {one.peak / 1e9:,.2f} GB" for one in stages]
        yield f"| {stages[0].name} | {' | '.join(cells)} |"
    busy = [sum(stage.busy for stage in summary.stages) for _, summary in measured]
    cells = [f"{summary.seconds:,.1f} s" for _, summary in measured]
    yield f"| all | {' | '.join(cells)} |"
    yield f"| of which the processor was busy | {' | '.join(f'{one:,.1f} s' for one in busy)} |"
    yield ""
    if len(measured) > 1:
        yield from extrapolated(measured)


def extrapolated(measured: Sequence[tuple[int, Summary]]) -> Iterator[str]:
    """Yield the exponent between the two largest graphs, and where some machines end."""
    (fewer, small), (most, large) = measured[-2:]
    spent, before = (sum(stage.busy for stage in one.stages) for one in (large, small))
    exponent = log(spent / before) / log(most / fewer)
    each = (large.stages[-1].peak - small.stages[-1].peak) / (most - fewer)
    yield (
        f"The processor's time grows as quads to the power of {exponent:.2f}, "
        f"memory by {each:,.0f} bytes a quad."
    )
    yield ""
    yield "| memory of a machine | where it ends | the processor's time then |"
    yield "|---:|---:|---:|"
    for memory in MACHINES:
        end = most + (memory * 1e9 - large.stages[-1].peak) / each
        minutes = spent * end / most / 60
        yield f"| {memory} GB | {end / 1e6:,.1f} million quads | {minutes:,.0f} minutes |"


if __name__ == "__main__":
    main()
