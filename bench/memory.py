"""The memory of a server after a crowd that takes no answer: before, at the peak, and afterwards.

python -m bench.memory [--size 20000] [--clients 160] [--budget 512] [--wait 10]

Each client has an address of its own (127.0.1.0/24), asks for a large answer, and reads nothing.
The memory is the private memory of fronts and workers (Private_Clean and Private_Dirty of
proc_pid_smaps(5)).
"""

import contextlib
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench.attack import MEBIBYTE, asking
from bench.endpoint import Endpoint, tune
from bench.graph import snapshots
from bench.page import arguments, publish
from server.engine.process_tree import Tree, read_memory

LARGE: Final = "SELECT * {{ ?a ?b ?c . ?d ?e ?f }} LIMIT {rows} #{number}"

ROWS: Final = 35_000
"""The rows of an answer: just under the largest answer that is given."""

HELD: Final = 30.0
"""The seconds for which the crowd stays."""


def measure_private(tree: Tree) -> int:
    """Return the private bytes of the fronts and workers of a server."""
    return sum(read_memory(pid).private for pid in (*tree.fronts, *tree.workers))


@contextlib.contextmanager
def hold_answers(endpoint: Endpoint, clients: int, rows: int = ROWS) -> Iterator[None]:
    """Ask for as many large answers as there are clients, and read none in this block."""
    with contextlib.ExitStack() as stack:
        for number in range(clients):
            sock = stack.enter_context(socket.socket())
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sock.bind((f"127.0.1.{number + 1}", 0))
            sock.connect(endpoint.client.place)
            sock.sendall(asking(LARGE.format(rows=rows, number=number)))
        yield


def measure_peak(endpoint: Endpoint, seconds: float) -> int:
    """Return the largest private memory within so many seconds, in bytes."""
    end, peak = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        peak = max(peak, measure_private(endpoint.tree))
        time.sleep(0.05)
    return peak


def measure_crowd(size: int, clients: int, budget: int, wait: float) -> Iterator[str]:
    """Yield the lines of a table, in MiB."""
    with TemporaryDirectory() as name:
        builds = str(snapshots(Path(name), size))
        options = ("--out", builds, "--memory-budget", str(budget * MEBIBYTE))
        home, patient = Path(name) / "home", tune(queue_time=60)
        with Endpoint.start(home, *options, command=patient) as endpoint:
            answer = len(endpoint.client.query(LARGE.format(rows=ROWS, number=-1)).body)
            yield f"An answer has {answer / MEBIBYTE:.1f} MiB."
            yield ""
            yield "| budget, MiB | before | at the peak | over the budget | afterwards |"
            yield "|---:|---:|---:|---:|---:|"
            time.sleep(2)
            before = measure_private(endpoint.tree)
            with hold_answers(endpoint, clients):
                peak = measure_peak(endpoint, HELD)
            time.sleep(wait)
            over, after = max(0, peak - budget * MEBIBYTE), measure_private(endpoint.tree)
            figures = budget * MEBIBYTE, before, peak, over, after
            yield f"| {' | '.join(str(figure >> 20) for figure in figures)} |"


def main() -> None:
    """Print the table."""
    parser = arguments(__doc__)
    for name, default in (("size", 20_000), ("clients", 160), ("budget", 512), ("wait", 10)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    lines = []
    for line in measure_crowd(given.size, given.clients, given.budget, given.wait):
        print(line, file=sys.stderr, flush=True)
        lines.append(line)
    publish("memory", "\n".join(lines), keep=given.keep)


if __name__ == "__main__":
    main()
