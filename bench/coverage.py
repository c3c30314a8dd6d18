"""How much is cited whole: questions of each kind over HTTP, on a generated graph.

    python -m bench.coverage [--size 100000] [--keep]

An answer is cited whole where each row has proofs or a basis, or is said to rest on an absence
alone. Answers without rows, and an ASK that is false, are left out.
"""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Final

from bench.citing import TIMES, UNBOUND, WIDE, ask, bound_of, wait
from bench.client import Client
from bench.endpoint import Endpoint
from bench.graph import closed, write_as_snapshot
from bench.page import arguments, publish
from bench.question import PROLOGUE

THINGS: Final = (1, 3, 7)
"""The numbers that stand for {n}: each question is asked about several things."""

QUESTIONS: Final = Path(__file__).with_suffix(".rq")
"""The questions, one a line; {n} stands for the number of a thing."""


def questions() -> dict[str, list[str]]:
    """Return the questions of each kind."""
    kinds: dict[str, list[str]] = {}
    _, *sections = QUESTIONS.read_text("ascii").split("\n# ")
    for section in sections:
        kind, *lines = section.splitlines()
        kinds[kind] = [line for line in lines if line]
    return kinds


def is_empty(answer: dict[str, Any]) -> bool:
    """Whether an answer has no rows, or is a false one."""
    return not answer["boolean"] if "boolean" in answer else not answer["results"]["bindings"]


def is_whole(answer: dict[str, Any]) -> bool:
    """Whether each row of an answer is cited, or is said to rest on an absence alone."""
    return all(row["status"] == "cited" or row.get("absent") for row in answer["citations"])


@dataclass(slots=True)
class Tally:
    """The questions of a kind that have rows: how many, how they are cited, the milliseconds."""

    asked: int = 0
    whole: int = 0
    within: int = 0
    taken: list[float] = field(default_factory=list)

    def line(self, kind: str) -> str:
        """Return the line of the kind."""
        share = f"{self.whole / self.asked:.0%}"
        cells = self.asked, self.whole, share, self.within, f"{median(self.taken):.1f}"
        return f"| {kind} | {' | '.join(map(str, cells))} |"


def fastest(client: Client, text: str, *, cite: bool) -> tuple[float, bytes]:
    """Return the fewest milliseconds that an answer took, and the answer."""
    times, answer = [], b""
    for _ in range(TIMES):
        seconds, answer = ask(client, text, cite=cite)
        times.append(seconds * 1000)
    return min(times), answer


def table(client: Client) -> Iterator[str]:
    """Yield the lines of the table, and the questions that are not cited whole, or not in time."""
    every, left = Tally(), []
    yield "| kind | with rows | cited whole | share | within the bound | cited, ms (median) |"
    yield "|---|---:|---:|---:|---:|---:|"
    for kind, texts in questions().items():
        of_kind = Tally()
        for text in (query.replace("{n}", str(n)) for query in texts for n in THINGS):
            taken, body = fastest(client, PROLOGUE + text, cite=True)
            answer = json.loads(body)
            if is_empty(answer):
                continue
            plain, _ = fastest(client, PROLOGUE + text, cite=False)
            bound = bound_of(plain, max(1, len(answer["citations"])))
            for tally in (every, of_kind):
                tally.asked += 1
                tally.whole += is_whole(answer)
                tally.within += taken <= bound
                tally.taken.append(taken)
            if not is_whole(answer):
                left.append(f"- not cited whole: `{text}`")
            elif taken > bound:
                left.append(f"- {taken:.0f} ms, not {bound:.0f}: `{text}`")
        yield of_kind.line(kind)
    yield every.line("**all**")
    yield from ["", *left]


def main() -> None:
    """Print the table for a graph of so many stated quads."""
    parser = arguments(__doc__)
    parser.add_argument("--size", type=int, default=100_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        builds, home = Path(folder) / "build", Path(folder) / "home"
        write_as_snapshot(builds, closed(given.size))
        with Endpoint.start(home, "--out", str(builds), *WIDE, command=UNBOUND) as endpoint:
            wait(endpoint.client)
            lines = [f"{given.size} quads stated:", "", *table(endpoint.client)]
        publish("coverage", "\n".join(lines), keep=given.keep)


if __name__ == "__main__":
    main()
