"""What a SERVICE costs: a question to one server through another, beside the same one asked there.

python -m bench.service
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Final

from bench.endpoint import TOKEN, Endpoint
from bench.page import arguments, publish
from bench.wire import request, talk

THINGS: Final = 20_000
TIMES: Final = 15
PATIENCE: Final = 60.0
PATTERNS: Final = {
    "a look-up": "<x:{number}> <x:label> ?o",
    "10,000 rows": "{{ SELECT ?s ?o {{ ?s <x:label> ?o }} OFFSET {number} LIMIT 10000 }}",
}
"""What is asked, another one each time."""


def main() -> None:
    """Print the milliseconds of each question, there and through SERVICE."""
    given = arguments(__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        publish("service", "\n".join(table(Path(folder))), keep=given.keep)


def table(folder: Path) -> Iterator[str]:
    """Yield a table in Markdown."""
    yield "| question | there, ms | through SERVICE, ms | ratio |"
    yield "|---|---:|---:|---:|"
    with Endpoint.writable(folder / "far", "--default-graph", "own", "--empty") as far:
        fill(far)
        iri = "http://{}:{}/sparql".format(*far.address)
        with Endpoint.start(folder / "near", "--empty", "--service-allow", iri) as near:
            for name, pattern in PATTERNS.items():
                direct, relayed = [], []
                for number in range(TIMES):
                    asked = pattern.format(number=number)
                    direct.append(seconds(far, f"SELECT * {{ {asked} }}"))
                    relayed.append(seconds(near, f"SELECT * {{ SERVICE <{iri}> {{ {asked} }} }}"))
                one, other = median(direct) * 1000, median(relayed) * 1000
                yield f"| {name} | {one:.1f} | {other:.1f} | {other / one:.1f} |"


def fill(endpoint: Endpoint) -> None:
    """Give a server so many things with a label; raises ConnectionError where it takes none."""
    triples = "\n".join(f'<x:{number}> <x:label> "thing {number}" .' for number in range(THINGS))
    fields = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/n-triples"}
    sent = request("PUT", "/store?default", fields, triples.encode())
    reply = talk(endpoint.address, sent, PATIENCE).reply
    if reply.status >= 300:
        raise ConnectionError(f"{reply.status}: {reply.body[:300]!r}")


def seconds(endpoint: Endpoint, query: str) -> float:
    """Return how long a whole answer takes; raises ConnectionError where it is not 200."""
    fields = {"Content-Type": "application/sparql-query", "Connection": "close"}
    start = time.perf_counter()
    reply = talk(endpoint.address, request("POST", "/sparql", fields, query.encode()), PATIENCE)
    passed = time.perf_counter() - start
    if reply.reply.status != 200:
        raise ConnectionError(f"{reply.reply.status}: {reply.reply.body[:300]!r}")
    return passed


if __name__ == "__main__":
    main()
