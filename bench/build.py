"""How long a build takes, and how much memory: from files to a snapshot, stage by stage.

python -m bench.build [--size 10000 100000 1000000] [--engine duckdb] [--keep]
"""

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from math import log
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from bench.articles import QUADS, write_articles
from bench.page import PAGE, arguments, publish
from bench.peer import count_resident, descendants
from graph.build import Summary, build
from graph.curating.master import Inputs
from server.scaling.building import build_in_tables
from server.scaling.tables import open_duck

SIZING: Final = PAGE.with_name("sizing.md")
SIZES: Final = (10_000, 100_000, 1_000_000)
EVERY: Final = 0.2
"""The seconds from one look at the memory to the next."""

BUILDS: Final[dict[str, Callable[[Inputs, Path, Path], Summary]]] = {
    "memory": build,
    "duckdb": partial(build_in_tables, open_duck),
}
"""The builds by the names of their engines."""

SECTIONS: Final = {"memory": "build", "duckdb": "build-duckdb"}
"""The sections of the page by engine."""

MACHINES: Final = (4, 16, 64)
"""The memory of some machines, GB."""


def main() -> None:
    """Print the table."""
    parser = arguments(__doc__)
    parser.add_argument("--size", type=int, nargs="+", default=SIZES)
    parser.add_argument("--engine", choices=BUILDS, default="memory")
    given = parser.parse_args()
    measured = [measure(size, given.engine) for size in sorted(given.size)]
    lines = [*table(measured)]
    if len(measured) > 1 and given.engine == "memory":
        lines += extrapolate_limits(*measured[-2:])
    publish(SECTIONS[given.engine], "\n".join(lines), keep=given.keep, page=SIZING)


@dataclass(frozen=True, slots=True)
class Measured:
    """The quads of a graph, its build, and the peak of the memory of the build and its forks.

    `disk` is the peak of the bytes that the build writes, its fragments and its snapshot included.
    """

    quads: int
    summary: Summary
    memory: int
    disk: int

    @property
    def busy(self) -> float:
        """Return the seconds for which processors were busy."""
        return sum(stage.busy for stage in self.summary.stages)


def measure(size: int, engine: str) -> Measured:
    """Build a graph of nearly that many quads in a process of its own; return time and memory."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_articles(folder / "data", max(1, size // QUADS))
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            inputs, builds = Inputs(folder / "data"), folder / "build"
            future = pool.submit(BUILDS[engine], inputs, builds, folder / "no-texts")
            memory = disk = 0
            while not wait([future], EVERY).done:
                memory = max(memory, count_resident(descendants(os.getpid())[1:]))
                disk = max(disk, count_blocks(builds))
        with future.result().snapshot.quads_file.open("rb") as file:
            return Measured(sum(1 for _ in file), future.result(), memory, disk)


def count_blocks(folder: Path) -> int:
    """Return the bytes on disk of the files below a folder, those that vanish meanwhile apart."""
    total = 0
    for inner, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                total += Path(inner, name).lstat().st_blocks * 512
    return total


def table(measured: Sequence[Measured]) -> Iterator[str]:
    """Yield a table in Markdown: seconds and the peak of memory, a line a stage."""
    yield f"| stage | {' | '.join(f'{graph.quads:,} quads' for graph in measured)} |"
    yield "|---|" + "---:|" * len(measured)
    for stages in zip(*(graph.summary.stages for graph in measured), strict=True):
        cells = [f"{stage.seconds:,.1f} s, {stage.peak / 1e9:,.2f} GB" for stage in stages]
        yield f"| {stages[0].name} | {' | '.join(cells)} |"
    cells = [f"{graph.summary.seconds:,.1f} s, {graph.memory / 1e9:,.2f} GB" for graph in measured]
    yield f"| all, with forks | {' | '.join(cells)} |"
    cells = [f"{graph.disk / 1e9:,.2f} GB" for graph in measured]
    yield f"| disk, at most | {' | '.join(cells)} |"
    cells = [f"{graph.busy:,.1f} s" for graph in measured]
    yield f"| for which processors were busy | {' | '.join(cells)} |"
    yield ""
    yield "The memory of all is the peak of the build and its forks together."
    yield ""


def extrapolate_limits(small: Measured, large: Measured) -> Iterator[str]:
    """Yield the exponent between two graphs, and where some machines end."""
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
