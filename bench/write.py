"""The cost of a write: until it is on disk, and until readers see its conclusions.

    python -m bench.write [--size 1000000] [--times 20] [--keep]

A real server with a store of its own answers a write when the write and its inferences are on disk;
a reader then asks for an inferred triple until it has come, or gone. The server counts the stages
(/metrics), in milliseconds, on the average.
"""

import tempfile
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Final

from bench.client import UPDATE, Client
from bench.endpoint import TOKEN, UNCACHED, Endpoint
from bench.graph import closed, write_as_snapshot
from bench.page import arguments, publish
from server.engine.supervision.supervisor import STAGES

PATIENCE: Final = 900.0
"""The seconds that a write, and its conclusion, is waited for."""

JSON: Final = "application/sparql-results+json"

ROOM: Final = (
    *("--write-deadline", str(PATIENCE), "--memory-budget", str(32 << 30)),
    *("--cite-most", str(10**8), "--disk-above", str(10**12)),
)
"""The options of a server that refuses nothing of this."""

HELD: Final = "SELECT (COUNT(*) AS ?n) { GRAPH ?graph { ?s ?p ?o } }"

SENTENCE: Final = """{0} DATA {{ GRAPH <https://w3id.org/cpec-graph/id/article-1/s{1}> {{
  id:Country_1 cpec:jointPartyTo id:Framework_w{1} .
  id:Framework_w{1} cpec:concernsArea id:Area_w{1} ; a cpec:Framework }} }}"""
SENTENCE_FOLLOWS: Final = "GRAPH graph:inferred {{ id:Country_1 cpec:cooperatesIn id:Area_w{0} }}"

AXIOM: Final = """{0} DATA {{ GRAPH graph:ontology {{
  cpec:boundBy{1} a owl:ObjectProperty . cpec:partyTo rdfs:subPropertyOf cpec:boundBy{1} }} }}"""
AXIOM_FOLLOWS: Final = "GRAPH graph:inferred {{ ?country cpec:boundBy{0} ?framework }}"

WRITES: Final = {
    "a sentence of three statements": (SENTENCE, SENTENCE_FOLLOWS),
    "an axiom, of which a triple follows for each party": (AXIOM, AXIOM_FOLLOWS),
}


def write(client: Client, operation: str, update: str, follows: str) -> tuple[float, float]:
    """Return the seconds until a write was answered, and until a reader saw its conclusion.

    Raises RuntimeError if it is refused, and TimeoutError if no reader sees it.
    """
    start = time.perf_counter()
    connection = HTTPConnection(*client.place, timeout=PATIENCE)
    headers = {"Content-Type": UPDATE, "Authorization": f"Bearer {TOKEN}"}
    connection.request("POST", "/update", update, headers)
    reply = connection.getresponse()
    text = reply.read().decode()
    connection.close()
    if reply.status != 200:
        raise RuntimeError(text)
    answered = time.perf_counter() - start
    asked = f"ASK {{ {follows} }}"
    while client.query(asked, JSON).json["boolean"] is not (operation == "INSERT"):
        if time.perf_counter() - start > PATIENCE:
            raise TimeoutError(f"no reader saw that {follows}")
        time.sleep(0.001)
    return answered, time.perf_counter() - start


def wait_until_written(client: Client) -> None:
    """Write a sentence: until all is in memory, a write with consequences is refused."""
    while True:
        try:
            write(client, "INSERT", SENTENCE.format("INSERT", "x"), SENTENCE_FOLLOWS.format("x"))
        except RuntimeError:
            time.sleep(1)
        else:
            return


def stages(client: Client) -> list[float]:
    """Return the seconds that writes have spent in each stage so far, as /metrics tells them."""
    metrics = dict(line.rsplit(" ", 1) for line in client.get("/metrics").text.splitlines())
    return [float(metrics[f"cpec_engine_writes_{stage}_seconds_total"]) for stage in STAGES]


def line(client: Client, name: str, operation: str, times: int) -> str:
    """Return the line of one kind of write."""
    update, follows = WRITES[name]
    before = stages(client)
    taken = [
        write(client, operation, update.format(operation, number), follows.format(number))
        for number in range(times)
    ]
    answered, seen = ([seconds * 1000 for seconds in column] for column in zip(*taken, strict=True))
    spent = [after - at for at, after in zip(before, stages(client), strict=True)]
    words = "written" if operation == "INSERT" else "retracted"
    return (
        f"| {name}, {words} | {times} | {median(answered):,.0f} | {max(answered):,.0f} | "
        f"{median(seen):,.0f} | {max(seen):,.0f} | "
        + " | ".join(f"{seconds * 1000 / times:,.0f}" for seconds in spent)
        + " |"
    )


def lines(home: Path, builds: Path, times: int, size: int) -> Iterator[str]:
    """Yield the lines of the table, measured with a server of a snapshot of so many quads.

    Raises RuntimeError where the server serves another dataset.
    """
    named = " | ".join(STAGES)
    yield f"| write | times | on disk, ms (median) | most | seen, ms (median) | most | {named} |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    with Endpoint.writable(home, "--out", str(builds), *ROOM, command=UNCACHED) as endpoint:
        wait_until_written(endpoint.client)
        (row,) = endpoint.client.query(HELD, JSON).json["results"]["bindings"]
        count = int(row["n"]["value"])
        if count < size:
            raise RuntimeError(f"the server holds {count} quads, and not {size}")
        for name in WRITES:
            count = times if WRITES[name][0] is SENTENCE else 1
            for operation in ("INSERT", "DELETE"):
                yield line(endpoint.client, name, operation, count)


def main() -> None:
    """Print the table for a graph of so many stated quads."""
    parser = arguments(__doc__)
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        builds = Path(folder) / "build"
        quads = closed(given.size)
        size = len(quads)
        write_as_snapshot(builds, quads)
        del quads
        text = [f"{given.size} quads stated, {size} quads:", ""]
        text += lines(Path(folder) / "home", builds, given.times, size)
        publish("writes", "\n".join(text), keep=given.keep)


if __name__ == "__main__":
    main()
