"""How soon the front answers on other stores, beside its own engine: `cpec serve --store`.

python -m bench.stores [--times 20] [--keep]
"""

import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

from bench import virtuoso
from bench.endpoint import CPEC, UNCACHED, Endpoint
from bench.page import arguments, publish
from bench.peer import serve_peer
from graph.build import build
from graph.curating.master import Inputs
from graph.snapshot import Snapshot
from server.remote.publication import read_version
from server.remote.store import RemoteStore

OXIGRAPH: Final = [str(Path(sys.executable).with_name("oxigraph")), "serve"]

ASKED: Final = {
    "a question of the catalogue": "/api/queries/intended-areas?format=json",
    "the same, cited": "/api/queries/intended-areas?format=json&cite=true",
    "the page of a thing": "/page/Pakistan",
}
"""What is asked of each server, by what it is called."""

START: Final = "start, the kernel filled"
VERSION: Final = "the version, asked of the store"


def main() -> None:
    """Print the table."""
    parser = arguments(__doc__)
    parser.add_argument("--times", type=int, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        snapshot = build(Inputs(), folder / "build").snapshot
        head = f"The shipped graph, medians of {given.times} answers, ms:"
        lines = table(snapshot, folder, given.times)
        publish("stores", "\n".join((head, "", *lines)), keep=given.keep)


def table(snapshot: Snapshot, folder: Path, times: int) -> Iterator[str]:
    """Yield a table in Markdown; all servers run at the same time and are asked in turn."""
    with contextlib.ExitStack() as stack:
        addresses = {"cpec": ""}
        addresses["oxigraph serve"] = stack.enter_context(oxigraph(snapshot))
        if not virtuoso.missing():
            addresses["Virtuoso 7"] = stack.enter_context(opened_virtuoso(snapshot, folder))
        columns = {
            name: stack.enter_context(serve_store(name, address, snapshot, folder))
            for name, address in addresses.items()
        }
        figures: dict[str, dict[str, list[float]]] = {}
        for _ in range(times):
            for name, questions in columns.items():
                for question, ask in questions.items():
                    figures.setdefault(question, {}).setdefault(name, []).append(ask())
    yield f"| | {' | '.join(columns)} |"
    yield "|---|" + "---:|" * len(columns)
    for question, of in figures.items():
        cells = (f"{1000 * median(of[name]):,.1f}" if name in of else "-" for name in columns)
        yield f"| {question} | {' | '.join(cells)} |"


@contextlib.contextmanager
def serve_store(
    name: str, address: str, snapshot: Snapshot, folder: Path
) -> Iterator[dict[str, Callable[[], float]]]:
    """Serve a store, or the snapshot without an address; give functions that ask and time."""
    source = ("--store", address) if address else ("--snapshot", str(snapshot.path))
    start = time.perf_counter()
    with Endpoint.start(folder / name, *source, command=UNCACHED) as server:
        get = server.client.get
        get(ASKED["the same, cited"])
        started = time.perf_counter() - start
        questions: dict[str, Callable[[], float]] = {
            question: partial(measure_time, partial(get, path, Accept="text/html,*/*;q=0.5"))
            for question, path in ASKED.items()
        }
        if address:
            store = RemoteStore.from_address(address)
            questions[VERSION] = partial(measure_time, partial(read_version, store))
        yield {**questions, START: lambda: started}


def measure_time(ask: Callable[[], object]) -> float:
    """Return the seconds that something takes."""
    start = time.perf_counter()
    ask()
    return time.perf_counter() - start


@contextlib.contextmanager
def oxigraph(snapshot: Snapshot) -> Iterator[str]:
    """Run `oxigraph serve` with a snapshot, and give the address that it is asked at."""
    with serve_peer(OXIGRAPH, "--bind", "/query") as peer:
        address = "http://{}:{}".format(*peer.address)
        put(snapshot, f"{address}/query", f"{address}/store")
        yield f"{address}/query"


@contextlib.contextmanager
def opened_virtuoso(snapshot: Snapshot, folder: Path) -> Iterator[str]:
    """Run Virtuoso with a snapshot, and give the address that it is asked at."""
    own = folder / "virtuoso"
    own.mkdir()
    with virtuoso.server(own, buffers=10_000) as (port, peer):
        virtuoso.tell(port, virtuoso.OPEN)
        address = "http://{}:{}".format(*peer.address)
        put(snapshot, f"{address}{peer.path}", f"{address}/sparql-graph-crud")
        yield f"{address}{peer.path}"
        virtuoso.tell(port, "shutdown;")


def put(snapshot: Snapshot, address: str, graphs: str) -> None:
    """Publish a snapshot to a store."""
    words = ("publish", address, "--graph-store", graphs, "--snapshot", str(snapshot.path))
    subprocess.run([str(CPEC), *words], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
