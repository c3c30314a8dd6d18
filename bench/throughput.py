"""How many questions a second: ours beside `oxigraph serve` and rdflib-endpoint, in one run.

python -m venv .venv-bench && .venv-bench/bin/pip install -r bench/requirements.txt
python -m bench.throughput [--size 100000] [--seconds 3] [--clients 4]
"""

from __future__ import annotations

import http.client
import json
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from statistics import geometric_mean
from typing import Final

from bench.page import arguments, publish
from bench.peer import ours, oxigraph, rdflib_endpoint
from bench.wire import Address
from ontology.namespace import ID, PREFIXES

Rates = dict[str, list[float]]
"""For each kind, the answers a second of each of its questions."""

Server = Callable[[Path, int], AbstractContextManager[Address]]

SERVERS: Final[dict[str, Server]] = {
    "cpec": ours,
    "oxigraph serve": oxigraph,
    "rdflib-endpoint": rdflib_endpoint,
}
PROLOGUE: Final = "".join(
    f"PREFIX {name}: <{PREFIXES[name]}> "
    for name in ("cpec", "id", "oa", "dcterms", "schema", "rdfs", "xsd")
)
KINDS: Final[dict[str, tuple[str, ...]]] = {
    "lookups": (
        f"SELECT ?p ?o {{{{ <{ID}article-{{0}}> ?p ?o }}}}",
        f"SELECT ?p ?o {{{{ <{ID}article-{{0}}/s03> ?p ?o }}}}",
        "ASK {{ id:Country_{1} cpec:partyTo id:Framework_{1} }}",
    ),
    "joins": (
        (
            "SELECT ?s ?t ?d {{ ?s cpec:attributedTo id:Organisation_{1} ; oa:hasSource ?a ; "
            "schema:position 3 . ?a dcterms:title ?t ; dcterms:date ?d }}"
        ),
        (
            "SELECT ?f ?area {{ id:Country_{1} cpec:partyTo ?f ; cpec:cooperatesIn ?area . "
            "?f cpec:concernsArea ?area }}"
        ),
        (
            "SELECT ?x ?y ?f {{ ?x cpec:cooperatesWith ?y . ?x cpec:partyTo ?f . "
            "?y cpec:partyTo ?f FILTER(?x != ?y) }} OFFSET {1} LIMIT 50"
        ),
    ),
    "paths": (
        "SELECT ?x {{ ?x cpec:broader+ id:Area_{1} }}",
        "SELECT (COUNT(?x) AS ?n) {{ id:Country_{1} cpec:cooperatesWith+ ?x }}",
        (
            "SELECT DISTINCT ?area {{ id:Country_{1} cpec:partyTo/cpec:concernsArea/cpec:broader* "
            "?area }}"
        ),
    ),
    "aggregates": (
        (
            "SELECT ?area (COUNT(*) AS ?n) {{ ?c cpec:cooperatesIn ?area FILTER(?c != "
            "id:Country_{1}) }} GROUP BY ?area ORDER BY DESC(?n) LIMIT 10"
        ),
        (
            "SELECT ?o (COUNT(?s) AS ?n) (AVG(?p) AS ?m) {{ ?s cpec:attributedTo ?o ; "
            "schema:position ?p FILTER(?p > {1}) }} GROUP BY ?o ORDER BY DESC(?n) LIMIT 10"
        ),
        (
            "SELECT ?d (COUNT(DISTINCT ?s) AS ?n) {{ ?a dcterms:date ?d . ?s oa:hasSource ?a ; "
            "cpec:attributedTo id:Organisation_{1} }} GROUP BY ?d ORDER BY ?d"
        ),
    ),
}
TARGETS: Final = {
    "lookups": (0.0, 2.0),
    "joins": (2.0, 20.0),
    "paths": (2.0, 20.0),
    "aggregates": (2.0, 20.0),
}
"""The least that we want of each kind, as multiples of the two peers."""


def question(text: str, number: int) -> str:
    """Return a question about the thing of that number."""
    return PROLOGUE + text.format(number % 800, number % 8)


class Client:
    """One connection that is kept."""

    def __init__(self, address: Address) -> None:
        self._connection = http.client.HTTPConnection(*address, timeout=120)

    def ask(self, text: str) -> bytes:
        """Return the answer; raises ConnectionError where it is not 200."""
        body = urllib.parse.urlencode({"query": text})
        self._connection.request("POST", PATHS.get(self._connection.port, "/query"), body, HEADERS)
        reply = self._connection.getresponse()
        answer = reply.read()
        if reply.status != 200:
            raise ConnectionError(f"{reply.status}: {answer[:300]!r}")
        return answer

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()


HEADERS: Final = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Accept": "application/sparql-results+json",
}
PATHS: Final[dict[int, str]] = {}
"""Where the endpoint of a port is, if not at /query."""


def rate(address: Address, text: str, seconds: float, clients: int) -> float:
    """Return the answers a second that so many clients get."""
    counts = [0] * clients
    spent = [0.0] * clients

    def work(number: int) -> None:
        client = Client(address)
        client.ask(question(text, number))
        start = time.perf_counter()
        while (passed := time.perf_counter() - start) < seconds:
            client.ask(question(text, number + clients * counts[number]))
            counts[number] += 1
        spent[number] = passed
        client.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(count / taken for count, taken in zip(counts, spent, strict=True) if taken)


def size_of(answer: bytes) -> int:
    """Return the rows of an answer; an ASK has one."""
    return len(json.loads(answer).get("results", {}).get("bindings", [0]))


def rows(address: Address) -> list[int]:
    """Return how many rows each question has, to see that all servers say the same."""
    client = Client(address)
    texts = [text for kind in KINDS.values() for text in kind]
    sizes = [size_of(client.ask(question(text, number))) for text in texts for number in range(4)]
    client.close()
    return sizes


def measure(size: int, seconds: float, clients: int) -> Iterator[tuple[str, Rates]]:
    """Yield the rates of each server by kind; raises ValueError where their answers differ."""
    first: list[int] | None = None
    for name, server in SERVERS.items():
        with tempfile.TemporaryDirectory() as folder, server(Path(folder), size) as address:
            PATHS[address[1]] = "/" if name == "rdflib-endpoint" else "/query"
            found = rows(address)
            first = first or found
            if found != first:
                raise ValueError(f"{name} answers otherwise: {found}, not {first}")
            yield (
                name,
                {
                    kind: [rate(address, text, seconds, clients) for text in texts]
                    for kind, texts in KINDS.items()
                },
            )


def table(rates: dict[str, Rates]) -> Iterator[str]:
    """Yield a table in Markdown: each question, and the geometric mean of each kind."""
    yield f"| question | {' | '.join(rates)} | to oxigraph | to rdflib-endpoint | wanted |"
    yield "|---|---:|---:|---:|---:|---:|---|"
    for kind, (least, less) in TARGETS.items():
        of = [rate[kind] for rate in rates.values()]
        for number, figures in enumerate(zip(*of, strict=True), 1):
            yield row(f"{kind} {number}", figures, "")
        wanted = " and ".join(f"{one:g}" for one in (least, less) if one)
        yield row(f"**{kind}**", [geometric_mean(one) for one in of], wanted)


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
    rates = dict(measure(given.size, given.seconds, given.clients))
    head = f"{given.size} quads, {given.clients} clients, {given.seconds:g} seconds a question:"
    publish("throughput", "\n".join((head, "", *table(rates))), keep=given.keep)


if __name__ == "__main__":
    main()
