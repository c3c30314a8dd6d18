"""How many questions a second: ours beside `oxigraph serve` and rdflib-endpoint, in one run.

python -m venv .venv-bench && .venv-bench/bin/pip install -r bench/requirements.txt
python -m bench.throughput [--size 100000] [--seconds 3] [--clients 4]

All three run at the same time, and a question is put to one after another, so that a change of what
else the machine does meets all of them.
"""

from __future__ import annotations

import json
import tempfile
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from statistics import geometric_mean, harmonic_mean
from typing import Final

from bench.load import rate
from bench.page import arguments, publish
from bench.peer import ours, oxigraph, rdflib_endpoint
from bench.question import KINDS, Question
from bench.wire import Address, request, talk

Server = Callable[[Path, int], AbstractContextManager[Address]]

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


def measure(size: int, seconds: float, clients: int) -> Iterator[tuple[str, Question, list[float]]]:
    """Yield each question, its kind, and the answers a second of each server.

    Raises ValueError where their answers differ.
    """
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
        addresses = [
            (running.enter_context(server(folder, size)), path) for server, path in SERVERS.values()
        ]
        for kind, questions in KINDS.items():
            for question in questions:
                found = [rows(address, path, question) for address, path in addresses]
                if any(one != found[0] for one in found):
                    raise ValueError(f"{question.words}: {found} rows")
                rates = []
                for address, path in addresses:
                    sent = [asking(path, question.about(number)) for number in range(THINGS)]
                    rate(address, sent[-1:], seconds * WARMING, 1)
                    rates.append(rate(address, sent, seconds, clients))
                yield kind, question, rates


def table(rates: dict[str, dict[str, list[float]]]) -> Iterator[str]:
    """Yield a table in Markdown: each question, and two means of each kind.

    The harmonic mean is what they get together who ask each question as often as the others.
    """
    yield f"| question | {' | '.join(SERVERS)} | to oxigraph | to rdflib-endpoint | wanted |"
    yield "|---|---:|---:|---:|---:|---:|---|"
    for kind, (least, less) in TARGETS.items():
        for words, figures in rates[kind].items():
            yield row(words, figures, "")
        wanted = " and ".join(f"{one:g}" for one in (least, less) if one)
        columns = list(zip(*rates[kind].values(), strict=True))
        yield row(f"**{kind}**, each as often", list(map(harmonic_mean, columns)), wanted)
        yield row(f"**{kind}**, geometric mean", list(map(geometric_mean, columns)), wanted)


def row(name: str, figures: Sequence[float], wanted: str) -> str:
    """Return a line of the table."""
    mine, disk, python = figures
    numbers = " | ".join(f"{figure:,.1f}" for figure in figures)
    return f"| {name} | {numbers} | {mine / disk:.2f} | {mine / python:.1f} | {wanted} |"


def main() -> None:
    """Print the table."""
    parser = arguments(__doc__)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--clients", type=int, default=4)
    given = parser.parse_args()
    rates: dict[str, dict[str, list[float]]] = {kind: {} for kind in KINDS}
    for kind, question, figures in measure(given.size, given.seconds, given.clients):
        rates[kind][question.words] = figures
        print(row(question.words, figures, ""), flush=True)
    head = f"{given.size} quads, {given.clients} clients, {given.seconds:g} seconds a question:"
    publish("throughput", "\n".join((head, "", *table(rates))), keep=given.keep)


if __name__ == "__main__":
    main()
