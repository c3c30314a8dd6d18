"""Many clients at once: some ask without an end, the others ask for one fact and are timed.

python -m bench.crowd [--clients 64] [--runaway 8] [--seconds 20]
"""

import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.endpoint import Endpoint, tune
from bench.page import arguments, publish

RUNAWAY: Final = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
POINT: Final = "SELECT ?o {{ <https://w3id.org/cpec-graph/id/Pakistan> ?p ?o }} OFFSET {0}"
"""The offset makes each question another one, so that no cache answers it."""

OPEN: Final = tune(client_connections=1000, client_requests=1000, cache=0)
"""The command of a server that gives one address all its places."""


@dataclass(slots=True)
class Crowd:
    """The status of every answer to the clients, and the seconds of every point query."""

    points: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    runaways: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def quantile(self, share: float) -> float:
        """Return the seconds within which that share of the point queries was answered."""
        ordered = sorted(self.points)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

    def __str__(self) -> str:
        """Return the numbers in one line."""
        times = ", ".join(f"p{share} {self.quantile(share / 100):.3f}" for share in (50, 95, 99))
        return (
            f"{len(self.points)} point queries {dict(self.statuses)}, seconds: {times}, "
            f"max {max(self.points):.3f}; runaways {dict(self.runaways)}; failed {self.failures}"
        )


def run(endpoint: Endpoint, clients: int, runaway: int, seconds: float) -> Crowd:
    """Let all clients ask for so many seconds; return their answers."""
    crowd = Crowd()
    end = time.monotonic() + seconds
    threads = [
        threading.Thread(target=ask, args=(endpoint, crowd, end, number, number < runaway))
        for number in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return crowd


def ask(endpoint: Endpoint, crowd: Crowd, end: float, number: int, runs_away: bool) -> None:
    """Be one client until the end."""
    asked = 0
    while time.monotonic() < end:
        asked += 1
        question = RUNAWAY if runs_away else POINT.format(asked % 7 + 10 * number)
        start = time.monotonic()
        try:
            status = endpoint.client.query(question).status
        except OSError as error:
            crowd.failures.append(str(error))
            continue
        if runs_away:
            crowd.runaways[status] += 1
        else:
            crowd.points.append(time.monotonic() - start)
            crowd.statuses[status] += 1


def main() -> None:
    """Print the answers that a crowd gets from the shipped graph."""
    parser = arguments(__doc__)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--runaway", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=20)
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as home,
        Endpoint.start(Path(home), command=OPEN) as endpoint,
    ):
        crowd = run(endpoint, given.clients, given.runaway, given.seconds)
    head = f"{given.clients} clients, {given.runaway} of them run away, {given.seconds:g} seconds"
    publish("crowd", f"{head}\n{crowd}".replace("\n", "\n\n"), keep=given.keep)


if __name__ == "__main__":
    main()
