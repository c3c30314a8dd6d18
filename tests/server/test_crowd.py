"""Many clients at once, some of whom ask without an end: none of the others is refused."""

from pathlib import Path

import pytest

from bench.crowd import OPEN, run
from bench.endpoint import Endpoint
from graph.snapshot import Snapshot

pytestmark = pytest.mark.long

WIDE = 20.0
"""Seconds; a point query takes a few milliseconds, and shares the processor with 63 others."""


def test_sixty_four_clients_of_whom_eight_run_away(snapshot: Snapshot, tmp_path: Path) -> None:
    options = ("--out", str(snapshot.path.parent), "--deadline", "2")
    with Endpoint.start(tmp_path, *options, command=OPEN) as endpoint:
        crowd = run(endpoint, clients=64, runaway=8, seconds=5)
    print(crowd)
    assert crowd.failures == []
    assert set(crowd.statuses) == {200}
    assert set(crowd.runaways) <= {503, 504}
    assert crowd.runaways[504]
    assert crowd.quantile(0.99) < WIDE
