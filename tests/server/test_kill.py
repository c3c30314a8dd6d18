"""Processes of the server killed under load: nothing acknowledged is lost, and all is back."""

from pathlib import Path

import pytest

from bench.kill import PARTS, builds_of, run
from graph.snapshot import Snapshot

pytestmark = pytest.mark.long


@pytest.mark.parametrize(("size", "times"), [(0, 10), (100_000, 3)])
def test_kills_under_load_lose_nothing_that_was_acknowledged(
    size: int, times: int, snapshot: Snapshot, tmp_path: Path
) -> None:
    builds = builds_of(tmp_path, size) if size else snapshot.path.parent
    report = run(tmp_path / "home", builds, times)
    print(report)
    assert report.lost_writes == set()
    assert report.invented_writes == set()
    assert report.torn_writes == set()
    assert report.acknowledged
    assert {part: len(report.seconds[part]) for part in PARTS} == dict.fromkeys(PARTS, times)
    log = (tmp_path / "home" / "log").read_text("utf-8")
    assert set(report.reads) | set(report.writes) <= {0, 200, 503}, log.partition("Traceback")[2]
