"""Hostile clients: their kinds, and a process that runs the clients of a single kind.

python -m bench.attack HOST PORT KIND ADDRESSES PATH

Queries go to the path. It goes on until its standard input ends. The clients of the n-th kind come
from 127.n.0.0/16, so that each kind is new to the server.
"""

import asyncio
import contextlib
import itertools
import os
import resource
import subprocess
import sys
import urllib.parse
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.endpoint import TOKEN
from bench.wire import Address, request

MEBIBYTE: Final = 1 << 20
RUNAWAY: Final = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
KEEP: Final = {"Connection": "keep-alive"}
GRAPH: Final = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } #%d"
KEPT: Final = "/sparql?query=SELECT+*%7B%3Fs+%3Fp+%3Fo%7DLIMIT+100"
"""A query whose answer of some 10 kB the server keeps."""

NICENESS: Final = 10
"""Hostile clients have machines of their own; here they leave the processors to the server."""

CROWD: Final = 4
"""The most addresses that have the full number of clients each; more addresses share them."""

PAUSE: Final = 0.01
"""The seconds between two connections of a client."""


async def await_answers(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, data: bytes
) -> None:
    """Send, and read until the server closes."""
    writer.write(data)
    while await reader.read(MEBIBYTE):
        pass


async def hold(_: asyncio.StreamReader, writer: asyncio.StreamWriter, data: bytes) -> None:
    """Send, and read nothing."""
    writer.write(data)
    writer.transport.pause_reading()  # type: ignore[attr-defined]  # every socket's has it
    await asyncio.Event().wait()


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, data: bytes) -> None:
    """Send a byte a second."""
    for byte in data:
        writer.write(bytes([byte]))
        await asyncio.sleep(1)
        if reader.at_eof():
            return


@dataclass(frozen=True, slots=True)
class Kind:
    """So many clients of an address; each sends the data of its number in a manner, and again."""

    clients: int
    data: Callable[[int], bytes]
    manner: Callable[[asyncio.StreamReader, asyncio.StreamWriter, bytes], Awaitable[None]] = (
        await_answers
    )


def asking(text: str, path: str = "/sparql") -> bytes:
    """Return the request that asks a query."""
    return request("POST", path, FORM, urllib.parse.urlencode({"query": text}).encode())


def get(path: str, **headers: str) -> bytes:
    """Return a GET."""
    return request("GET", path, headers)


def guess(count: int) -> bytes:
    """Return a query with a wrong token."""
    return get("/sparql?query=ASK%7B%7D", Authorization=f"Bearer {count:04}{TOKEN}")


def pipeline(path: str, number: int) -> bytes:
    """Return `number` requests for a path on one connection; the last request ends it."""
    return request("GET", path, KEEP) * (number - 1) + get(path)


BAD_QUERY: Final = request("POST", "/sparql", FORM, b"query=" + b";" * (MEBIBYTE - 10))
BAD_ESCAPES: Final = request("POST", "/sparql", FORM, b"query=" + b"%zz" * 340_000)
FIELDS: Final = b"GET / HTTP/1.1\r\nHost: x\r\n" + b"a:\r\n" * 30_000 + b"\r\n"
HEAD: Final = b"GET / HTTP/1.1\r\nHost: x\r\n"
BODY: Final = asking("ASK {}")

KINDS: Final = {
    "a MiB of ; as a query": Kind(16, lambda _: BAD_QUERY),
    "a MiB of bad escapes": Kind(16, lambda _: BAD_ESCAPES),
    "heads of 30,000 fields": Kind(16, lambda _: FIELDS),
    "pipelines of 2,000 /health": Kind(16, lambda _: pipeline("/health", 2000)),
    "pipelines of 2,000 kept answers": Kind(16, lambda _: pipeline(KEPT, 2000)),
    "kept answers that nobody reads": Kind(64, lambda _: pipeline(KEPT, 2000), hold),
    "runaway queries": Kind(44, lambda count: asking(f"{RUNAWAY} #{count}")),
    "one runaway query": Kind(64, lambda _: asking(RUNAWAY)),
    "runaway queries to be cited": Kind(
        64, lambda count: asking(f"{RUNAWAY} #{count}", "/sparql?cite=true")
    ),
    "large answers that nobody reads": Kind(240, lambda count: asking(GRAPH % count), hold),
    "silent connections": Kind(1000, lambda _: b"", hold),
    "heads that never end": Kind(1000, lambda _: HEAD, hold),
    "slow bodies": Kind(64, lambda _: BODY, drip),
    "wrong tokens": Kind(64, guess),
    "pages": Kind(64, lambda count: get(f"/explore?q={count}")),
    "/metrics": Kind(64, lambda _: get("/metrics")),
    "/health": Kind(64, lambda _: get("/health")),
}
"""The kinds of hostile clients."""

OURS: Final = {
    "pipelines of 2,000 /health",
    "runaway queries to be cited",
    "wrong tokens",
    "pages",
    "/metrics",
    "/health",
}
"""The kinds that ask for what other endpoints do not have."""


@contextlib.contextmanager
def attack(server: Address, name: str, addresses: int, path: str = "/sparql") -> Iterator[None]:
    """Attack a server from so many addresses while the block runs; it answers queries at a path."""
    command = [sys.executable, "-m", "bench.attack", *map(str, server), name, str(addresses), path]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        try:
            if process.stdout is not None:
                process.stdout.readline()  # every client has begun
            yield
        finally:
            process.kill()


async def run_client(
    server: Address, source: str, kind: Kind, numbers: Iterator[int], path: bytes
) -> None:
    """Be one hostile client; a failure of its connection is no error."""
    while True:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection(*server, local_addr=(source, 0))
            with contextlib.closing(writer):
                data = kind.data(next(numbers)).replace(b"/sparql", path)
                await kind.manner(reader, writer, data)
        await asyncio.sleep(PAUSE)


def source_address(kind: int, number: int) -> str:
    """Return the n-th address from which the clients of a kind come.

    >>> source_address(3, 256)
    '127.3.1.1'
    """
    return f"127.{kind}.{number // 255}.{number % 255}"


async def run(server: Address, name: str, addresses: int, path: bytes) -> None:
    """Be all hostile clients of a kind until the standard input ends."""
    kind, number = KINDS[name], [*KINDS].index(name) + 1
    each = max(1, kind.clients * min(addresses, CROWD) // addresses)
    sources = [source_address(number, count + 1) for count in range(addresses)] * each
    numbers = itertools.count()
    clients = [asyncio.create_task(run_client(server, s, kind, numbers, path)) for s in sources]
    await asyncio.sleep(0)
    sys.stdout.write("\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    for client in clients:
        client.cancel()


def lower_priority() -> None:
    """Leave the processors to others, as a process and as a session (sched(7), autogroup)."""
    os.nice(NICENESS)
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(NICENESS))


def main() -> None:
    """Attack."""
    host, port, name, addresses, path = sys.argv[1:]
    lower_priority()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(run((host, int(port)), name, int(addresses), path.encode()))


if __name__ == "__main__":
    main()
