"""How many generated queries are cited whole on a large graph, by operator.

    python -m tests.graph.citing.whole [--queries 2000] [--size 100000] [--show]

A query has the deadline, the budget of citing and the memory of a server, in time of the processor.
An answer is whole if each row is cited, or rests on absences alone, and says them; one whose citing
is given up is not. A query without an answer before its deadline has nothing to cite, and is
counted apart. RAND, UUID and BNODE are not asked.
"""

import re
import resource
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from math import ceil, sqrt
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Final, TypeVar

from bench.graph import closed
from graph.answering.evaluation import Query, evaluate, run_select
from graph.citing.citation import cite
from graph.citing.index import EvidenceIndex
from graph.dataset import memory_store
from server.graph_settings import GraphSettings
from tests.graph.citing.generating import MOST_SOLUTIONS, Writer
from tests.waiting import PATIENCE

T = TypeVar("T")

FORK: Final = get_context("fork")
SERVER: Final = GraphSettings()
WITHOUT_ANSWER: Final = f"no answer in {SERVER.deadline:g} s"
GIVEN_UP: Final = "citing was given up"
NO_ROWS: Final = "no rows"

PART: Final = 20
"""An operator has one query in so many, at least."""

WORDS: Final = (
    *("OPTIONAL", "UNION", "MINUS", "FILTER NOT EXISTS", "FILTER EXISTS", "BIND", "VALUES"),
    *("GRAPH", "DISTINCT", "ORDER BY", "LIMIT", "GROUP BY", "HAVING", "COUNT", "SUM", "MIN", "MAX"),
    *("GROUP_CONCAT", "SAMPLE", "ASK", "CONSTRUCT", "DESCRIBE"),
)
OPERATORS: Final = {word: re.compile(rf"\b{word}\b") for word in WORDS} | {
    "FILTER": re.compile(r"FILTER\("),
    "subselect": re.compile(r"\{ SELECT"),
    "path": re.compile(r"> ?[+*?/]|[/^!|]<| \^<|\)\+"),
}
"""The operators, by the text of a query."""


class Judge:
    """Judges generated queries, each by its seed."""

    def __init__(self, size: int) -> None:
        quads = closed(size)
        self.store = memory_store(quads)
        self.index = EvidenceIndex(self.store)
        self.writer = Writer(quads, Random(0))  # noqa: S311 - not a secret

    def judge(self, seed: int, wanted: set[str], *, show: bool) -> Counter[tuple[str, str]]:
        """Count a query under its operators, with its verdict.

        A query without a wanted operator is not asked. One of too many solutions is a cross product
        that nobody asks; neither it nor an answer without rows counts.
        """
        self.writer.random = Random(seed)  # noqa: S311 - not a secret
        written = self.writer.query()
        text = written.text + written.cut
        operators = {name for name, pattern in OPERATORS.items() if pattern.search(text)}
        if wanted.isdisjoint({*operators, "all"}):
            return Counter()
        solutions = run_within(SERVER.deadline, lambda: self.count(written.solutions))
        if solutions is not None and solutions > MOST_SOLUTIONS:
            return Counter()
        # the solutions are a part of each answer but that of an ASK, which needs only one
        if solutions is None and not (text.startswith("ASK") and self.is_answered(text)):
            verdict: str | None = WITHOUT_ANSWER
        else:
            verdict = run_within(SERVER.deadline * SERVER.cite_share, lambda: self.cite(text))
        if verdict is None:
            verdict = GIVEN_UP if self.is_answered(text) else WITHOUT_ANSWER
        if verdict == NO_ROWS:
            return Counter()
        if verdict and show:
            print(seed, verdict, text, sep="\n  ", flush=True)
        kind = verdict if verdict in {"", WITHOUT_ANSWER, GIVEN_UP} else "a row is not cited"
        return Counter({(name, kind): 1 for name in ("all", *operators)})

    def count(self, solutions: str) -> int:
        """Return the number of solutions, up to the limit of their query."""
        return len([*run_select(self.store, solutions)])

    def is_answered(self, text: str) -> bool:
        """Return whether a query without citations has an answer before its deadline."""
        body = run_within(SERVER.deadline, lambda: evaluate(self.store, Query(text)).body)
        return body is not None

    def cite(self, text: str) -> str:
        """Return why a row is not cited, "" if all are."""
        citations = cite(self.store, self.index, text).citations
        missed = (c.reason or "" for c in citations if c.status != "cited" and not c.absent)
        return next(missed, "") if citations else NO_ROWS


def run_within(seconds: float, work: Callable[[], T]) -> T | None:
    """Return the result of a fork, None if it takes too much of the processor, or of memory."""
    receiver, sender = FORK.Pipe(duplex=False)
    process = FORK.Process(target=send, args=(seconds, work, sender))
    process.start()
    sender.close()
    result = None
    with suppress(EOFError):
        result = receiver.recv()
    process.join(PATIENCE)
    return result


def send(seconds: float, work: Callable[[], T], sender: Connection) -> None:
    """Send the result of some work, within limits of the processor and of memory."""
    pages = int(Path("/proc/self/statm").read_bytes().split()[0])
    space = pages * resource.getpagesize() + SERVER.memory
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    resource.setrlimit(resource.RLIMIT_CPU, (ceil(seconds), resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(MemoryError):
        sender.send(work())


def measure(size: int, queries: int, *, show: bool) -> Iterator[str]:
    """Yield a table of the answers that are cited whole."""
    judge, counts, seed = Judge(size), Counter[tuple[str, str]](), 0
    while wanted := find_wanted(counts, queries):
        seed += 1
        counts += judge.judge(seed, wanted, show=show)
        if not seed % 100:
            print(seed, list_verdicts(counts, "all"), file=sys.stderr, flush=True)
    yield "| operator | answers | cited whole | of 100 | 95 % interval | without an answer |"
    yield "|---|---:|---:|---:|---:|---:|"
    for name in ("all", *OPERATORS):
        verdicts = list_verdicts(counts, name)
        whole, without = verdicts[""], verdicts[WITHOUT_ANSWER]
        answers = verdicts.total() - without
        share = f"{100 * whole / answers:.1f}" if answers else ""
        yield f"| {name} | {answers} | {whole} | {share} | {bound(whole, answers)} | {without} |"
    verdicts = list_verdicts(counts, "all")
    asked, whole = verdicts.total(), verdicts.pop("")
    yield f"Of all {asked} asked: {100 * whole / asked:.1f} of 100 ({bound(whole, asked)})"
    yield from (f"{number}: {verdict}" for verdict, number in verdicts.items())


def list_verdicts(counts: Counter[tuple[str, str]], operator: str) -> Counter[str]:
    """Return how often each verdict came, of the queries with an operator."""
    return Counter({kind: n for (name, kind), n in counts.items() if name == operator})


def find_wanted(counts: Counter[tuple[str, str]], queries: int) -> set[str]:
    """Return the operators of which more answers are wanted; `all` for any query."""
    answers = Counter[str]()
    for (name, kind), number in counts.items():
        answers[name] += number * (kind != WITHOUT_ANSWER)
    if answers["all"] < queries:
        return {"all"}
    return {name for name in OPERATORS if answers[name] < queries // PART}


def bound(whole: int, number: int) -> str:
    """Return the 95 % interval of a share, in percent (Wilson 1927)."""
    if not number:
        return ""
    z = 1.96
    centre, margin = whole + z**2 / 2, z * sqrt(whole * (number - whole) / number + z**2 / 4)
    low, high = (100 * (centre + sign * margin) / (number + z**2) for sign in (-1, 1))
    return f"{low:.1f} to {high:.1f}"


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=int, default=2000)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--show", action="store_true", help="print what is not cited whole")
    given = parser.parse_args()
    print("\n".join(measure(given.size, given.queries, show=given.show)))
