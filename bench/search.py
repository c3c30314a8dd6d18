"""The first search of a version of the dataset: listing its passages, and making their index.

python -m bench.search
"""

from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from time import process_time
from typing import Final, TypeVar

from pyoxigraph import Store

from bench.graph import closed
from graph.build import build
from graph.curating.master import Inputs
from graph.current_snapshot import cache_folder
from graph.presenting.passage import Passage
from graph.presenting.passage_index import PassageIndex
from graph.presenting.view import read_view, write_view

SIZE: Final = 100_000
ROUNDS: Final = 5

Result = TypeVar("Result")


def main() -> None:
    """Print the milliseconds of the processor for the shipped graph and for a larger one."""
    for name, store in list_stores():
        body, listed = time(partial(write_view, store, None, "passages", "", 1))
        passages = read_view(list[Passage], body) or []
        _, made = time(partial(PassageIndex, passages))
        print(
            f"{name}: {len(passages):,} passages, {listed:.0f} ms in the worker, {made:.0f} ms here"
        )


def list_stores() -> Iterator[tuple[str, Store]]:
    """Yield the shipped graph, and one of `SIZE` quads with its closure."""
    yield "shipped", build(Inputs(), cache_folder() / "search").snapshot.load()
    large = Store()
    large.bulk_extend(closed(SIZE))
    yield f"{SIZE:,} quads", large


def time(make: Callable[[], Result]) -> tuple[Result, float]:
    """Return the result of a function, and the median of its milliseconds of the processor."""
    times, result = [], make()
    for _ in range(ROUNDS):
        start = process_time()
        result = make()
        times.append((process_time() - start) * 1000)
    return result, median(times)


if __name__ == "__main__":
    main()
