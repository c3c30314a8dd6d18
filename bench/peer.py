"""The servers that ours is measured beside, each a process on loopback with the same triples."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pyoxigraph import RdfFormat, Store, serialize

from bench.endpoint import Endpoint
from bench.graph import quads, snapshots
from bench.wire import Address
from graph.dataset import with_union

BINARIES: Final = Path(".venv-bench/bin").absolute()
START_TIME: Final = 180.0


@contextlib.contextmanager
def ours(folder: Path, size: int) -> Iterator[Address]:
    """Serve with `cpec serve`, its cache off."""
    options = ("--out", str(snapshots(folder, size)), "--cache", "0", "--deadline", "60")
    with Endpoint.start(folder / "ours", *options) as endpoint:
        yield endpoint.client.place


@contextlib.contextmanager
def oxigraph(folder: Path, size: int) -> Iterator[Address]:
    """Serve with `oxigraph serve` on disk; the union stands in its default graph, as in ours."""
    location = folder / "oxigraph"
    store = Store(location)
    store.bulk_extend(with_union(quads(size)))
    store.flush()
    store.optimize()
    del store
    port = free_port()
    command = [BINARIES / "oxigraph", "serve", "--location", location]
    with served([*map(str, command), "--bind", f"127.0.0.1:{port}"], port) as address:
        yield address


@contextlib.contextmanager
def rdflib_endpoint(folder: Path, size: int) -> Iterator[Address]:
    """Serve with rdflib-endpoint, which holds the union in memory."""
    triples = folder / "union.nt"
    serialize({quad.triple for quad in quads(size)}, triples, RdfFormat.N_TRIPLES)
    port = free_port()
    command = [
        BINARIES / "rdflib-endpoint",
        "serve",
        "--host",
        "127.0.0.1",
        "--port",
        port,
        triples,
    ]
    with served(list(map(str, command)), port) as address:
        yield address


@contextlib.contextmanager
def served(command: list[str], port: int) -> Iterator[Address]:
    """Run a server until the block ends."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = ("127.0.0.1", port)
        wait_for(address)
        yield address
    finally:
        process.terminate()
        process.wait()


def wait_for(address: Address) -> None:
    """Return when somebody listens; raises TimeoutError."""
    end = time.monotonic() + START_TIME
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(address, timeout=1):
            return
        time.sleep(0.1)
    raise TimeoutError(f"nobody listens at {address}")


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])
