"""How many questions a second: ours beside Oxigraph, Virtuoso and rdflib-endpoint, in one run.

make bench, or: python -m bench.throughput [--size 100000] [--seconds 3] [--clients 4]

All servers run at the same time, and a question is put to one after another, so that a change of
the load of the machine meets all of them. A server that is not installed is said to be missing.
"""

import json
import tempfile
import urllib.parse
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import geometric_mean, harmonic_mean
from typing import Final

from bench.load import Line, rate
from bench.page import arguments, publish
from bench.peer import FORM, Peer
from bench.question import KINDS, Question
from bench.server import DISK, KEPT, MEMORY, OURS, PYTHON, SERVERS
from bench.wire import request

RATIOS: Final = ((OURS, DISK), (OURS, PYTHON), (KEPT, MEMORY))
"""Who is compared to whom in the last columns."""

TARGETS: Final = {
    "lookups": "-, 2, 1",
    "joins": "2, 20, -",
    "paths": "2, 20, -",
    "aggregates": "2, 20, -",
}
"""The least that we want of each ratio, by kind."""

THINGS: Final = 800
"""The different things that a question is asked about, one after another."""

CONNECTIONS: Final = 6
"""The connections on which answers are asked for that are to be kept."""

WARMING: Final = 0.2
"""The part of the time in which one client asks a question before it is measured."""


Figures = dict[str, float]
"""A figure of each server, by its name; none of one that has none."""


def asking(path: str, text: str) -> bytes:
    """Return the request that asks a question."""
    target = f"{path}{'&' if '?' in path else '?'}{form(text).decode()}"
    return request("GET", target, {"Accept": FORM["Accept"], "Connection": "keep-alive"})


def form(text: str) -> bytes:
    """Return a query as a form."""
    return urllib.parse.urlencode({"query": text}).encode()


def rows(peer: Peer, question: Question) -> list[int]:
    """Return how many rows the first answers have, to see that all servers say the same.

    Raises ConnectionError where a server does not answer.
    """
    counts = []
    for number in range(2):
        answer = json.loads(peer.ask(form(question.about(number))).body)
        counts.append(len(answer.get("results", {}).get("bindings", [0])))
    return counts


def start(running: ExitStack, size: int) -> dict[str, Peer]:
    """Return the servers that are installed, with a graph of that size, until the stack is left."""
    folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
    installed = {name: kind for name, kind in SERVERS.items() if not kind.missing}
    for kind in installed.values():
        kind.prepare(folder, size)
    return {name: running.enter_context(kind.serve(folder)) for name, kind in installed.items()}


def measure(
    peers: Mapping[str, Peer], seconds: float, clients: int
) -> Iterator[tuple[str, Question, Figures]]:
    """Yield each question, its kind, and the answers a second of each server that answers it.

    Raises ValueError where their answers differ.
    """
    for kind, questions in KINDS.items():
        for question in questions:
            counts: dict[str, list[int]] = {}
            rates: Figures = {}
            for name, peer in peers.items():
                try:
                    counts[name] = rows(peer, question)
                except ConnectionError:
                    continue
                rates[name] = rate_of(name, peer, question, seconds, clients)
            if any(count != counts[OURS] for count in counts.values()):
                raise ValueError(f"{question.words}: {counts} rows")
            yield kind, question, rates


def rate_of(name: str, peer: Peer, question: Question, seconds: float, clients: int) -> float:
    """Return the answers a second of a server; one with a cache is asked for all beforehand."""
    sent = [asking(peer.path, question.about(number)) for number in range(THINGS)]
    if name == KEPT:
        keep(peer, sent)
    rate(peer.address, sent[-1:], seconds * WARMING, 1)
    return rate(peer.address, sent, seconds, clients)


def keep(peer: Peer, sent: Sequence[bytes]) -> None:
    """Ask for each of these on several connections, for each process keeps answers of its own."""
    for _ in range(CONNECTIONS):
        line = Line.connect(peer.address)
        for question in dict.fromkeys(sent):
            line.ask(question)
            while not line.hear():
                pass
        line.sock.close()


def table(rates: Mapping[str, Mapping[str, Figures]]) -> Iterator[str]:
    """Yield a table in Markdown: each question, and two means of each kind.

    The harmonic mean is the rate of clients that ask each question equally often. Each mean covers
    the questions that the server answers.
    """
    ratios = " | ".join(f"{mine} to {other}" for mine, other in RATIOS)
    yield f"| question | {' | '.join(SERVERS)} | {ratios} | wanted |"
    yield "|---|" + "---:|" * (len(SERVERS) + len(RATIOS)) + "---|"
    for kind, wanted in TARGETS.items():
        for words, figures in rates[kind].items():
            yield row(words, figures, "")
        for mean, of in ((harmonic_mean, "each as often"), (geometric_mean, "geometric mean")):
            yield row(f"**{kind}**, {of}", means(mean, list(rates[kind].values())), wanted)


def means(mean: Callable[[list[float]], float], rates: Sequence[Figures]) -> Figures:
    """Return the mean of each server over the questions that it answers."""
    columns = {name: [figures[name] for figures in rates if name in figures] for name in SERVERS}
    return {name: mean(column) for name, column in columns.items() if column}


def format_figures(figures: Figures, digits: int) -> list[str]:
    """Return the figure of each server in words, "-" where it has none."""
    return [f"{figures[name]:,.{digits}f}" if name in figures else "-" for name in SERVERS]


def row(words: str, figures: Figures, wanted: str) -> str:
    """Return a line of the table."""
    ratios = [
        f"{figures[mine] / figures[other]:.2f}" if {mine, other} <= figures.keys() else "-"
        for mine, other in RATIOS
    ]
    return f"| {' | '.join((words, *format_figures(figures, 1), *ratios, wanted))} |"


def costs(peers: Mapping[str, Peer]) -> Iterator[str]:
    """Yield the start and the memory of each server, and the missing servers."""
    seconds = {name: peer.seconds for name, peer in peers.items()}
    memory = {name: peer.memory() / (1 << 20) for name, peer in peers.items()}
    blanks = " |" * (len(RATIOS) + 1)
    yield f"| start to first answer, s | {' | '.join(format_figures(seconds, 2))} |{blanks}"
    yield f"| memory after all of these, MiB | {' | '.join(format_figures(memory, 0))} |{blanks}"
    for name, kind in SERVERS.items():
        if kind.missing:
            yield f"\n{name} is not installed here: {kind.missing} missing."


def main() -> None:
    """Print the table."""
    parser = arguments(__doc__)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--clients", type=int, default=4)
    given = parser.parse_args()
    rates: dict[str, dict[str, Figures]] = {kind: {} for kind in KINDS}
    with ExitStack() as running:
        peers = start(running, given.size)
        for kind, question, figures in measure(peers, given.seconds, given.clients):
            rates[kind][question.words] = figures
            print(row(question.words, figures, ""), flush=True)
        lines = [*table(rates), *costs(peers)]
    head = f"{given.size} quads, {given.clients} clients, {given.seconds:g} seconds a question:"
    publish("throughput", "\n".join((head, "", *lines)), keep=given.keep)


if __name__ == "__main__":
    main()
