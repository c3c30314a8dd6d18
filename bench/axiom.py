"""A write of an axiom, and of a sentence, by this checkout and by one of an earlier commit.

    python -m bench.axiom BEFORE [--size 100000] [--times 3]

BEFORE is the folder of the earlier checkout. Both servers run, on the same generated graph, and
take the same writes in turn, so that other work on the machine slows both.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Final

from bench.client import Client
from bench.endpoint import UNCACHED, Endpoint
from bench.graph import closed, write_as_snapshot
from bench.page import arguments
from bench.write import ROOM, WRITES, wait_until_written, write

HERE: Final = Path(__file__).parents[1]


def compare(clients: list[Client], name: str, times: int) -> Iterator[str]:
    """Yield the lines of one kind of write: the medians of both servers, and their ratio."""
    update, follows = WRITES[name]
    for operation in ("INSERT", "DELETE"):
        seconds: list[list[float]] = [[], []]
        for number in range(times):
            for taken, client in zip(seconds, clients, strict=True):
                text = update.format(operation, number)
                taken.append(write(client, operation, text, follows.format(number))[0])
        before, after = map(median, seconds)
        yield (
            f"| {name}, {operation} | {before * 1000:,.0f} | {after * 1000:,.0f} "
            f"| {before / after:.1f} |"
        )


def main() -> None:
    """Print the table for a graph of so many stated quads."""
    parser = arguments(__doc__)
    parser.add_argument("before", type=Path)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        snapshot = write_as_snapshot(Path(folder) / "build", closed(given.size))
        clients = []
        for number, checkout in enumerate((given.before.resolve(), HERE)):
            home = Path(folder) / f"home-{number}"
            options = "--snapshot", str(snapshot.path), *ROOM
            path = str(checkout)
            endpoint = Endpoint.writable(home, *options, command=UNCACHED, PYTHONPATH=path)
            clients.append(stack.enter_context(endpoint).client)
            wait_until_written(clients[-1])
        sys.stdout.write(f"{given.size} quads stated, times in ms (median of {given.times}):\n\n")
        sys.stdout.write("| write | before | after | ratio |\n|---|---:|---:|---:|\n")
        for name in WRITES:
            for line in compare(clients, name, given.times):
                sys.stdout.write(line + "\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
