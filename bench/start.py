"""How soon a server of a large graph answers: ours beside the same peers.

python -m bench.start [--size 1000000] [--times 3]
"""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.page import arguments, publish
from bench.peer import Kind
from bench.server import KEPT, SERVERS


def main() -> None:
    """Print the table."""
    parser = arguments(__doc__)
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=3)
    given = parser.parse_args()
    lines = table(given.size, given.times)
    head = f"{given.size} quads, medians of {given.times} starts:"
    publish("start", "\n".join((head, "", *lines)), keep=given.keep)


def table(size: int, times: int) -> Iterator[str]:
    """Yield a table in Markdown; one server runs at a time."""
    yield (
        "| server | data written, s | first answer, s | full speed, s | memory then, MiB | "
        "bytes a quad |"
    )
    yield "|---|---:|---:|---:|---:|---:|"
    with tempfile.TemporaryDirectory() as folder:
        for name, kind in SERVERS.items():
            if name == KEPT:  # it starts as the other does
                continue
            if kind.missing:
                yield f"| {name} | {kind.missing} missing | - | - | - | - |"
            else:
                figures = measure(kind, Path(folder), size, times)
                each = figures[-1] * (1 << 20) / size
                cells = [*(f"{figure:,.2f}" for figure in figures), f"{each:,.0f}"]
                yield f"| {name} | {' | '.join(cells)} |"


def measure(kind: Kind, folder: Path, size: int, times: int) -> list[float]:
    """Return the figures of a line; ours is at full speed once its dataset is in memory."""
    start = time.perf_counter()
    kind.prepare(folder, size)
    figures = []
    written = time.perf_counter() - start
    for _ in range(times):
        start = time.perf_counter()
        with kind.serve(folder) as peer:
            full = time.perf_counter() - start
            figures.append((peer.seconds, full, peer.memory() / (1 << 20)))
    return [written, *map(median, zip(*figures, strict=True))]


if __name__ == "__main__":
    main()
