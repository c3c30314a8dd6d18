"""The cost of the kernel: to close a generated graph, to find supports, to explain, to follow.

    python -m bench.kernel [--sizes 100000 1000000] [--keep]

Each graph has a process of its own. The times are of the processor, so that other
processes do not count; the memory is the growth of the process while it closed the graph.
"""

import gc
import random
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, TypeVar

from pyoxigraph import NamedNode, Quad

from bench.graph import SEED, ontology, quads, term
from bench.page import arguments, publish
from graph.reasoning.kernel import Kernel
from graph.reasoning.rulebook import Fact
from graph.reasoning.tree import explain
from ontology.namespace import ID
from server.engine.heap import trim_heap

T = TypeVar("T")

SAMPLE: Final = 100
"""Inferred triples of each predicate that are looked at."""

FOUR: Final = 4

CLOSINGS: Final = 3
"""How often a graph is closed; the fastest counts: to fetch from memory takes what others leave."""

COUNTRY: Final = NamedNode(f"{ID}Country_1")

SENTENCES: Final = 200
"""Sentences that are written, and taken out again."""

HEADINGS: Final = (
    "quads stated",
    "different triples",
    "closed in, s",
    "bytes a triple",
    "one support",
    "four supports",
    "explained",
    "a sentence written",
    "a sentence taken out",
)


def row(size: int) -> str:
    """Return the line of the table for a graph of so many stated quads."""
    gc.disable()  # as in a server, which makes objects by the million
    stated = [*ontology(), *quads(size)]
    trim_heap()
    before = resident()
    kernel, first = closing(stated)
    facts = sum(1 for _ in kernel.closure)
    trim_heap()
    grown = (resident() - before) / facts
    fastest = min(first, *(closing(stated)[1] for _ in range(CLOSINGS - 1)))
    facts_sampled = sample(kernel)
    taken_by = (
        measure_times(lambda fact: kernel.supports(fact, 1), facts_sampled),
        measure_times(lambda fact: kernel.supports(fact, FOUR), facts_sampled),
        measure_times(lambda fact: explain(kernel, kernel.triple(fact)), facts_sampled),
        measure_times(lambda written: kernel.write(added=written), sentences()),
        measure_times(lambda written: kernel.write(removed=written), sentences()),
    )
    cells = f"{size:,}", f"{facts:,}", f"{fastest:.1f}", f"{grown:.0f}", *taken_by
    return f"| {' | '.join(cells)} |"


def closing(stated: list[Quad]) -> tuple[Kernel, float]:
    """Return the kernel of stated quads, and the seconds that it took."""
    start = time.process_time()
    kernel = Kernel(stated)
    return kernel, time.process_time() - start


def sample(kernel: Kernel) -> list[Fact]:
    """Return inferred facts of each predicate that is said of them."""
    by_predicate: dict[int, list[Fact]] = defaultdict(list)
    for fact in kernel.inferred_facts():
        by_predicate[fact[1]].append(fact)
    dice = random.Random(SEED)  # noqa: S311 -- the same facts each time
    facts = [fact for of in by_predicate.values() for fact in dice.sample(of, min(SAMPLE, len(of)))]
    dice.shuffle(facts)
    return facts


def sentences() -> list[tuple[Quad, ...]]:
    """Return sentences that are not in the graph, of three statements each."""
    written = []
    for number in range(SENTENCES):
        sentence, area, framework, country = (
            NamedNode(f"{ID}{name}")
            for name in (
                f"article-1/w{number}",
                f"Area_w{number}",
                f"Framework_w{number}",
                "Country_1",
            )
        )
        triples = (
            (country, term("jointPartyTo"), framework),
            (framework, term("concernsArea"), area),
            (country, term("cooperatesWith"), NamedNode(f"{ID}Country_2")),
        )
        written.append(tuple(Quad(*triple, sentence) for triple in triples))
    return written


def measure_times(work: Callable[[T], object], inputs: Iterable[T]) -> str:
    """Return the milliseconds that a piece of work takes: the median, the 95th percentile."""
    times = []
    for argument in inputs:
        start = time.process_time()
        work(argument)
        times.append((time.process_time() - start) * 1000)
    times.sort()
    return f"{times[len(times) // 2]:.3f} ({times[len(times) * 95 // 100]:.2f})"


def resident() -> int:
    """Return the bytes of memory that this process takes."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize()


def main() -> None:
    """Print the table."""
    parser = arguments(__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000])
    given = parser.parse_args()
    lines = [
        "Times but the closing are in ms: the median, and in brackets the 95th percentile.",
        "",
        f"| {' | '.join(HEADINGS)} |",
        f"|{'---:|' * len(HEADINGS)}",
    ]
    for size in given.sizes:
        command = [sys.executable, "-m", "bench.kernel", "row", str(size)]
        line = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
        lines.append(line.rstrip())
    publish("kernel", "\n".join(lines), keep=given.keep)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["row", size]:
            sys.stdout.write(row(int(size)) + "\n")
        case _:
            main()
