"""The cost of citing: whole answers over HTTP with and without it, on a generated graph.

    python -m bench.citing [--size 100000] [--keep]

The plain and the cited request alternate, the answer cache is off; of each the fastest counts.
"""

import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from bench.client import FORM, PATIENCE, Client
from bench.endpoint import Endpoint, tune
from bench.graph import closed, write_as_snapshot
from bench.page import arguments, publish
from graph.dataset import graph_of
from ontology.namespace import INFERRED_GRAPH

TIMES: Final = 5
SMALL: Final = 100_000
"""The stated quads up to which a graph is a small one, on the page of the measurements."""

MANY: Final = 1000
"""Rows up to which citing may add a fixed time and one for each row."""

SAMPLE: Final = 100
"""Inferred triples of each predicate that are explained."""
WIDE: Final = (
    *("--deadline", "30", "--memory-budget", str(32 << 30)),
    *("--cite-most", str(10**8), "--disk-above", str(10**12)),
)
"""The options of a server that refuses nothing of this."""

UNBOUND: Final = tune(cache=0, max_answer=1 << 30)
"""The command of a server that keeps no answer, and answers a gibibyte."""

QUERIES: Final = {
    "lookup": "SELECT ?a { id:Country_0 cpec:cooperatesIn ?a }",
    "lookup, labels": "SELECT ?a ?l { id:Country_1 cpec:cooperatesIn ?a . ?a rdfs:label ?l }",
    "join, 1 area": (
        "SELECT ?c ?f ?p { ?c cpec:partyTo ?f . ?f cpec:concernsArea id:Area_30 . "
        "?p cpec:under ?f }"
    ),
    "join, 1 country": (
        "SELECT ?f ?a ?p { id:Country_3 cpec:partyTo ?f . ?f cpec:concernsArea ?a . "
        "?p cpec:under ?f }"
    ),
    "top 10": (
        "SELECT ?c ?a { ?c cpec:partyTo ?f . ?f cpec:concernsArea ?a } ORDER BY ?a ?c LIMIT 10"
    ),
    "scan, inferred": "SELECT ?c ?a { ?c cpec:cooperatesIn ?a }",
    "scan, stated": "SELECT ?o ?a { ?o cpec:taskedInArea ?a }",
    "optional": (
        "SELECT ?c ?f ?p { ?c cpec:partyTo ?f OPTIONAL { ?p cpec:under ?f } FILTER "
        "(?c = id:Country_1) }"
    ),
    "union": (
        "SELECT ?x { { ?x cpec:concernsArea id:Area_3 } UNION { ?x cpec:cooperatesIn id:Area_3 } }"
    ),
    "path": "SELECT ?a { id:Area_15 cpec:broader+ ?a }",
    "graph": "SELECT ?s ?a { GRAPH ?s { id:Country_0 cpec:cooperatesIn ?a } }",
    "not exists": ("SELECT ?f { ?f a cpec:Framework FILTER NOT EXISTS { ?c cpec:partyTo ?f } }"),
    "distinct": "SELECT DISTINCT ?a { ?c cpec:partyTo ?f . ?f cpec:concernsArea ?a }",
    "count, 1 group": "SELECT (COUNT(*) AS ?n) { id:Country_0 cpec:cooperatesIn ?a }",
    "count, groups": "SELECT ?a (COUNT(?o) AS ?n) { ?o cpec:taskedInArea ?a } GROUP BY ?a",
    "count, all inferred": "SELECT (COUNT(*) AS ?n) { ?c cpec:cooperatesIn ?a }",
    "count, inferred groups": "SELECT ?c (COUNT(?a) AS ?n) { ?c cpec:cooperatesIn ?a } GROUP BY ?c",
    "count, labels": (
        "SELECT ?l (COUNT(?c) AS ?n) { ?c cpec:cooperatesIn ?a . ?a rdfs:label ?l } GROUP BY ?l"
    ),
    "count, three properties": (
        "SELECT (COUNT(*) AS ?n) { VALUES ?p { rdf:type cpec:partyTo cpec:cooperatesIn } ?s ?p ?o }"
    ),
}
"""The last ones count some 11 thousand triples that follow from several, and 96 thousand in all."""


def ask(client: Client, query: str, *, cite: bool) -> tuple[float, bytes]:
    """Return the seconds that an answer took, and the answer; RuntimeError where it is refused.

    The standard library's client takes it: ours looks at each piece as it comes.
    """
    body = urlencode({"query": query, **({"cite": "true"} if cite else {})})
    start = time.perf_counter()
    connection = HTTPConnection(*client.place, timeout=PATIENCE)
    connection.request("POST", "/sparql", body, {"Content-Type": FORM})
    reply = connection.getresponse()
    answer = reply.read()
    seconds = time.perf_counter() - start
    connection.close()
    if reply.status != 200:
        raise RuntimeError(json.loads(answer)["detail"])
    return seconds, answer


def wait(client: Client) -> None:
    """Wait until the evidence is indexed."""
    while b"uncited" in ask(client, QUERIES["lookup"], cite=True)[1]:
        time.sleep(1)


def line(client: Client, name: str, query: str) -> str:
    """Return the line of one query."""
    plain, cited = [], []
    for _ in range(TIMES):
        plain.append(ask(client, query, cite=False)[0])
        try:
            seconds, answer = ask(client, query, cite=True)
        except RuntimeError as error:
            return f"| {name} | | 0 | {plain[0] * 1000:.1f} | {error} | | | no |"
        cited.append(seconds)
        if b"citing was given up" in answer:
            rows = len(json.loads(answer)["citations"])
            return f"| {name} | {rows} | 0 | {plain[0] * 1000:.1f} | given up | | | no |"
    statuses = Counter(citation["status"] for citation in json.loads(answer)["citations"])
    first, second = min(plain) * 1000, min(cited) * 1000
    rows = max(statuses.total(), 1)
    bound = bound_of(first, rows)
    return (
        f"| {name} | {statuses.total()} | {statuses['cited']} | {first:.1f} | {second:.1f} | "
        f"{second / first:.1f} | {(second - first) * 1000 / rows:.0f} | "
        f"{'yes' if second <= bound else 'no'} |"
    )


def bound_of(plain: float, rows: int) -> float:
    """Return the milliseconds that a cited answer may take where the plain one takes so many."""
    few = plain + 50 + min(rows, MANY)
    return few if rows <= MANY else max(few, 4 * plain)


def table(builds: Path, home: Path) -> Iterator[str]:
    """Yield the lines of the table, asked of a server of the snapshot."""
    with Endpoint.start(home, "--out", str(builds), *WIDE, command=UNBOUND) as endpoint:
        wait(endpoint.client)
        yield "| query | rows | cited | plain, ms | cited, ms | ratio | us a row | bound |"
        yield "|---|---:|---:|---:|---:|---:|---:|---|"
        for name, query in QUERIES.items():
            yield line(endpoint.client, name, query)


def main() -> None:
    """Print the figures and the table for a graph of so many stated quads."""
    parser = arguments(__doc__)
    parser.add_argument("--size", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        builds = Path(folder) / "build"
        quads = closed(given.size)
        inferred = sum(graph_of(quad) == INFERRED_GRAPH for quad in quads)
        write_as_snapshot(builds, quads)
        lines = [f"{given.size} quads stated, {len(quads)} quads, {inferred} of them inferred:", ""]
        del quads
        lines += table(builds, Path(folder) / "home")
        name = "citing" if given.size <= SMALL else "citing large"
        publish(name, "\n".join(lines), keep=given.keep)


if __name__ == "__main__":
    main()
