"""The servers that are measured beside one another: ours, Oxigraph, Virtuoso, rdflib-endpoint."""

import contextlib
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from pyoxigraph import RdfFormat, Store, serialize

from bench import virtuoso
from bench.endpoint import CPEC, UNCACHED, Endpoint
from bench.graph import quads, snapshots
from bench.peer import LOOK, PATIENCE, Kind, Peer, ask, serve_peer
from bench.wire import request, talk
from graph.dataset import with_union

BINARIES: Final = Path(".venv-bench/bin").absolute()
OXIGRAPH: Final = [str(BINARIES / "oxigraph"), "serve"]
OURS: Final = "cpec"
KEPT: Final = "cpec, kept"
MEMORY: Final = "oxigraph, memory"
DISK: Final = "oxigraph, disk"
PYTHON: Final = "rdflib-endpoint"


def prepare_ours(folder: Path, size: int) -> None:
    """Write the snapshot, once for all servers of ours."""
    if not (folder / "build").exists():
        snapshots(folder, size)


def ours(folder: Path) -> AbstractContextManager[Peer]:
    """Serve with `cpec serve`, its cache off."""
    return endpoint(folder, UNCACHED)


def serve_cached(folder: Path) -> AbstractContextManager[Peer]:
    """Serve with `cpec serve`, which keeps answers in its cache."""
    return endpoint(folder, [str(CPEC)])


@contextlib.contextmanager
def endpoint(folder: Path, command: Sequence[str]) -> Iterator[Peer]:
    """Serve with `cpec serve`, until its dataset is in memory."""
    start = time.perf_counter()
    shown = ("--snapshot", str(folder / "build" / "current"), "--deadline", "60")
    with Endpoint.start(folder / "log", *shown, command=command) as server:
        address = server.client.place
        ask(address, "/query", b"query=ASK{}")
        seconds = time.perf_counter() - start
        while server.client.get("/ready").json.get("store") == "disk":
            time.sleep(LOOK)
        yield Peer(address, "/query", server.process.pid, seconds)


def prepare_disk(folder: Path, size: int) -> None:
    """Write a store, the union in its default graph, as in ours."""
    store = Store(folder / "oxigraph")
    store.bulk_extend(with_union(quads(size)))
    store.flush()
    store.optimize()


@contextlib.contextmanager
def oxigraph_on_disk(folder: Path) -> Iterator[Peer]:
    """Serve with `oxigraph serve` on disk."""
    with serve_peer(
        [*OXIGRAPH, "--location", str(folder / "oxigraph")], "--bind", "/query"
    ) as peer:
        yield peer


def prepare_memory(folder: Path, size: int) -> None:
    """Write the file that is posted to a server in memory."""
    serialize(with_union(quads(size)), folder / "oxigraph.nq", RdfFormat.N_QUADS)


@contextlib.contextmanager
def oxigraph_in_memory(folder: Path) -> Iterator[Peer]:
    """Serve with `oxigraph serve` in memory, to which the same is posted."""
    start = time.perf_counter()
    with serve_peer(OXIGRAPH, "--bind", "/query") as peer:
        lines = (folder / "oxigraph.nq").read_bytes()
        headers = {"Content-Type": "application/n-quads", "Connection": "close"}
        reply = talk(peer.address, request("POST", "/store", headers, lines), PATIENCE).reply
        if reply.status >= 300:
            raise ConnectionError(f"{reply.status}: {reply.body[:300]!r}")
        peer.ask(b"query=ASK{}")
        yield Peer(peer.address, peer.path, peer.pid, time.perf_counter() - start)


def prepare_rdflib(folder: Path, size: int) -> None:
    """Write the union as a file."""
    serialize({quad.triple for quad in quads(size)}, folder / "union.nt", RdfFormat.N_TRIPLES)


@contextlib.contextmanager
def rdflib_endpoint(folder: Path) -> Iterator[Peer]:
    """Serve with rdflib-endpoint, which holds the union in memory."""
    command = [str(BINARIES / "rdflib-endpoint"), "serve", str(folder / "union.nt")]
    with serve_peer([*command, "--host", "127.0.0.1"], "--port", "/") as peer:
        yield peer


SERVERS: Final = {
    OURS: Kind(prepare_ours, ours),
    KEPT: Kind(prepare_ours, serve_cached),
    MEMORY: Kind(prepare_memory, oxigraph_in_memory),
    DISK: Kind(prepare_disk, oxigraph_on_disk),
    "Virtuoso 7": Kind(virtuoso.prepare, virtuoso.serve, virtuoso.missing()),
    PYTHON: Kind(prepare_rdflib, rdflib_endpoint),
}
