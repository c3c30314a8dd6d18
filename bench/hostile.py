"""Hostile clients beside a polite one: how long the polite one waits.

python -m bench.hostile [--size 20000] [--seconds 3]

The hostile clients come from one address (127.0.0.2), the polite one from another. Each hostile
client goes on until the end of the attack and ignores the answers.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from bench.endpoint import TOKEN, Endpoint
from bench.graph import quads
from bench.page import arguments, publish
from bench.wire import Address, request
from graph.snapshot import sort_n_quads

THEIRS: Final = "127.0.0.2"
"""The address from which hostile clients come."""

MEBIBYTE: Final = 1 << 20
RUNAWAY: Final = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } #%d"
FORM: Final = {"Content-Type": "application/x-www-form-urlencoded", "Connection": "keep-alive"}
GRAPH: Final = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } #%d"

Attack = Callable[[Address, threading.Event], None]
"""What a hostile client does until it is told to end."""


@contextlib.contextmanager
def connect(address: Address) -> Iterator[socket.socket]:
    """Connect as a hostile client; a failure of the connection is no error."""
    with (
        contextlib.suppress(OSError),
        socket.create_connection(address, 1, (THEIRS, 0)) as sock,
    ):
        yield sock


def asking(text: str, path: str = "/sparql") -> bytes:
    """Return the request that asks a query."""
    return request("POST", path, FORM, urllib.parse.urlencode({"query": text}).encode())


def sends(number: int, data: Callable[[int], bytes]) -> Attack:
    """Return an attack by so many who send, and read their answers."""

    def attack(address: Address, end: threading.Event) -> None:
        def client(count: int) -> None:
            while not end.is_set():
                with connect(address) as sock:
                    sock.sendall(data(count))
                    while not end.is_set() and sock.recv(65536):
                        count += number
                time.sleep(0.01)

        together(number, client)

    return attack


def holds(number: int, data: Callable[[int], bytes]) -> Attack:
    """Return an attack by so many connections on which is sent, and nothing read."""

    def attack(address: Address, end: threading.Event) -> None:
        with contextlib.ExitStack() as stack:
            for count in range(number):
                sock = stack.enter_context(socket.socket())
                with contextlib.suppress(OSError):
                    sock.settimeout(1)
                    sock.bind((THEIRS, 0))
                    sock.connect(address)
                    sock.sendall(data(count))
            end.wait()

    return attack


def together(number: int, client: Callable[[int], None]) -> None:
    """Run so many clients at once, and wait for them."""
    threads = [threading.Thread(target=client, args=(count,)) for count in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def guessing(count: int) -> bytes:
    """Return an update with a wrong token."""
    token = f"{count:04}{TOKEN}"
    return request("POST", "/update", {**FORM, "Authorization": f"Bearer {token}"}, b"update=")


SEMICOLONS: Final = request("POST", "/sparql", FORM, b"query=" + b";" * (MEBIBYTE - 10))
ESCAPES: Final = request("POST", "/sparql", FORM, b"query=" + b"%zz" * 340_000)
FIELDS: Final = b"GET / HTTP/1.1\r\nHost: x\r\n" + b"a:\r\n" * 30_000 + b"\r\n"
PIPELINE: Final = request("GET", "/health", {"Connection": "keep-alive"}) * 2_000

ATTACKS: Final[dict[str, Attack]] = {
    "a MiB of ; as a query, 16 at once": sends(16, lambda _: SEMICOLONS),
    "a MiB of bad escapes, 16 at once": sends(16, lambda _: ESCAPES),
    "heads of 30,000 fields, 16 at once": sends(16, lambda _: FIELDS),
    "pipelines of 2,000 requests, 16 at once": sends(16, lambda _: PIPELINE),
    "64 runaway queries": sends(64, lambda count: asking(RUNAWAY % count)),
    "64 runaway queries to be cited": sends(
        64, lambda count: asking(RUNAWAY % count, "/sparql?cite=true")
    ),
    "240 large answers that nobody reads": holds(240, lambda count: asking(GRAPH % count)),
    "1,000 silent connections": holds(1000, lambda _: b""),
    "1,000 heads that never end": holds(1000, lambda _: b"GET / HTTP/1.1\r\nHost: x\r\n"),
    "16 guesses of the token at once": sends(16, guessing),
}
"""The kinds of hostile clients."""


@contextlib.contextmanager
def run_attack(address: Address, attack: Attack) -> Iterator[None]:
    """Attack a server while the block runs."""
    end = threading.Event()
    thread = threading.Thread(target=attack, args=(address, end))
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()


def waits(ask: Callable[[], int], seconds: float) -> list[float]:
    """Return how long a polite client waits each time, in seconds; raises ConnectionError."""
    seconds_waited, end = list[float](), time.monotonic() + seconds
    while time.monotonic() < end:
        start = time.perf_counter()
        if (status := ask()) != 200:
            raise ConnectionError(f"the polite client was answered {status}")
        seconds_waited.append(time.perf_counter() - start)
        time.sleep(0.02)
    return seconds_waited


def measure_attacks(size: int, seconds: float) -> Iterator[str]:
    """Yield the lines of a table: each attack, and how long /health and a look-up take beside."""
    yield "| beside | /health, median ms | worst | a look-up, median ms | worst | memory, MiB |"
    yield "|---|---:|---:|---:|---:|---:|"
    with TemporaryDirectory() as name:
        source = Path(name) / "home" / "quads.nq"
        source.parent.mkdir()
        source.write_bytes(sort_n_quads(quads(size)))
        with Endpoint.writable(Path(name), "--empty", "--client-seconds", "20") as endpoint:
            body = source.read_text("utf-8")
            endpoint.writer.send("POST", "/store", body, Content_Type="application/n-quads")
            for words, attack in {"nobody": holds(0, lambda _: b""), **ATTACKS}.items():
                with run_attack(endpoint.client.place, attack):
                    time.sleep(1)
                    health = waits(lambda: endpoint.client.get("/health").status, seconds)
                    point = waits(lambda: endpoint.client.query("ASK { ?s ?p 1 }").status, seconds)
                    memory = endpoint.tree.memory() >> 20
                figures = [
                    n * 1000 for waited in (health, point) for n in (median(waited), max(waited))
                ]
                yield f"| {words} | {' | '.join(f'{n:.1f}' for n in figures)} | {memory} |"


def main() -> None:
    """Print the table."""
    parser = arguments(__doc__)
    parser.add_argument("--size", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=3)
    given = parser.parse_args()
    lines = []
    for line in measure_attacks(given.size, given.seconds):
        print(line, flush=True)
        lines.append(line)
    publish("hostile", "\n".join(lines), keep=given.keep)


if __name__ == "__main__":
    main()
