"""How many questions a second: ours beside `oxigraph serve` and rdflib-endpoint, in one run.

python -m venv .venv-bench && .venv-bench/bin/pip install -r bench/requirements.txt
python -m bench.throughput [--size 100000] [--seconds 3] [--clients 4]

All three run at the same time, and a question is put to one after another, so that a change of what
else the machine does meets all of them.
"""

from __future__ import annotations

import json
import tempfile
import time
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from statistics import geometric_mean
from typing import Final

from bench.load import rate
from bench.page import arguments, publish
from bench.peer import Served, ours, oxigraph, rdflib_endpoint
from bench.process import processor_time
from bench.question import KINDS, Question
from bench.wire import Address, request, talk

Server = Callable[[Path, int], AbstractContextManager[Served]]

Figures = Sequence[tuple[float, float]]
"""For each server, answers a second and milliseconds of processor time an answer."""

TICK: Final = 0.01
"""The seconds in which the kernel counts processor time."""

SERVERS: Final[dict[str, tuple[Server, str]]] = {
    "cpec": (ours, "/query"),
    "oxigraph serve": (oxigraph, "/query"),
    "rdflib-endpoint": (rdflib_endpoint, "/"),
}
"""How each is served, and the path of its endpoint."""

HEADERS: Final = {
    "Connection": "keep-alive",
    "Content-Type": "application/x-www-form-urlencoded",
    "Accept": "application/sparql-results+json",
}
TARGETS: Final = {
    "lookups": (0.0, 2.0),
    "joins": (2.0, 20.0),
    "paths": (2.0, 20.0),
    "aggregates": (2.0, 20.0),
}
"""The least that we want of each kind, as multiples of the two peers."""

THINGS: Final = 800
"""The different things that a question is asked about, one after another."""

WARMING: Final = 0.2
"""The part of the time in which one client asks a question before it is measured."""

PATIENCE: Final = 300.0


def asking(path: str, text: str, **headers: str) -> bytes:
    """Return the request that asks a question."""
    body = urllib.parse.urlencode({"query": text}).encode()
    return request("POST", path, {**HEADERS, **headers}, body)


def rows(address: Address, path: str, question: Question) -> list[int]:
    """Return how many rows the first answers have, to see that all servers say the same."""
    counts = []
    for number in range(2):
        sent = asking(path, question.about(number), Connection="close")
        reply = talk(address, sent, PATIENCE).reply
        if reply.status != 200:
            raise ConnectionError(f"{reply.status}: {reply.body[:300]!r}")
        counts.append(len(json.loads(reply.body).get("results", {}).get("bindings", [0])))
    return counts


def measure(size: int, seconds: float, clients: int) -> Iterator[tuple[str, Question, Figures]]:
    """Yield each question, its kind, and the figures of each server.

    Raises ValueError where their answers differ.
    """
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
        servers = [
            (running.enter_context(server(folder, size)), path) for server, path in SERVERS.values()
        ]
        for kind, questions in KINDS.items():
            for question in questions:
                found = [rows(served.address, path, question) for served, path in servers]
                if any(one != found[0] for one in found):
                    raise ValueError(f"{question.words}: {found} rows")
                yield kind, question, [figure(*one, question, seconds, clients) for one in servers]


def figure(
    served: Served, path: str, question: Question, seconds: float, clients: int
) -> tuple[float, float]:
    """Return the answers a second to a question, and the milliseconds of processor time of one."""
    sent = [asking(path, question.about(number)) for number in range(THINGS)]
    rate(served.address, sent[-1:], seconds * WARMING, 1)
    start, busy = time.perf_counter(), processor_time(served.pid)
    answers = rate(served.address, sent, seconds, clients)
    passed, busy = time.perf_counter() - start, processor_time(served.pid) - busy
    return answers, max(busy, TICK) / (answers * passed) * 1000


def table(figures: dict[str, dict[str, Figures]]) -> Iterator[str]:
    """Yield a table in Markdown: each question, and the geometric mean of each kind."""
    yield f"| question | {' | '.join(SERVERS)} | to oxigraph | to rdflib-endpoint | wanted | ms |"
    yield "|---|---:|---:|---:|---:|---:|---|---:|"
    for kind, (least, less) in TARGETS.items():
        for words, one in figures[kind].items():
            yield row(words, one, "")
        wanted = " and ".join(f"{one:g}" for one in (least, less) if one)
        means = [
            (geometric_mean(rates), geometric_mean(times))
            for rates, times in (
                zip(*column, strict=True) for column in zip(*figures[kind].values(), strict=True)
            )
        ]
        yield row(f"**{kind}**", means, wanted)


def row(name: str, figures: Figures, wanted: str) -> str:
    """Return a line of the table."""
    (mine, _), (disk, _), (python, _) = figures
    rates = " | ".join(f"{rate:,.1f}" for rate, _ in figures)
    times = ", ".join(f"{time:.2f}" for _, time in figures)
    return f"| {name} | {rates} | {mine / disk:.2f} | {mine / python:.1f} | {wanted} | {times} |"


def main() -> None:
    """Print the table."""
    parser = arguments(__doc__)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--clients", type=int, default=4)
    given = parser.parse_args()
    found: dict[str, dict[str, Figures]] = {kind: {} for kind in KINDS}
    for kind, question, figures in measure(given.size, given.seconds, given.clients):
        found[kind][question.words] = figures
        print(row(question.words, figures, ""), flush=True)
    head = f"{given.size} quads, {given.clients} clients, {given.seconds:g} seconds a question:"
    publish("throughput", "\n".join((head, "", *table(found))), keep=given.keep)


if __name__ == "__main__":
    main()
