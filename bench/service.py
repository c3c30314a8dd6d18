"""The cost of SERVICE: a question through another server, beside the same question asked directly.

python -m bench.service
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Final

from bench.client import QUERY
from bench.endpoint import Endpoint
from bench.page import arguments, publish

THINGS: Final = 20_000
LINKS: Final = 100
TIMES: Final = 15


def look_up(number: int) -> tuple[str, str]:
    """Return one thing to ask for there, and the same through SERVICE."""
    asked = f"<x:{number}> <x:label> ?o"
    return asked, f"SERVICE <@> {{ {asked} }}"


def rows(number: int) -> tuple[str, str]:
    """Return ten thousand things."""
    asked = f"{{ SELECT ?s ?o {{ ?s <x:label> ?o }} OFFSET {number} LIMIT 10000 }}"
    return asked, f"SERVICE <@> {{ {asked} }}"


def join(number: int) -> tuple[str, str]:
    """Return a hundred things, which are named there and linked here."""
    named = " ".join(things(number))
    asked = "?s <x:label> ?o"
    return f"VALUES ?s {{ {named} }} {asked}", f"<y:{number}> <y:link> ?s SERVICE <@> {{ {asked} }}"


QUESTIONS: Final[dict[str, Callable[[int], tuple[str, str]]]] = {
    "a look-up": look_up,
    "10,000 rows": rows,
    f"a join of {LINKS} rows to {THINGS:,}": join,
}
"""What is asked, another one each time; all of the things would be beyond the limit of rows."""


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
        fill(far, (f'<x:{number}> <x:label> "thing {number}" .' for number in range(THINGS)))
        iri = f"{far.client.address}/sparql"
        options = ("--empty", "--service-allow", iri)
        with Endpoint.writable(folder / "near", *options) as near:
            links = ((number, thing) for number in range(TIMES) for thing in things(number))
            fill(near, (f"<y:{number}> <y:link> {thing} ." for number, thing in links))
            for name, question in QUESTIONS.items():
                direct, relayed = measure_both(question, far, near, iri)
                yield f"| {name} | {direct:.1f} | {relayed:.1f} | {relayed / direct:.1f} |"


def measure_both(
    question: Callable[[int], tuple[str, str]], far: Endpoint, near: Endpoint, iri: str
) -> tuple[float, float]:
    """Return the milliseconds of a question asked directly, and through SERVICE, in turns."""
    direct, relayed = [], []
    for number in range(TIMES):
        pattern, service = question(number)
        direct.append(seconds(far, f"SELECT * {{ {pattern} }}"))
        relayed.append(seconds(near, f"SELECT * {{ {service.replace('@', iri)} }}"))
    return median(direct) * 1000, median(relayed) * 1000


def things(number: int) -> list[str]:
    """Return the things that are linked for the question of a number."""
    return [f"<x:{number * LINKS + link}>" for link in range(LINKS)]


def fill(endpoint: Endpoint, triples: Iterator[str]) -> None:
    """Give a server triples; raises ConnectionError where it takes none."""
    lines, kind = "\n".join(triples), "application/n-triples"
    reply = endpoint.writer.send("PUT", "/store?default", lines, Content_Type=kind)
    if reply.status >= 300:
        raise ConnectionError(f"{reply.status}: {reply.body[:300]!r}")


def seconds(endpoint: Endpoint, query: str) -> float:
    """Return how long a whole answer takes; raises ConnectionError where it is not 200."""
    start = time.perf_counter()
    reply = endpoint.client.send("POST", "/sparql", query, Content_Type=QUERY)
    passed = time.perf_counter() - start
    if reply.status != 200:
        raise ConnectionError(f"{reply.status}: {reply.body[:300]!r}")
    return passed


if __name__ == "__main__":
    main()
